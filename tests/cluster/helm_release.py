"""The gateway as Helm installs it: the chart, with values."""

import json
import os
import pathlib
import re
import subprocess

from harness import keys, paths, waiting

CHART = paths.ROOT / "deploy" / "helm" / "zomg-ssh-gateway"
RELEASE = "by-helm"
NAMESPACE = "zomg-helm"
SELECTOR = f"app.kubernetes.io/name={RELEASE}"


def helm_program():
    """Helm 4, or with ZOMG_TEST_HELM=30 Helm 3: that of the time of kubectl 1.30."""
    minor = os.environ.get("ZOMG_TEST_HELM", "35")
    done = subprocess.run([paths.ROOT / "tests/cluster/kubectl.sh", minor, "helm"], text=True,
                          check=True, stdout=subprocess.PIPE, timeout=300)
    return done.stdout.strip()


class HelmRelease:
    """A release of its own name in a namespace of its own, on node 1; a context manager."""

    port = 2222

    def __init__(self, cluster, directory, authorized_keys):
        self.cluster = cluster
        self.directory = pathlib.Path(directory)
        self.host_key = self.directory / "host-ed25519"
        self._program = helm_program()
        self._values = {
            "runtimeDirectory": str(pathlib.Path(cluster.node(1).socket).parent),
            "nodeSelector": {"kubernetes.io/hostname": cluster.node_name(1)},
            "authorizedKeys": {"value": authorized_keys},
            # Nobody here gives a LoadBalancer an address, for which Helm 3 would wait.
            "service": {"type": "NodePort"},
        }

    def __enter__(self):
        keys.make_host_key(self.host_key)
        self._values["hostKey"] = {"value": self.host_key.read_text(encoding="ascii")}
        self.cluster.kubectl("create", "namespace", NAMESPACE)
        return self

    def __exit__(self, *_):
        # Pods at once: the namespace would wait for their grace period.
        self.helm("uninstall", RELEASE)
        self.kubectl("delete", "pods", "--all", "--force", "--grace-period=0", timeout=120)
        self.cluster.kubectl("delete", "namespace", NAMESPACE, timeout=120)

    def helm(self, *arguments, timeout=240):
        """(exit status, what it said)"""
        done = subprocess.run([self._program, *arguments, "--namespace", NAMESPACE], text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, timeout=timeout,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.directory),
                                   "KUBECONFIG": str(self.cluster.kubeconfig)})
        return done.returncode, done.stdout

    def try_upgrade(self, values, seconds=120):
        """`helm upgrade --install`: (exit status, what it said)"""
        file = self.directory / "values.yaml"
        file.write_text(json.dumps({**self._values, **values}), encoding="utf-8")
        file.chmod(0o600)
        return self.helm("upgrade", "--install", RELEASE, CHART, "-f", file, "--wait",
                         f"--timeout={seconds}s", timeout=seconds + 60)

    def upgrade(self, **values):
        """Waits until the new pod is ready, and returns it."""
        status, said = self.try_upgrade(values)
        assert status == 0, f"{said}{self.kubectl('get', 'events')}{self.log()}"
        return self.pod()

    def kubectl(self, *arguments, **options):
        return self.cluster.kubectl("-n", NAMESPACE, *arguments, **options)

    def pods(self, leaving=False):
        """The gateway's pods, those that are on their way out or the others."""
        found = self.cluster.get("-n", NAMESPACE, "pods", "-l", SELECTOR)["items"]
        return [pod for pod in found if ("deletionTimestamp" in pod["metadata"]) == leaving]

    def pod(self):
        return waiting.until(lambda: (found := self.pods()) and len(found) == 1 and found, 60,
                             "one gateway pod", interval=0.2)[0]

    def log(self):
        return self.cluster.run_kubectl("-n", NAMESPACE, "logs", "-l", SELECTOR, "--tail=-1")[1]

    def left(self):
        """What there is in the cluster that has the release's name, or is in its namespace and not
        of every namespace."""
        names = self.cluster.kubectl("get", "all,secrets,configmaps,serviceaccounts,roles,rolebindings,"
                                     "clusterroles,clusterrolebindings,networkpolicies,endpoints",
                                     "-A", "-o", "custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,"
                                     "NAME:.metadata.name", "--no-headers")
        return [line.split() for line in names.splitlines()
                if re.search(rf"\b({RELEASE}|{NAMESPACE})\b", line)
                and not re.search(r" (default|default-token-\w+|kube-root-ca\.crt)$", line.rstrip())]
