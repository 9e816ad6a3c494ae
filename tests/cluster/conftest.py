"""Fixtures: one cluster for all tests, with the gateway deployed on its first node."""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e"), str(HERE.parent / "e2e/session")]

# pylint: disable=wrong-import-position
from harness import keys  # noqa: E402
from harness.client import Client  # noqa: E402
from harness.cluster import Cluster  # noqa: E402
from gateway_pod import GatewayPod, build_image  # noqa: E402
# pylint: enable=wrong-import-position


def pytest_sessionstart(session):
    if os.geteuid() != 0:
        pytest.exit("the cluster's tests must run as root", 2)


def pytest_collection_modifyitems(items):
    """The walk-through first: it makes what the fixture `gateway_pod` makes later."""
    items.sort(key=lambda item: "walk_through" not in item.nodeid)


def directory(factory, name):
    """A directory that unprivileged processes get through."""
    path = factory.mktemp(name)
    path.chmod(0o711)
    return path


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """The cluster that tests share. ZOMG_TEST_CLUSTER names the directory of one that runs already."""
    running = os.environ.get("ZOMG_TEST_CLUSTER")
    if running:
        yield Cluster(running)
        return
    with Cluster(directory(tmp_path_factory, "cluster")) as running:
        yield running


@pytest.fixture(scope="session")
def user_key(tmp_path_factory):
    return keys.make_user_key(directory(tmp_path_factory, "key"))


@pytest.fixture(scope="session")
def image(cluster, tmp_path_factory):
    """The gateway's image, in the containerd of both nodes."""
    archive = directory(tmp_path_factory, "image") / "zomg-ssh-gateway.tar"
    build_image(archive)
    for node in (1, 2):
        cluster.import_image(node, archive)
    return archive


@pytest.fixture(scope="session")
def gateway_pod(cluster, image, tmp_path_factory, user_key):  # pylint: disable=unused-argument
    """The gateway, deployed."""
    with GatewayPod(cluster, directory(tmp_path_factory, "deployed"),
                    keys.public_half(user_key)) as running:
        yield running


@pytest.fixture(scope="session")
def box(cluster):
    """A box on the gateway's node."""
    with cluster.run_box("demo", "deployed") as running:
        yield running


@pytest.fixture(scope="session")
def client(tmp_path_factory, gateway_pod, box, user_key):
    """A user of the deployed gateway, who knows its host key."""
    return Client(directory(tmp_path_factory, "client"), gateway_pod, user_key, box.login,
                  HostName=gateway_pod.address)
