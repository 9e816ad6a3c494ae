"""From a login name to its box among 10, 1,000 and 10,000 pods, by the gateway's own word: the
duration that its audit trail has of each lookup."""

import contextlib
import pathlib
import subprocess
import sys
import tempfile

from figure import Figure
from stage import ROOT  # first: it makes pods importable

sys.path.insert(0, str(ROOT / "tests" / "e2e"))
# pylint: disable=wrong-import-position
from crowd import ApiCrowd, CriCrowd, labels_of  # noqa: E402
from harness import keys  # noqa: E402
from harness.audit import Trail  # noqa: E402
from harness.client import Client  # noqa: E402
from harness.cluster import Cluster  # noqa: E402
from harness.gateway import Gateway  # noqa: E402
from harness.node import Node  # noqa: E402
# pylint: enable=wrong-import-position

COUNTS = (10, 1000, 10_000)
QUICK_COUNTS = (10, 100, 500)
PROJECT, BOX = "bench", "box"


def _milliseconds(gateway, directory, key, login, count):
    """How long lookups took, one for each of `count` logins. What becomes of the session after a
    lookup is no matter here."""
    client = Client(directory / "client", gateway, key, login)
    trail = Trail(gateway.settings["ZOMG_SSH_AUDIT_LOG"])
    for _ in range(count):
        client.ssh("true", timeout=60)
    found = trail.events("lookup", found=True)
    if len(found) < count:
        raise RuntimeError(f"{len(found)} of {count} lookups found the box:\n{gateway.log()}")
    return [event["duration_us"] / 1000 for event in found]


def _figures(name, times):
    fewest = min(times)
    for count in sorted(times)[1:]:
        yield Figure(f"lookup by {name}: {count} pods, and {fewest}", "ms",
                     {str(count): times[count], str(fewest): times[fewest]}, False,
                     sides=(str(count), str(fewest)), wanted=3 if count == max(times) else None)


def _measure(name, scale, gateway, directory, key, login, crowd, first):
    """`crowd` grows between the rounds; `first` is the number of its first pod."""
    times = {}
    for count in scale(COUNTS, QUICK_COUNTS):
        crowd.add(first, count - 1)
        first = count
        _milliseconds(gateway, directory, key, login, 3)  # a restarted runtime warms up
        times[count] = _milliseconds(gateway, directory, key, login, scale(100, 10))
    yield from _figures(name, times)


@contextlib.contextmanager
def _directory(name):
    """A directory in memory, or the disk would wait for each of 20,000 records; and a user's key."""
    with tempfile.TemporaryDirectory(prefix=f"zomg-bench-{name}-", dir="/dev/shm") as made:
        directory = pathlib.Path(made)
        directory.chmod(0o711)
        yield directory, keys.make_user_key(directory)


class RestartableNode(Node):
    """A node whose containerd can be started again with its pods left running."""

    def restart(self):
        subprocess.run(["kill", str(self.instance.daemon_pid)], check=True)
        self.up()


def cri(_, scale):
    """By CRI, in a containerd of its own."""
    with _directory("cri") as (directory, key):
        with RestartableNode(directory / "node") as node:
            box = node.run(PROJECT, BOX)
            with Gateway(directory / "gateway", node, keys.public_half(key),
                         ZOMG_SSH_PATH="cri") as gateway:
                yield from _measure("CRI", scale, gateway, directory, key, box.login,
                                    CriCrowd(node, box.pod), 1)


def api(_, scale):
    """By the Kubernetes API, from a real API server and etcd."""
    subprocess.run([ROOT / "deploy/tools/packages.sh", "cluster"], check=True)
    with _directory("api") as (directory, key):
        with Cluster(directory / "cluster") as cluster:
            login = "--".join(labels_of(1).values())
            with Gateway(directory / "gateway", cluster.node(1), keys.public_half(key),
                         ZOMG_SSH_PATH="kubectl", ZOMG_SSH_KUBECTL=cluster.kubectl_path,
                         KUBECONFIG=str(cluster.kubeconfig)) as gateway:
                yield from _measure("the API server", scale, gateway, directory, key, login,
                                    ApiCrowd(cluster), 0)
