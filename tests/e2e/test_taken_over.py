"""A process that was taken over cannot signal another one, of its own account either."""

import os
import pwd
import signal

import pytest

from harness import keys, processes, terminal, waiting
from harness.conversation import Conversation
from harness.gateway import CONNECTION, LISTENER, RECORDER, Gateway
from harness.taken_over import TakeOver

KILLED = f"killed by {signal.SIGSYS}"


@pytest.fixture(scope="module", name="taken_over")
def program_that_takes_over(tmp_path_factory):
    return TakeOver(tmp_path_factory.mktemp("taken-over"))


def connection_of(gateway, start):
    """What `start` returns, and the connection process that it made."""
    before = set(gateway.pids(CONNECTION))
    started = start()
    [made] = waiting.until(lambda: set(gateway.pids(CONNECTION)) - before, 10, "it is served")
    return started, made


def test_a_connection_cannot_kill_another(taken_over, own_gateway, own_box, conversation, connect):
    [victim] = own_gateway.pids(CONNECTION)
    other = connect(own_gateway, own_box.login)
    session, attacker = connection_of(own_gateway, lambda: other.start("cat"))
    try:
        waiting.until(lambda: len(own_gateway.sessions()) == 2, 10, "it has its session")
        assert taken_over.call(attacker, "tgkill", victim, victim, signal.SIGKILL) == KILLED
    finally:
        session.kill()
        session.wait()
    assert processes.alive(victim)
    conversation.goes_on()


def test_a_connection_cannot_stop_the_listener(taken_over, own_gateway, own_box, connect):
    listener = own_gateway.one(LISTENER)
    other = connect(own_gateway, own_box.login)
    with other.start("echo ready; cat") as session:
        try:
            session.stdout.readline()
            [attacker] = own_gateway.pids(CONNECTION)
            assert taken_over.call(attacker, "tgkill", listener, listener, signal.SIGSTOP) == KILLED
            assert connect(own_gateway, own_box.login).sh("echo in") == "in\n"
        finally:
            session.kill()
            processes.kill(listener, signal.SIGCONT)


@pytest.fixture(name="recording_gateway")
def gateway_that_records(tmp_path, node, user_key):
    directory = tmp_path / "recordings"
    directory.mkdir(mode=0o700)
    os.chown(directory, pwd.getpwnam(RECORDER).pw_uid, -1)
    with Gateway(tmp_path / "recording-gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_RECORD_DIR=str(directory)) as running:
        yield running


def test_a_recorder_cannot_kill_another(taken_over, recording_gateway, own_box, connect):
    client = connect(recording_gateway, own_box.login)
    with terminal.shell(client, command=["echo ready; cat"]) as screen:
        screen.expect("ready")
        victim = recording_gateway.one(RECORDER)
        with terminal.shell(client, command=["echo ready; cat"]) as other:
            other.expect("ready")
            [attacker] = set(recording_gateway.pids(RECORDER)) - {victim}
            assert taken_over.call(attacker, "tgkill", victim, victim, signal.SIGKILL) == KILLED
        screen.send("still here\n")
        screen.expect("still here")
        assert processes.alive(victim)
