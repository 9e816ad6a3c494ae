"""Fixtures: a gateway outside of the cluster, by a service account, and boxes on another node.

ZOMG_TEST_KUBECTL has the gateway use another kubectl than the cluster's: a path, or a number for
tests/cluster/kubectl.sh. With ZOMG_TEST_WEBSOCKET its sessions go by WebSocket.
"""

import os

import pytest

import websocket
from conformance import DIFFERENT_CASES
from far_node import FarNode
from harness import keys
from harness.client import Client
from harness.gateway import Gateway

ACCESS = """
apiVersion: v1
kind: Namespace
metadata: {name: gateway}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: gateway, namespace: gateway}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: fallback-gateway}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, list]}
- {apiGroups: [""], resources: [pods/exec], verbs: [create, get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: fallback-gateway}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: fallback-gateway}
subjects:
- {kind: ServiceAccount, name: gateway, namespace: gateway}
"""


def pytest_collection_modifyitems(items):
    """Without the cases that are not to be as on the gateway's own node."""
    def is_different(item):
        return any(item.name.startswith(f"{module}__{name}[")
                   and case in item.callspec.id.split("-") for module, name, case in DIFFERENT_CASES)
    items[:] = [item for item in items if not is_different(item)]


def _directory(factory, name):
    path = factory.mktemp(name)
    path.chmod(0o711)
    return path


@pytest.fixture(scope="session")
def gateway_account(cluster):
    """The kubeconfig of an account for a gateway."""
    cluster.apply(ACCESS)
    return str(cluster.service_account_kubeconfig("gateway", "gateway"))


@pytest.fixture(scope="session")
def access(cluster, gateway_account, tmp_path_factory):
    """The settings of a gateway that uses it."""
    kubectl = os.environ.get("ZOMG_TEST_KUBECTL") or cluster.kubectl_path
    settings = {"KUBECONFIG": gateway_account,
                "ZOMG_SSH_KUBECTL": websocket.kubectl(kubectl) if kubectl.isdigit() else kubectl}
    if not os.environ.get("ZOMG_TEST_WEBSOCKET"):
        yield settings
        return
    with websocket.WebSocketFront(cluster, _directory(tmp_path_factory, "websocket")) as front:
        yield {**settings, "KUBECONFIG": front.kubeconfig(gateway_account)}
        assert ": WebSocket" in front.log


@pytest.fixture(scope="session")
def node(cluster, access):
    return FarNode(cluster, access)


@pytest.fixture(scope="session")
def user_key(tmp_path_factory):
    return keys.make_user_key(_directory(tmp_path_factory, "key"))


@pytest.fixture(scope="session")
def gateway(tmp_path_factory, node, user_key):
    """The gateway that tests share. It is never hurt."""
    with Gateway(_directory(tmp_path_factory, "gateway"), node, keys.public_half(user_key)) as running:
        yield running


@pytest.fixture(scope="session")
def box(node):
    """The box that tests share, on the other node."""
    with node.box("demo", "box1", env={"ZOMG_TEST_VARIABLE": "from the pod"}) as running:
        yield running


@pytest.fixture(scope="session")
def client(tmp_path_factory, gateway, box, user_key):
    return Client(_directory(tmp_path_factory, "client"), gateway, user_key, box.login)


@pytest.fixture
def connect(tmp_path, user_key):
    """A function that makes a Client: connect(gateway, login, **ssh_options)."""
    made = []

    def make(gateway, login, key=user_key, **options):
        made.append(Client(tmp_path / f"client{len(made)}", gateway, key, login, **options))
        return made[-1]
    return make


@pytest.fixture
def own_box(node, request):
    """A box of the test's own on the other node."""
    with node.box("own", f"b{abs(hash(request.node.nodeid)) % 10**9}") as running:
        yield running


@pytest.fixture
def own_gateway(tmp_path, node, user_key):
    """A gateway of the test's own, which it may hurt."""
    with Gateway(tmp_path / "own-gateway", node, keys.public_half(user_key)) as running:
        yield running


@pytest.fixture(scope="session")
def bulk(tmp_path_factory):
    """64 MiB of random bytes in a file."""
    path = _directory(tmp_path_factory, "bulk") / "bulk"
    with open(path, "wb") as file:
        for _ in range(64):
            file.write(os.urandom(1 << 20))
    return path
