"""The gateway as an operator deploys it: the image, the secrets, the manifest."""

import pathlib
import re
import subprocess

from harness import keys, paths, waiting

MANIFEST = paths.ROOT / "deploy" / "zomg-ssh-gateway.yaml"
DAEMON_SET = MANIFEST.with_name("zomg-ssh-gateway-daemonset.yaml")
NAMESPACE = "zomg-ssh"
SELECTOR = "app.kubernetes.io/name=zomg-ssh-gateway"


def for_an_old_cluster(text):
    """A manifest as its own comments say for Kubernetes before 1.30, which the cluster is."""
    lines = text.splitlines(keepends=True)
    changed = [re.sub(r"# (container\.apparmor)", r"\1", line) for line in lines
               if not line.lstrip().startswith("appArmorProfile:")]
    assert len(changed) == len(lines) - 1 and changed != [
        line for line in lines if "appArmorProfile: {" not in line]
    return "".join(changed)


def build_image(archive):
    """Runs deploy/image.sh and returns what it printed."""
    done = subprocess.run([paths.ROOT / "deploy" / "image.sh", archive], check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class GatewayPod:
    """The Deployment on node 1 of a cluster; a context manager that takes it away again."""

    port = 2222

    def __init__(self, cluster, directory, authorized_keys):
        self.cluster = cluster
        self.directory = pathlib.Path(directory)
        self.host_key = self.directory / "host-ed25519"
        self._authorized_keys = authorized_keys

    def __enter__(self):
        keys.make_host_key(self.host_key)
        (self.directory / "authorized_keys").write_text(self._authorized_keys + "\n",
                                                        encoding="ascii")
        self.cluster.kubectl("create", "namespace", NAMESPACE)
        try:
            for secret, key in (("zomg-ssh-host-key", self.host_key),
                                ("zomg-ssh-authorized-keys", self.directory / "authorized_keys")):
                self.kubectl("create", "secret", "generic", secret, f"--from-file={key}")
            # Only node 1 has the containerd that is mounted.
            self.cluster.kubectl("cordon", self.cluster.node_name(2))
            self.cluster.apply(self.manifest())
            self.wait_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # Pods first, and at once: a namespace that finds one waits for half of its grace period.
        self.cluster.run_kubectl("-n", NAMESPACE, "scale", "deployment", "--all", "--replicas=0")
        waiting.until(lambda: not self.pods(), 30, "the pods are on their way out")
        self.cluster.run_kubectl("-n", NAMESPACE, "delete", "pods", "--all", "--force",
                                 "--grace-period=0")
        self.cluster.run_kubectl("delete", "-f", "-", stdin=self.manifest(), timeout=120)
        self.cluster.kubectl("uncordon", self.cluster.node_name(2))

    def manifest(self):
        """The file, with containerd where the test has it, and an end of pods that tests wait for."""
        run = pathlib.Path(self.cluster.node(1).socket).parent
        text = MANIFEST.read_text(encoding="utf-8")
        return for_an_old_cluster(
            text.replace("hostPath: {path: /run/containerd,", f"hostPath: {{path: {run},"))

    def kubectl(self, *arguments, **options):
        return self.cluster.kubectl("-n", NAMESPACE, *arguments, **options)

    def wait_ready(self, seconds=120):
        status, out, err = self.cluster.run_kubectl(
            "-n", NAMESPACE, "rollout", "status", "deployment/zomg-ssh-gateway",
            f"--timeout={seconds}s", timeout=seconds + 30)
        assert status == 0, f"{out}{err}{self.kubectl('get', 'events')}{self.log()}"
        return self.pod()

    def pods(self):
        """The gateway's pods that are not on their way out."""
        found = self.cluster.get("-n", NAMESPACE, "pods", "-l", SELECTOR)["items"]
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def pod(self):
        """The one pod, as the API has it."""
        return waiting.until(lambda: (found := self.pods()) and len(found) == 1 and found, 60,
                             "one gateway pod", interval=0.2)[0]

    @property
    def address(self):
        return self.pod()["status"]["podIP"]

    def log(self):
        return self.cluster.run_kubectl("-n", NAMESPACE, "logs", "-l", SELECTOR, "--tail=-1")[1]

    def container(self):
        """The gateway's container as containerd knows it; its `pid` is the monitor's."""
        status = self.pod()["status"]["containerStatuses"][0]
        container_id = re.sub("^containerd://", "", status["containerID"])
        return self.cluster.node(1).instance.container_info(container_id)
