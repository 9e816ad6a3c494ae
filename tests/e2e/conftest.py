"""Fixtures: what is costly is made once and shared; a test that breaks things makes its own."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness import keys, paths, sanitizers  # noqa: E402  pylint: disable=wrong-import-position
from harness.client import Client  # noqa: E402  pylint: disable=wrong-import-position
from harness.conversation import Conversation  # noqa: E402  pylint: disable=wrong-import-position
from harness.gateway import Gateway  # noqa: E402  pylint: disable=wrong-import-position
from harness.node import Node  # noqa: E402  pylint: disable=wrong-import-position


def pytest_sessionstart(session):
    if os.geteuid() != 0:
        pytest.exit("the e2e tests must run as root", 2)
    if not session.config.option.collectonly and not paths.GATEWAY.exists():
        pytest.exit(f"{paths.GATEWAY} is missing: build it, or let tests/run.sh do it", 2)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name in sanitizers.OTHER_BUILDS:
            item.add_marker(sanitizers.other_build)
    if sanitizers.ENABLED:
        sanitizers.attend(items)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Shows the end of the logs of the gateways that a failing test used."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            for gateway in value if isinstance(value, list) else [value]:
                if isinstance(gateway, Gateway):
                    report.sections.append((f"log of {name}", gateway.log()[-6000:]))


def _directory(factory, name):
    path = factory.mktemp(name)
    # Keys and sockets below are nobody else's business, but unprivileged processes must get through.
    path.chmod(0o711)
    return path


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    with Node(_directory(tmp_path_factory, "node")) as running:
        yield running


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
    """The box that tests share."""
    with node.box("demo", "box1", env={"ZOMG_TEST_VARIABLE": "from the pod"}) as running:
        yield running


@pytest.fixture(scope="session")
def client(tmp_path_factory, gateway, box, user_key):
    """A user of the shared gateway and box."""
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
    """A box of the test's own on the shared node, named after the test."""
    with node.box("own", f"b{abs(hash(request.node.nodeid)) % 10**9}") as running:
        yield running


@pytest.fixture
def own_gateway(tmp_path, node, user_key):
    """A gateway of the test's own on the shared node, which it may hurt."""
    with Gateway(tmp_path / "own-gateway", node, keys.public_half(user_key)) as running:
        yield running


@pytest.fixture
def own_node(tmp_path):
    """A containerd of the test's own, which it may hurt."""
    with Node(tmp_path / "own-node") as running:
        yield running


@pytest.fixture
def conversation(own_gateway, box, connect):
    """A session of the gateway that the test may hurt."""
    mine = connect(own_gateway, box.login)
    with mine.start("cat; echo the end; exit 42") as session:
        try:
            talk = Conversation(session)
            talk.goes_on()
            yield talk
        finally:
            session.kill()


@pytest.fixture(scope="session")
def bulk(tmp_path_factory):
    """64 MiB of random bytes in a file."""
    path = pathlib.Path(_directory(tmp_path_factory, "bulk")) / "bulk"
    with open(path, "wb") as file:
        for _ in range(64):
            file.write(os.urandom(1 << 20))
    return path
