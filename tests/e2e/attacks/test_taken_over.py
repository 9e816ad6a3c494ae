"""A process that was taken over cannot signal another one, of its own account either."""

import errno
import signal
import socket

import pytest

from harness import keys, processes, sanitizers, terminal, waiting
from harness.conversation import Conversation
from harness.gateway import CONNECTION, LISTENER, RECORDER, Gateway
from harness.recordings import directory_in
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


@pytest.fixture(name="strict_gateway")
def gateway_that_a_crash_is_enough_for(tmp_path, node, user_key):
    with Gateway(tmp_path / "strict-gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_PER_SOURCE_PENALTIES="crash:2m min:1m") as running:
        yield running


@sanitizers.other_build  # their run-time library makes such calls
@pytest.mark.parametrize("call", ["socket", "openat", "memfd_create", "io_uring_setup", "prctl"])
def test_a_connection_that_tries_what_no_library_does_is_killed_and_told_of(
        taken_over, strict_gateway, own_box, connect, call):
    client = connect(strict_gateway, own_box.login)
    session, attacker = connection_of(strict_gateway, lambda: client.start("cat"))
    try:
        waiting.until(strict_gateway.sessions, 10, "it has its session")
        assert taken_over.call(attacker, call, 1, 1, 0) == KILLED
        strict_gateway.wait_for_log(
            f"connection process {attacker} died by signal {int(signal.SIGSYS)}")
    finally:
        session.kill()
        session.wait()
    waiting.until(lambda: "Not allowed at this time." in client.ssh("true", flags=["-v"]).errors,
                  10, "its address has the penalty of a crash")


@sanitizers.other_build
def test_what_a_newer_library_may_try_is_refused_and_told_of(
        taken_over, own_gateway, conversation):
    [process] = own_gateway.pids(CONNECTION)
    assert taken_over.call(process, "uname", 0) == f"returned {-errno.ENOSYS}"
    conversation.goes_on()
    own_gateway.wait_for_log("its sandbox refused a library the system call uname")


def test_a_connection_that_ignores_its_end_is_killed(taken_over, own_gateway, own_box, connect):
    """Stopped it does not hear that it is to end, as if it would not."""
    client = connect(own_gateway, own_box.login)
    session, attacker = connection_of(own_gateway, lambda: client.start("cat"))
    try:
        waiting.until(own_gateway.sessions, 10, "it has its session")
        # It parts with the monitor, which then has it no more.
        assert taken_over.call(attacker, "shutdown", 3, socket.SHUT_RDWR) == "returned 0"
        processes.kill(attacker, signal.SIGSTOP)
        waiting.until(lambda: not processes.alive(attacker), 30, "it is gone")
        own_gateway.wait_for_log(f"connection process {attacker} is killed")
        assert "died by" not in own_gateway.log(), "no crash, so no penalty"
        assert connect(own_gateway, own_box.login).sh("echo in") == "in\n"
    finally:
        session.kill()
        session.wait()


@pytest.fixture(name="recording_gateway")
def gateway_that_records(tmp_path, node, user_key):
    directory = directory_in(tmp_path)
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
