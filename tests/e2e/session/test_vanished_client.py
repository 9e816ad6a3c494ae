"""A client that goes without a word leaves nothing behind, but what was meant to stay."""

import contextlib
import re
import uuid

import pytest

from harness import processes, terminal, waiting

# sessiond's grace between SIGHUP and SIGKILL is 5 s.
GRACE = 15


@pytest.fixture
def marker():
    """A number of seconds to sleep that no other test sleeps."""
    return str(100_000_000 + uuid.uuid4().int % 800_000_000)


def gone(box, marker):
    waiting.until(lambda: not box.running(marker), GRACE,
                  lambda: [processes.arguments(pid) for pid in box.running(marker)])


def vanish(client, command, box, marker):
    """Starts a command without a terminal and kills the client once it runs."""
    with client.start(command) as session:
        try:
            waiting.until(lambda: box.running(marker), 15, "the command runs")
        finally:
            session.kill()


def test_command_without_a_terminal(client, box, marker):
    vanish(client, f"sleep {marker}; true", box, marker)
    gone(box, marker)


def test_a_whole_pipeline(client, box, marker):
    vanish(client, f"sleep {marker} | sleep {marker}1 | cat", box, marker)
    gone(box, marker)


def test_command_that_writes_for_ever(client, box, marker):
    vanish(client, f"while :; do echo {marker}; done", box, marker)
    gone(box, marker)


def test_command_that_ignores_everything_but_hangup(client, box, marker):
    vanish(client, f"trap '' INT TERM PIPE; sleep {marker}; true", box, marker)
    gone(box, marker)


def test_stopped_process(client, box, marker):
    vanish(client, f"sleep {marker} & kill -STOP $!; wait", box, marker)
    gone(box, marker)


def test_process_that_catches_hangup_and_stays_is_killed(client, box, marker):
    vanish(client, f"trap 'echo no' HUP; while :; do sleep 0.1; done; : {marker}", box, marker)
    gone(box, marker)


def test_shells_pass_the_hangup_on_to_their_jobs(client, box, marker):
    # Several, as a shell that is hung up twice at once forgets its jobs only now and then.
    with contextlib.ExitStack() as stack:
        screens = [stack.enter_context(terminal.shell(client)) for _ in range(10)]
        for screen in screens:
            screen.expect(r"[#$] ")
            screen.send(f"sleep {marker}1 &\n")
            screen.send(f"sleep {marker}\n")
        waiting.until(lambda: len(box.running(marker)) == 20, 30, "all run")
        for screen in screens:
            processes.kill(screen.pid)
        gone(box, marker)


def test_shell_itself_is_gone(client, box):
    before = set(box.processes())
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        processes.kill(screen.pid)
        waiting.until(lambda: set(box.processes()) <= before, GRACE, "the shell is gone")


def test_sftp_server_is_gone(client, box):
    with terminal.Terminal(client.command("sftp", "box"), client.environment) as screen:
        screen.expect("sftp> ")
        assert box.running("sftp-server")
        processes.kill(screen.pid)
        waiting.until(lambda: not box.running("sftp-server"), GRACE, "sftp-server is gone")


def test_no_process_of_the_gateway_stays(client, gateway, box, marker):
    before = {name: set(gateway.pids(name)) for name in ("zomg-ssh-connection", "zomg-ssh-sessiond")}
    vanish(client, f"sleep {marker}", box, marker)
    for name, pids in before.items():
        waiting.until(lambda: set(gateway.pids(name)) <= pids, GRACE, f"{name} is gone")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["nohup sleep {} >/dev/null 2>&1 & wait",
                                     "setsid sleep {} & sleep 1000000",
                                     "tmux -L m{} new-session -d 'sleep {}'; sleep 1000000"],
                         ids=["nohup", "setsid", "tmux"])
@pytest.mark.parametrize("with_terminal", [False, True], ids=["pipes", "terminal"])
def test_what_is_meant_to_stay_stays(client, box, marker, command, with_terminal):
    filled = command.replace("{}", marker)

    def asleep():
        return any(processes.arguments(pid) == ["sleep", marker] for pid in box.processes())

    if with_terminal:
        with terminal.shell(client) as screen:
            screen.expect(r"[#$] ")
            screen.send(filled + "\n")
            waiting.until(asleep, 15, "it runs")
            processes.kill(screen.pid)
    else:
        with client.start(filled) as session:
            try:
                waiting.until(asleep, 15, "it runs")
            finally:
                session.kill()
    waiting.until(lambda: not any(re.match("-?bash", processes.name(pid))
                                  for pid in box.running(marker)), GRACE, "the shell is gone")
    assert waiting.stays(asleep, 6.5), "it was killed after the grace"
    client.sh(f"tmux -L m{marker} kill-server 2>/dev/null; pkill -f '^sleep {marker}'; true")


def test_connection_that_is_cut_without_a_word(client, box, marker, gateway):
    """No FIN and no reset: the connection process is killed, as by the kernel's memory killer."""
    before = set(gateway.pids("zomg-ssh-connection"))
    with client.start(f"sleep {marker}") as session:
        try:
            waiting.until(lambda: box.running(marker), 15, "the command runs")
            [mine] = set(gateway.pids("zomg-ssh-connection")) - before
            gateway.kill(mine)
            assert session.wait(10) == 255
            gone(box, marker)
        finally:
            session.kill()
