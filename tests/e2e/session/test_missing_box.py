"""A box that is not there is said to a user who logged in, and to nobody else."""

import re

from harness import keys, terminal, waiting


def test_it_says_so(client, connect, gateway):
    done = connect(gateway, "demo--no-such-box").ssh("true")
    assert done.status == 255
    assert "There is no such box" in done.errors


def test_it_says_so_at_a_terminal(connect, gateway):
    with terminal.shell(connect(gateway, "demo--no-such-box")) as screen:
        screen.expect("There is no such box")
        assert screen.wait() == 255


def test_sftp_says_so(connect, gateway):
    assert "There is no such box" in connect(gateway, "demo--no-such-box").sftp("ls\n").errors


def test_stopped_box(node, connect, gateway):
    with node.box("demo", "stopped") as box:
        node.instance.stop_container(box.container.id)
        mine = connect(gateway, box.login)
        assert mine.ssh("true").status == 255
        # The API server hears of it from the kubelet, which may take its time.
        waiting.until(lambda: re.search("is not running|no such box", mine.ssh("true").errors), 30,
                      "the user is told why")


def test_box_that_comes_later(node, connect, gateway):
    """The answer `not there` is not remembered."""
    mine = connect(gateway, "demo--later")
    assert mine.ssh("true").status == 255
    with node.box("demo", "later"):
        assert mine.sh("echo there") == "there\n"
    assert "no such box" in mine.ssh("true").errors


def test_a_stranger_learns_nothing(connect, gateway, box, tmp_path):
    """Whether a box exists is not said to who cannot log in."""
    stranger = keys.make_user_key(tmp_path)
    answers = [connect(gateway, login, stranger).ssh("true")
               for login in (box.login, "demo--no-such-box", "no form at all")]
    assert {answer.status for answer in answers} == {255}
    assert {answer.errors.split("@")[-1].strip() for answer in answers} == {
        "127.0.0.1: Permission denied (publickey)."}
