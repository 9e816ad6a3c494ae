"""Fixtures: each client is tried with the gateway and with Debian's sshd in the same box, and the same
is expected of both."""

import pathlib

import pytest

from harness import keys
from harness.box_sshd import BoxSshd
from harness.client import Client
from harness.gateway import Gateway


def _directory(factory, name):
    path = factory.mktemp(name)
    path.chmod(0o711)
    return path


@pytest.fixture(scope="session")
def box(node):
    """A box with the network of the host, so that no bridge lies between a client and one of the two."""
    with node.box("clients", "box1", host_network=True) as running:
        yield running


@pytest.fixture(scope="session")
def gateway(tmp_path_factory, node, user_key):
    """It asks a silent client for an answer each second."""
    with Gateway(_directory(tmp_path_factory, "gateway"), node, keys.public_half(user_key),
                 ZOMG_SSH_CLIENT_ALIVE_INTERVAL="1") as running:
        yield running


@pytest.fixture(scope="session")
def sshd(tmp_path_factory, box, user_key):
    """As the gateway; its user is root."""
    with BoxSshd(_directory(tmp_path_factory, "sshd"), box, keys.public_half(user_key),
                 ClientAliveInterval="1") as running:
        yield running


@pytest.fixture(scope="session")
def users(tmp_path_factory, gateway, sshd, box, user_key):
    """A user of each, by name."""
    return {"gateway": Client(_directory(tmp_path_factory, "client"), gateway, user_key, box.login),
            "sshd": Client(_directory(tmp_path_factory, "client"), sshd, user_key, "root")}


@pytest.fixture(scope="session", params=["gateway", "sshd"])
def client(request, users):
    return users[request.param]


@pytest.fixture
def home(box):
    """The user's home directory in the box, as this host sees it."""
    return pathlib.Path("/proc", str(box.container.pid), "root", "volumes", "root")
