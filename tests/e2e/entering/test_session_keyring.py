"""The kernel's keys are apart: each session has a keyring of its own, and the gateway's leads nowhere."""

import pathlib

import pytest

from harness import attacker, keys, odd_start
from harness.gateway import Gateway
from harness.user_namespace import UserNamespaceBox

NOT_FOUND = "search: Required key not available\n"


@pytest.fixture(scope="module", name="odd_program")
def oddly_started(tmp_path_factory):
    """Started as from a login: with a session keyring that has a key, and root's keys, in it."""
    return odd_start.program(tmp_path_factory.mktemp("odd"), "keyring")


@pytest.fixture(scope="module", name="gateway")
def gateway_with_a_keyring(tmp_path_factory, node, user_key, odd_program):
    directory = tmp_path_factory.mktemp("keyring")
    directory.chmod(0o711)
    with Gateway(directory / "gateway", node, keys.public_half(user_key), odd_program) as running:
        yield running


@pytest.fixture(scope="module", name="program")
def keys_program(tmp_path_factory):
    return attacker.build(tmp_path_factory.mktemp("program"), "keys")


@pytest.fixture
def boxes(node, program):
    """Two, of different namespaces, as Kubernetes runs a pod that asks for no seccomp profile."""
    with (node.box("keys", "one", namespace="first") as one,
          node.box("keys", "two", namespace="second") as two):
        for box in (one, two):
            attacker.put(box, "/volumes/keys", program)
        yield one, two


def test_a_key_of_a_box_is_not_another_boxs(gateway, boxes, connect):
    one, two = (connect(gateway, box.login) for box in boxes)
    assert one.sh("/keys add mine secret; /keys read mine") == "secret\n"
    assert two.ssh("/keys read mine").text == NOT_FOUND


def test_a_session_has_no_key_of_the_gateway(gateway, boxes, connect):
    client = connect(gateway, boxes[0].login)
    assert client.ssh("/keys read of-the-gateway").text == NOT_FOUND
    assert client.sh("/keys list") == ""


def test_in_a_user_namespace_it_is_of_use(tmp_path, node, user_key, program, connect, odd_program):
    with UserNamespaceBox(tmp_path / "box", node) as box:
        path = pathlib.Path(f"/proc/{box.pid}/root/volumes/keys")
        path.write_bytes(program)
        path.chmod(0o755)
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), odd_program,
                     ZOMG_SSH_CRI_SOCKET=box.socket) as gateway:
            client = connect(gateway, box.login)
            assert client.sh("/keys list; /keys add mine secret; /keys read mine") == "secret\n"


def test_a_box_that_uses_up_its_quota_locks_nobody_out(tmp_path, node, user_key, program, connect,
                                                       odd_program):
    """Of an account that is not root a kernel keeps 200 keys, in all boxes together."""
    with (Gateway(tmp_path / "gateway", node, keys.public_half(user_key), odd_program,
                  ZOMG_SSH_BOX_USER="container") as gateway,
          node.box("keys", "full", run_as_user=61234, run_as_group=61234) as box):
        attacker.put(box, "/volumes/keys", program)
        client = connect(gateway, box.login)
        with client.start("/keys fill") as filling:
            try:
                assert filling.stdout.readline() == b"fill: Disk quota exceeded\n"
                # It has none then, but the gateway's, which any process of the gateway has: nothing can
                # be found in it or added to it.
                done = client.ssh("/keys read of-the-gateway; /keys add mine secret; echo served")
                assert done.text == "search: Permission denied\nadd: Permission denied\nserved\n"
            finally:
                filling.kill()
