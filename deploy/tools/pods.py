#!/usr/bin/python3
"""Makes and removes pods over CRI, as the kubelet would, in an instance of containerd.sh.

  pods.py DIR run PROJECT BOX [--image IMAGE] [--namespace NS] [--name NAME]
  pods.py DIR list
  pods.py DIR remove PROJECT BOX | --all
  pods.py DIR exec PROJECT BOX COMMAND...       as `kubectl exec` without a terminal
"""

import argparse
import dataclasses
import hashlib
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid

import grpc

HERE = os.path.dirname(os.path.abspath(__file__))
BOX_IMAGE = "localhost/box:debian"
PROJECT_LABEL = "zomg.ai/project"
BOX_LABEL = "zomg.ai/box"
MASKED_PATHS = ("/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys",
                "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
                "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap")
READONLY_PATHS = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


def load_messages(proto):
    """The Python side of a .proto file, generated once into the cache."""
    cache = os.environ.get("ZOMG_SSH_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "zomg-ssh-gateway")
    name = os.path.splitext(os.path.basename(proto))[0]
    version = subprocess.run(["protoc", "--version"], check=True, capture_output=True).stdout
    with open(proto, "rb") as file:
        key = hashlib.sha256(file.read() + version).hexdigest()[:12]
    folder = os.path.join(cache, f"{name}-{key}")
    if not os.path.exists(os.path.join(folder, name + "_pb2.py")):
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            subprocess.run(["protoc", "-I" + os.path.dirname(proto), "--python_out=" + work, proto],
                           check=True)
            os.replace(os.path.join(work, name + "_pb2.py"),
                       os.path.join(folder, name + "_pb2.py"))
    spec = importlib.util.spec_from_file_location(name + "_pb2",
                                                  os.path.join(folder, name + "_pb2.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cri = load_messages(os.path.join(HERE, "cri.proto"))


@dataclasses.dataclass
class Container:
    name: str
    id: str
    pid: int


@dataclasses.dataclass
class Pod:
    sandbox_id: str
    name: str
    namespace: str
    uid: str
    labels: dict
    containers: dict  # name to Container, in the order they were made
    config: object = None  # its PodSandboxConfig, of a pod that was made here

    @property
    def box(self):
        """The container that was made first."""
        return next(iter(self.containers.values()))


@dataclasses.dataclass
class ContainerSpec:
    """One container of a pod. What is left at None is as the kubelet's default has it."""
    name: str = "box"
    image: str = BOX_IMAGE
    command: tuple = ()
    args: tuple = ()
    env: dict = dataclasses.field(default_factory=dict)
    mounts: tuple = ()  # of (host path, container path, read-only)
    privileged: bool = False
    add_capabilities: tuple = ()
    drop_capabilities: tuple = ()
    no_new_privs: bool = False
    run_as_user: int = None
    run_as_group: int = None
    supplemental_groups: tuple = ()
    readonly_rootfs: bool = False
    seccomp: str = "Unconfined"  # or RuntimeDefault, or localhost/<path of a profile>
    apparmor: str = None  # as seccomp
    proc_mount: str = "Default"  # or Unmasked
    memory_limit_bytes: int = 0
    cpu_shares: int = 0
    cpu_quota: int = 0
    oom_score_adj: int = 0


class Instance:
    """A containerd of containerd.sh, by its directory."""

    def __init__(self, directory):
        with open(os.path.join(directory, "instance"), encoding="utf-8") as file:
            self.settings = dict(line.rstrip("\n").split("=", 1) for line in file)
        self.directory = self.settings["dir"]
        self.socket = self.settings["socket"]
        self.cgroup = self.settings["cgroup"]
        self.channel = grpc.insecure_channel("unix://" + self.socket)

    @property
    def daemon_pid(self):
        with open(self.settings["pid_file"], encoding="utf-8") as file:
            return int(file.read())

    def call(self, method, deadline=60, **fields):
        """One CRI call: `method` names the request and response messages too."""
        service = "ImageService" if method.startswith("Image") else "RuntimeService"
        invoke = self.channel.unary_unary(
            f"/runtime.v1.{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=getattr(cri, method + "Response").FromString)
        # After a restart of containerd the channel needs a moment to find it again.
        return invoke(getattr(cri, method + "Request")(**fields), timeout=deadline,
                      wait_for_ready=True)

    # --- making -------------------------------------------------------------------------------
    def run_pod(self, project, box, *, namespace="default", name=None, uid=None, containers=None,
                labels=None, annotations=None, host_network=False, host_pid=False,
                shared_pid=False, host_users=True, qos="burstable", attempt=0, **box_options):
        """Runs a pod and returns it as a Pod. `containers` is a list of ContainerSpec; without it the
        pod has one, made of `box_options` (image=…, env=…, privileged=…: the fields of
        ContainerSpec). `project` or `box` None leaves the label out."""
        specs = containers or [ContainerSpec(**box_options)]
        uid = uid or str(uuid.uuid4())
        name = name or f"{project}-{box}".lower()
        for spec in specs:
            self._wait_for_image(spec.image)
        config = self._sandbox_config(
            project, box, namespace, name, uid, labels, annotations, host_network, host_pid,
            shared_pid, qos, attempt, any(spec.privileged for spec in specs), host_users)
        sandbox_id = self.call("RunPodSandbox", config=config).pod_sandbox_id
        try:
            made = {spec.name: self._run_container(sandbox_id, config, spec) for spec in specs}
        except BaseException:
            self.remove_pod(sandbox_id)
            raise
        return Pod(sandbox_id, name, namespace, uid, dict(config.labels), made, config)

    def restart_container(self, pod, spec, attempt=1):
        """Makes the next attempt of a container that was stopped, as the kubelet does. The one before
        stays listed."""
        pod.containers[spec.name] = self._run_container(pod.sandbox_id, pod.config, spec, attempt)

    def _sandbox_config(self, project, box, namespace, name, uid, labels, annotations,
                        host_network, host_pid, shared_pid, qos, attempt, privileged,
                        host_users=True):
        namespaces = _namespaces(host_network, host_pid, shared_pid, host_users)
        all_labels = {
            "io.kubernetes.pod.name": name,
            "io.kubernetes.pod.namespace": namespace,
            "io.kubernetes.pod.uid": uid,
            **({PROJECT_LABEL: project} if project is not None else {}),
            **({BOX_LABEL: box} if box is not None else {}),
            **(labels or {}),
        }
        return cri.PodSandboxConfig(
            metadata=cri.PodSandboxMetadata(
                name=name, uid=uid, namespace=namespace, attempt=attempt),
            hostname="" if namespaces.network == cri.NODE else name[:63],
            log_directory=os.path.join(self.directory, "log", uid),
            labels=all_labels,
            annotations=annotations or {},
            linux=cri.LinuxPodSandboxConfig(
                cgroup_parent=self._cgroup_parent(qos, uid),
                security_context=cri.LinuxSandboxSecurityContext(
                    privileged=privileged, namespace_options=namespaces)))

    def _cgroup_parent(self, qos, uid):
        """As the kubelet names it, for either of its drivers."""
        classes = ["kubepods"] + ([qos] if qos != "guaranteed" else [])
        if self.settings.get("cgroup_driver") != "systemd":
            return "/".join([self.cgroup, *classes, "pod" + uid])
        own = [self.settings["id"]] if self.settings["id"] else []
        return "-".join([*own, *classes, "pod" + uid.replace("-", "_")]) + ".slice"

    def _run_container(self, sandbox_id, sandbox_config, spec, attempt=0):
        metadata = sandbox_config.metadata
        users = sandbox_config.linux.security_context.namespace_options.userns_options
        config = cri.ContainerConfig(
            metadata=cri.ContainerMetadata(name=spec.name, attempt=attempt),
            image=cri.ImageSpec(image=spec.image),
            command=spec.command,
            args=spec.args,
            envs=[cri.KeyValue(key=key, value=value) for key, value in spec.env.items()],
            mounts=[cri.Mount(host_path=host, container_path=path, readonly=readonly,
                              uidMappings=users.uids, gidMappings=users.gids)
                    for host, path, readonly in spec.mounts],
            labels={
                "io.kubernetes.container.name": spec.name,
                "io.kubernetes.pod.name": metadata.name,
                "io.kubernetes.pod.namespace": metadata.namespace,
                "io.kubernetes.pod.uid": metadata.uid,
            },
            annotations={"io.kubernetes.container.restartCount": str(attempt)},
            log_path=spec.name + ".log",
            linux=cri.LinuxContainerConfig(
                resources=cri.LinuxContainerResources(
                    memory_limit_in_bytes=spec.memory_limit_bytes,
                    cpu_shares=spec.cpu_shares,
                    cpu_quota=spec.cpu_quota,
                    cpu_period=100_000 if spec.cpu_quota else 0,
                    oom_score_adj=spec.oom_score_adj),
                security_context=_security(
                    spec, sandbox_config.linux.security_context.namespace_options)))
        container_id = self.call("CreateContainer", pod_sandbox_id=sandbox_id, config=config,
                                 sandbox_config=sandbox_config).container_id
        self.call("StartContainer", container_id=container_id)
        return Container(spec.name, container_id, self.container_info(container_id)["pid"])

    def _wait_for_image(self, image, seconds=20):
        # CRI learns of an imported image a moment after the import.
        deadline = time.monotonic() + seconds
        while not self.call("ImageStatus", image=cri.ImageSpec(image=image)).image.id:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no image {image}: was the archive imported?")
            time.sleep(0.05)

    # --- looking ------------------------------------------------------------------------------
    def container_info(self, container_id):
        """What containerd knows of a container: pid, runtimeSpec, config, …"""
        status = self.call("ContainerStatus", container_id=container_id, verbose=True)
        return json.loads(status.info["info"])

    def sandboxes(self, project=None, box=None):
        """The PodSandbox messages of all pods, or of one project or box."""
        wanted = {PROJECT_LABEL: project, BOX_LABEL: box}
        selector = {label: value for label, value in wanted.items() if value is not None}
        return list(self.call("ListPodSandbox",
                              filter=cri.PodSandboxFilter(label_selector=selector)).items)

    def find_pod(self, project, box):
        """The newest ready pod of a box whose containers all run, as a Pod, or None."""
        ready = [item for item in self.sandboxes(project, box) if item.state == cri.SANDBOX_READY]
        for item in sorted(ready, key=lambda item: -item.created_at):
            listed = self.call("ListContainers",
                               filter=cri.ContainerFilter(pod_sandbox_id=item.id)).containers
            if listed and all(found.state == cri.CONTAINER_RUNNING for found in listed):
                made = {found.metadata.name: Container(found.metadata.name, found.id,
                                                       self.container_info(found.id)["pid"])
                        for found in sorted(listed, key=lambda found: found.created_at)}
                return Pod(item.id, item.metadata.name, item.metadata.namespace,
                           item.metadata.uid, dict(item.labels), made)
        return None

    def exec(self, container_id, command, timeout=30):
        """What `kubectl exec` without a terminal does: (exit status, stdout, stderr), as bytes."""
        answer = self.call("ExecSync", deadline=timeout + 10, container_id=container_id,
                           cmd=command, timeout=timeout)
        return answer.exit_code, answer.stdout, answer.stderr

    # --- removing -----------------------------------------------------------------------------
    def stop_container(self, container_id, grace_seconds=0):
        self.call("StopContainer", container_id=container_id, timeout=grace_seconds)

    def stop_pod(self, sandbox_id):
        self.call("StopPodSandbox", pod_sandbox_id=sandbox_id)

    def remove_pod(self, sandbox_id):
        """Ends a pod at once, as `kubectl delete --now` does in the end."""
        self.stop_pod(sandbox_id)
        self.call("RemovePodSandbox", pod_sandbox_id=sandbox_id)

    def remove_all(self):
        for item in self.sandboxes():
            self.remove_pod(item.id)


def _namespaces(host_network, host_pid, shared_pid, host_users):
    pid = cri.NODE if host_pid else cri.POD if shared_pid else cri.CONTAINER
    options = cri.NamespaceOption(network=cri.NODE if host_network else cri.POD, pid=pid, ipc=cri.POD)
    if not host_users:  # which containerd 1.6 does not know
        # As the kubelet does: 65536 ids that no other pod has.
        mapping = cri.IDMapping(host_id=65536 * random.randrange(1, 30000), container_id=0,
                                length=65536)
        options.userns_options.CopyFrom(
            cri.UserNamespace(mode=cri.POD, uids=[mapping], gids=[mapping]))
    return options


def _profile(text):
    if text.startswith("localhost/"):
        return cri.SecurityProfile(profile_type=cri.SecurityProfile.Localhost,
                                   localhost_ref=text.removeprefix("localhost/"))
    return cri.SecurityProfile(profile_type=cri.SecurityProfile.ProfileType.Value(text))


def _security(spec, namespaces):
    context = cri.LinuxContainerSecurityContext(
        capabilities=cri.Capability(add_capabilities=spec.add_capabilities,
                                    drop_capabilities=spec.drop_capabilities),
        privileged=spec.privileged,
        namespace_options=namespaces,
        readonly_rootfs=spec.readonly_rootfs,
        supplemental_groups=spec.supplemental_groups,
        no_new_privs=spec.no_new_privs,
        seccomp=_profile("Unconfined" if spec.privileged else spec.seccomp))
    if spec.proc_mount == "Default":
        context.masked_paths.extend(MASKED_PATHS)
        context.readonly_paths.extend(READONLY_PATHS)
    if spec.apparmor is not None:
        context.apparmor.CopyFrom(_profile(spec.apparmor))
    if spec.run_as_user is not None:
        context.run_as_user.value = spec.run_as_user
    if spec.run_as_group is not None:
        context.run_as_group.value = spec.run_as_group
    return context


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run")
    run.add_argument("project")
    run.add_argument("box")
    run.add_argument("--image", default=BOX_IMAGE)
    run.add_argument("--namespace", default="default")
    run.add_argument("--name")
    verbs.add_parser("list")
    remove = verbs.add_parser("remove")
    remove.add_argument("--all", action="store_true")
    remove.add_argument("project", nargs="?")
    remove.add_argument("box", nargs="?")
    execute = verbs.add_parser("exec")
    execute.add_argument("project")
    execute.add_argument("box")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    instance = Instance(options.directory)

    if options.verb == "run":
        pod = instance.find_pod(options.project, options.box)
        if pod is None:
            # What a crash left of it would be in the way of the new one.
            for item in instance.sandboxes(options.project, options.box):
                instance.remove_pod(item.id)
            pod = instance.run_pod(options.project, options.box, image=options.image,
                                   namespace=options.namespace, name=options.name)
        print(pod.sandbox_id, pod.box.id, pod.box.pid)
    elif options.verb == "list":
        for item in instance.sandboxes():
            state = "ready" if item.state == cri.SANDBOX_READY else "not ready"
            print(f"{item.labels[PROJECT_LABEL]}--{item.labels[BOX_LABEL]}", item.id[:12], state)
    elif options.verb == "remove":
        if not options.all and not options.box:
            parser.error("remove needs PROJECT BOX or --all")
        for item in instance.sandboxes(options.project, options.box):
            instance.remove_pod(item.id)
    else:
        pod = instance.find_pod(options.project, options.box)
        if pod is None:
            sys.exit(f"no pod {options.project}--{options.box}")
        status, out, err = instance.exec(pod.box.id, options.command)
        sys.stdout.buffer.write(out)
        sys.stderr.buffer.write(err)
        sys.exit(status)


if __name__ == "__main__":
    main()
