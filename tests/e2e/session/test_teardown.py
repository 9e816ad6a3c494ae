"""How a session ends on the wire, and what a program hears of its client's end."""

import re

import pytest

from harness import terminal, waiting


def endings(errors):
    """What of a session's end came from the server, in its order, as `ssh -vv` tells."""
    told = re.findall(r"debug\d: (?:client_input_channel_req: channel 0 rtype (exit-\w+)"
                      r"|channel 0: rcvd (eof|close))", errors)
    return [request or message for request, message in told]


@pytest.mark.parametrize("command, first", [
    ("exit 3", "exit-status"), ("head -c 300000 /dev/zero; exit 3", "exit-status"),
    ("kill -9 $$", "exit-signal")], ids=("status", "after output", "signal"))
@pytest.mark.parametrize("flags", [(), ("-tt",)], ids=("pipes", "terminal"))
def test_the_status_comes_before_eof_and_eof_before_close(client, command, first, flags):
    done = client.ssh(command, flags=("-vv", *flags))
    assert endings(done.errors) == [first, "eof", "close"]


def test_a_program_hears_of_its_clients_end_and_may_clean_up(own_box, gateway, connect):
    """SIGHUP first, and time to act on it."""
    client = connect(gateway, own_box.login)
    # The shell tells of the sleep that ended by SIGHUP, to a pipe that nobody has any more.
    with client.start("trap '' PIPE; trap 'sleep 1; echo cleaned >/tmp/end; exit' HUP; echo ready; "
                      "while :; do sleep 0.1; done") as session:
        try:
            assert session.stdout.readline() == b"ready\n"
        finally:
            session.kill()
    waiting.until(lambda: own_box.exec("cat /tmp/end 2>/dev/null; true") == "cleaned\n", 15,
                  "it cleaned up")


def test_a_terminal_hangs_up(own_box, gateway, connect):
    """The foreground process hears it from the terminal, whose session leader is the shell."""
    client = connect(gateway, own_box.login)
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        screen.send("sh -c 'trap \"echo hung up >/tmp/end; exit\" HUP; echo rea\"\"dy; "
                    "while :; do sleep 0.1; done'\n")
        screen.expect("ready")
        screen.signal(9)
    waiting.until(lambda: own_box.exec("cat /tmp/end 2>/dev/null; true") == "hung up\n", 15,
                  "it was told")
