"""A Kubernetes cluster of our own: tests/cluster/cluster.sh."""

import itertools
import json
import os
import pathlib
import signal
import subprocess

from harness import paths, processes, waiting

import pods  # of deploy/tools: paths made it importable

SCRIPT = paths.ROOT / "tests" / "cluster" / "cluster.sh"
CONTAINERDS = ("containerd1", "containerd2")
PARTS = ("etcd", "apiserver", "controllers", "scheduler", "kubelet1", "kubelet2", *CONTAINERDS)

_counter = itertools.count(1)


class Cluster:
    """Starts on entry, leaves nothing on exit."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.kubeconfig = self.directory / "admin.kubeconfig"

    def __enter__(self):
        try:
            self.up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._script("down")

    def _script(self, verb, *arguments):
        done = subprocess.run([SCRIPT, verb, self.directory, *arguments], text=True, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=1800)
        assert done.returncode == 0, f"cluster.sh {verb} {arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def up(self):
        """Starts what does not run."""
        self._script("up")

    def kill(self, part):
        """As kill -9 does, of one of PARTS."""
        if part in CONTAINERDS:
            killed = self.node(int(part[-1])).instance.daemon_pid
            os.kill(killed, signal.SIGKILL)
            waiting.until(lambda: not processes.alive(killed), 10, f"{part} is dead")
        else:
            self._script("kill", part)

    def start(self, part):
        """Starts one of PARTS and waits until it answers."""
        if part in CONTAINERDS:
            subprocess.run([paths.TOOLS / "containerd.sh", "up",
                            self.directory / f"node{part[-1]}"], check=True, timeout=120,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        else:
            self._script("start", part)

    def import_image(self, node, archive):
        """Brings the images of an archive into the containerd of node 1 or 2."""
        subprocess.run([paths.TOOLS / "containerd.sh", "import",
                        self.directory / f"node{node}", archive], check=True, timeout=300,
                       stdin=subprocess.DEVNULL)

    # --- looking ------------------------------------------------------------------------------
    def _setting(self, name, file="cluster"):
        for line in (self.directory / file).read_text(encoding="utf-8").splitlines():
            if line.startswith(name + "="):
                return line.partition("=")[2]
        raise KeyError(name)

    @property
    def api(self):
        """The API server, as https://address:port."""
        return self._setting("api")

    @property
    def kubectl_path(self):
        return os.path.join(self._setting("bin"), "kubectl")

    def node_name(self, number):
        """The name of node 1 or 2, which is its address."""
        return self._setting(f"node{number}")

    def node(self, number):
        """The containerd of node 1 or 2, as harness.node.Node has it: socket, unique_cgroup."""
        return ClusterNode(self.directory / f"node{number}")

    def service_account_kubeconfig(self, namespace, account):
        """Writes a kubeconfig for a service account and returns its path."""
        path = self.directory / f"{namespace}-{account}.kubeconfig"
        path.write_text(self._script("kubeconfig", namespace, account), encoding="utf-8")
        return path

    # --- kubectl ------------------------------------------------------------------------------
    def run_kubectl(self, *arguments, stdin="", kubeconfig=None, timeout=60):
        """Runs kubectl to its end: (exit status, stdout, stderr)."""
        done = subprocess.run([self.kubectl_path, *map(str, arguments)], input=stdin, text=True,
                              capture_output=True, check=False, timeout=timeout,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.directory),
                                   "KUBECONFIG": str(kubeconfig or self.kubeconfig)})
        return done.returncode, done.stdout, done.stderr

    def kubectl(self, *arguments, **options):
        """The standard output of a kubectl that must succeed."""
        status, out, err = self.run_kubectl(*arguments, **options)
        assert status == 0, f"kubectl {arguments}: {status} {out}{err}"
        return out

    def get(self, *arguments):
        """`kubectl get … -o json`, parsed."""
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def apply(self, text):
        return self.kubectl("apply", "-f", "-", stdin=text)

    # --- boxes --------------------------------------------------------------------------------
    def run_box(self, project, box, node=1, namespace="default", name=None, restart="Always",
                **container):
        """Runs a pod with the labels of a box on a node and waits until it is ready. `container`
        are further fields of its container."""
        name = name or f"box-{next(_counter)}"
        pod = {
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace,
                         "labels": {pods.PROJECT_LABEL: project, pods.BOX_LABEL: box}},
            "spec": {
                "nodeName": self.node_name(node), "terminationGracePeriodSeconds": 0,
                "restartPolicy": restart, "enableServiceLinks": False,
                "containers": [{"name": "box", "image": pods.BOX_IMAGE, "imagePullPolicy": "Never",
                                **container}]},
        }
        # Not by apply, which writes it once more into an annotation: a large one does not fit there.
        self.kubectl("create", "-f", "-", stdin=json.dumps(pod))
        return ClusterBox(self, namespace, name, f"{project}--{box}").wait_ready()


class ClusterNode:
    """What a Gateway of the harness wants to know of its node."""

    def __init__(self, directory):
        self.directory = directory
        self.instance = pods.Instance(str(directory))

    @property
    def socket(self):
        return self.instance.socket

    def unique_cgroup(self):
        """A path for a cgroup in the node's own, which ends with the node."""
        return f"{self.instance.cgroup}/gateway-{next(_counter)}"


class ClusterBox:
    """A pod under a login name; a context manager that deletes it."""

    def __init__(self, cluster, namespace, name, login):
        self.cluster = cluster
        self.namespace = namespace
        self.name = name
        self.login = login

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # The kubelet may take its time: no other has its name, and lookups pass over it.
        self.remove(wait=False)

    def wait_ready(self, seconds=120):
        self.cluster.kubectl("-n", self.namespace, "wait", "--for=condition=Ready",
                             f"--timeout={seconds}s", f"pod/{self.name}", timeout=seconds + 30)
        return self

    def describe(self):
        return self.cluster.get("-n", self.namespace, "pod", self.name)

    def exec(self, *command, **options):
        """The standard output of `kubectl exec`, which is outside of /volumes."""
        return self.cluster.kubectl("-n", self.namespace, "exec", "-i", self.name, "--", *command,
                                    **options)

    def remove(self, wait=True):
        """As `kubectl delete pod --now` does; waits until it is gone."""
        self.cluster.kubectl("-n", self.namespace, "delete", "pod", self.name, "--now",
                             f"--wait={str(wait).lower()}", "--ignore-not-found", timeout=120)
        if not wait:
            return

        def is_gone():
            return not self.cluster.kubectl("-n", self.namespace, "get", "pod", self.name,
                                            "--ignore-not-found")
        waiting.until(is_gone, 60, f"pod {self.name} is gone", interval=0.2)
