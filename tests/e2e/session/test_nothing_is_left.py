"""After a session there is no process, terminal, mount, cgroup or descriptor more than before."""

import signal

import pytest

from harness import terminal, waiting
from harness.leaks import LeakCheck


@pytest.fixture(name="watched")
def watched_client(own_gateway, own_box, connect):
    mine = connect(own_gateway, own_box.login)
    mine.sh("true")  # what is made once for a box or a gateway is there now
    with LeakCheck(own_box, own_gateway):
        yield mine


def test_of_a_command(watched):
    assert watched.ssh("exit 3").status == 3


def test_of_a_terminal(watched):
    with terminal.shell(watched) as screen:
        screen.expect(r"[#$] ")
        screen.send("exit\n")
        assert screen.wait() == 0


def test_of_sftp(watched):
    watched.sftp("pwd\n").ok()


def test_of_a_killed_client(watched, own_box):
    with terminal.shell(watched, command=["cat #", "of-a-killed-client"]) as screen:
        waiting.until(lambda: own_box.running("cat"), 15, "cat runs")
        screen.signal(signal.SIGKILL)


def test_of_a_wrong_command_and_a_refused_forwarding(watched):
    watched.ssh("no-such-command", flags=["-R", "0:127.0.0.1:1"])
