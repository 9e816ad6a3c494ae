"""A container without /volumes is an error that says so; ZOMG_SSH_CHROOT names another directory."""

import pytest

from harness import keys, terminal
from harness.gateway import Gateway


@pytest.fixture(scope="module")
def plain(node):
    with node.box("plain", "no-volumes", image="localhost/box:no-volumes") as box:
        yield box


def test_it_says_so(gateway, plain, connect):
    done = connect(gateway, plain.login).ssh("true")
    assert done.status == 255
    assert "The box has no /volumes directory" in done.errors
    assert "ZOMG_SSH_CHROOT" in done.errors


def test_it_says_so_at_a_terminal(gateway, plain, connect):
    with terminal.shell(connect(gateway, plain.login)) as screen:
        screen.expect("The box has no /volumes directory")
        assert screen.wait() == 255


def test_another_directory(node, plain, user_key, connect, tmp_path):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_CHROOT="/") as rooted:
        mine = connect(rooted, plain.login)
        assert "init" in mine.sh("ls /").split()
        assert mine.sh("echo $0") == "sh\n"


def test_a_file_is_no_directory(node, gateway, connect):
    with node.box("plain", "file", image="localhost/box:no-volumes") as box:
        assert node.instance.exec(box.container.id, ["touch", "/volumes"])[0] == 0
        assert "no /volumes directory" in connect(gateway, box.login).ssh("true").errors


def test_a_link_that_leads_out_is_not_followed(node, gateway, connect):
    with node.box("plain", "link", image="localhost/box:no-volumes") as box:
        assert node.instance.exec(box.container.id, ["ln", "-s", "/proc/1/root", "/volumes"])[0] == 0
        assert connect(gateway, box.login).ssh("true").status == 255
