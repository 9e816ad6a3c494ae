"""A containerd of our own with pods in it."""

import contextlib
import hashlib
import itertools
import os
import subprocess

import grpc

from harness import paths, processes, stack, waiting

import pods  # of deploy/tools: paths made it importable

_counter = itertools.count(1)


def _script(name, *arguments):
    done = subprocess.run(processes.at_usual_priority(paths.TOOLS / name, *arguments), text=True,
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    assert done.returncode == 0, f"{name} {arguments}: {done.stdout}{done.stderr}"
    return done.stdout


class Node:
    """One instance; a context manager that leaves nothing."""

    def __init__(self, directory):
        self.directory = directory
        # Apart from the names and networks that containerd.sh makes up for other instances.
        number = int(hashlib.sha256(str(directory).encode()).hexdigest()[:4], 16)
        self._bridge = f"zt{number:04x}"
        self._subnet = f"10.{number // 256 % 64 + 128}.{number % 256}"
        self.instance = None

    def __enter__(self):
        try:
            self.up()
            _script("containerd.sh", "import", self.directory, _script("images.sh").strip())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        _script("containerd.sh", "down", self.directory)

    def up(self):
        """Starts containerd; also again, after it was killed."""
        _script("containerd.sh", "up", self.directory, "--bridge", self._bridge, "--subnet",
                self._subnet, *stack.options())
        self.instance = pods.Instance(str(self.directory))
        waiting.until(self._answers, 20, "CRI answers")

    def _answers(self):
        try:
            self.instance.sandboxes()
        except grpc.RpcError:  # "server is not initialized yet"
            return False
        return True

    @property
    def socket(self):
        return self.instance.socket

    @property
    def runtime(self):
        """The program that runs the containers: runc or crun."""
        settings = self.instance.settings
        return os.path.join(settings["programs"], settings["runtime"])

    def unique_cgroup(self):
        """A path for a cgroup in the node's own, which ends with the node."""
        return f"{self.instance.cgroup}/gateway-{next(_counter)}"

    def run(self, project, box, **options):
        """Runs a pod of this project and box; see pods.Instance.run_pod."""
        options.setdefault("name", f"{project}-{box}-{next(_counter)}".lower())
        # Kubernetes allows either, and not both.
        shares_with_host = options.get("host_network") or options.get("host_pid")
        options.setdefault("host_users", stack.HOST_USERS or bool(shares_with_host))
        return Box(self, self.instance.run_pod(project, box, **options), project, box)

    @contextlib.contextmanager
    def box(self, project, box, **options):
        made = self.run(project, box, **options)
        try:
            yield made
        finally:
            made.remove()


class Box:
    """A pod under a login name."""

    def __init__(self, node, pod, project, box):
        self.node = node
        self.pod = pod
        self.login = f"{project}--{box}"
        self._removed = False

    @property
    def container(self):
        return self.pod.box

    def exec(self, command, timeout=30):
        """Runs shell code in the box the way `kubectl exec` does, chrooted. Its standard output;
        it must succeed."""
        code, out, err = self.node.instance.exec(
            self.container.id, ["chroot", "/volumes", "/bin/sh", "-c", command], timeout)
        assert code == 0, f"{command}: {code} {err}"
        return out.decode()

    def processes(self):
        """All that runs in the box beside its first process, as pids of the host."""
        return processes.in_box(self.container.pid)

    def running(self, marker):
        """The pids of those whose command line has `marker` in it."""
        return [pid for pid in self.processes() if marker in " ".join(processes.arguments(pid))]

    def remove(self):
        """As `kubectl delete pod --now`. Once is enough."""
        if not self._removed:
            self.node.instance.remove_pod(self.pod.sandbox_id)
            self._removed = True
