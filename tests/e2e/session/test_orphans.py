"""What becomes of each kind of process when its session ends before its time: docs/sessions.md's row on a
vanished client, for every way in which that comes about."""

import contextlib
import signal
import uuid

import pytest

from harness import keys, processes, terminal, waiting
from harness.gateway import Gateway

# SIGKILL comes 5 s after the end.
GRACE = 20
STAYS, ENDS = True, False

# What is typed, and whether it stays. `@` is a sleep, told from others by how long it is.
ON_PIPES = {
    "foreground": ("sleep @; true", ENDS),
    "background": ("sleep @ & wait", ENDS),
    "timeout": ("echo; timeout 900000 sleep @; true", ENDS),
    "set -m": ("set -m; sleep @ & wait", ENDS),
    "timeout in the background": ("timeout 900000 sleep @ & wait", ENDS),
    # A shell without a terminal passes nothing on, so it can let nothing go.
    "disown": ("sleep @ & disown; sleep 900001", ENDS),
    "nohup": ("nohup sleep @ >/dev/null 2>&1 & wait", STAYS),
    "nohup in a group of its own": ("set -m; nohup sleep @ >/dev/null 2>&1 & wait", STAYS),
    "setsid": ("setsid sleep @ & sleep 900001", STAYS),
    "tmux": ("tmux -L m@ new-session -d 'sleep @'; sleep 900001", STAYS),
}
AT_A_TERMINAL = {
    "foreground": ("sleep @", ENDS),
    "background": ("sleep @ &", ENDS),
    "stopped": ("bash -c 'kill -STOP $$; exec sleep @' & sleep @", ENDS),
    "timeout": ("bash -c 'timeout 900000 sleep @; true'", ENDS),
    "set -m": ("bash -c 'set -m; sleep @ & wait'", ENDS),
    "timeout in the background": ("bash -c 'timeout 900000 sleep @; true' &", ENDS),
    "timeout of a script with a trap": ("bash -c 'trap : HUP; timeout 900000 sleep @; true'", ENDS),
    "timeout of a shell in a shell": ("sh -c 'bash -i; true'\nbash -c 'timeout 900000 sleep @; true'",
                                      ENDS),
    "disown": ("sleep @ & disown", STAYS),
    "disown of a shell in a shell": ("bash -i\nsleep @ & disown", STAYS),
    "timeout of a disowned script": ("bash -c 'timeout 900000 sleep @; true' & disown", STAYS),
    "a subshell's": ("(sleep @ &)", STAYS),
    "nohup": ("nohup sleep @ >/dev/null 2>&1 &", STAYS),
    "timeout of a script by nohup": (
        "nohup bash -c 'timeout 900000 sleep @; true' >/dev/null 2>&1 &", STAYS),
    "setsid": ("setsid sleep @ &", STAYS),
    "tmux": ("tmux -L m@ new-session -d 'sleep @'", STAYS),
}
KINDS = {"pipes": ON_PIPES, "terminal": AT_A_TERMINAL}


class Sleepers:
    """One session of each kind, and the sleep that it left."""

    def __init__(self, box, kinds):
        self.box = box
        self.kinds = kinds
        self.marks = {kind: str(100_000_000 + uuid.uuid4().int % 800_000_000) for kind in kinds}

    def sleeps(self, kind):
        return any(processes.arguments(pid) == ["sleep", self.marks[kind]]
                   for pid in self.box.processes())

    def start(self, stack, client, flags=()):
        """Clients for all kinds; each is a Terminal, or a Popen."""
        clients = []
        for kind, (typed, _) in self.kinds.items():
            typed = typed.replace("@", self.marks[kind])
            if flags:
                screen = stack.enter_context(terminal.shell(client))
                screen.expect(r"[#$] ")
                screen.send(typed + "\n")
                clients.append(screen)
            else:
                clients.append(stack.enter_context(client.start(typed)))
            waiting.until(lambda kind=kind: self.sleeps(kind), 30, f"{kind} runs")
        return clients

    def check(self):
        """That all have the fate that they should have."""
        for kind, (_, stays) in self.kinds.items():
            if not stays:
                waiting.until(lambda kind=kind: not self.sleeps(kind), GRACE, f"{kind} ends",
                              interval=0.1)
        alive = {kind for kind in self.kinds if self.sleeps(kind)}
        assert alive == {kind for kind, (_, stays) in self.kinds.items() if stays}

    def clean_up(self):
        for mark in self.marks.values():
            for pid in self.box.running(mark):
                processes.kill(pid, signal.SIGKILL)


@pytest.fixture(name="sleepers", params=KINDS, ids=list(KINDS))
def _sleepers(request, own_box):
    made = Sleepers(own_box, KINDS[request.param])
    made.flags = ("-tt",) if request.param == "terminal" else ()
    yield made
    made.clean_up()


def nothing_supervises(gateway):
    for program in ("zomg-ssh-sessiond", "zomg-ssh-kubectl"):
        waiting.until(lambda program=program: not gateway.pids(program), GRACE, f"no {program}")


def test_the_client_vanishes(sleepers, own_gateway, own_box, connect):
    client = connect(own_gateway, own_box.login)
    with contextlib.ExitStack() as stack:
        for session in sleepers.start(stack, client, sleepers.flags):
            processes.kill(session.pid, signal.SIGKILL)
        nothing_supervises(own_gateway)
        sleepers.check()


def test_the_session_is_idle(sleepers, node, user_key, own_box, connect, tmp_path):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_IDLE_TIMEOUT="20s") as gateway, contextlib.ExitStack() as stack:
        client = connect(gateway, own_box.login)
        sleepers.start(stack, client, sleepers.flags)
        waiting.until(lambda: not gateway.pids("zomg-ssh-connection"), 60, "all were ended",
                      interval=0.1)
        nothing_supervises(gateway)
        sleepers.check()


def test_the_gateway_stops(sleepers, node, user_key, own_box, connect, tmp_path):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_DRAIN_SECS="0") as gateway, contextlib.ExitStack() as stack:
        client = connect(gateway, own_box.login)
        sleepers.start(stack, client, sleepers.flags)
        gateway.send_signal(signal.SIGTERM)
        waiting.until(lambda: gateway.process.poll() is not None, 30, "the gateway has ended")
        sleepers.check()
