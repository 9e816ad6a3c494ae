"""Who took connection processes over asks for sessions without end, in a box that is not there."""

import os
import signal
import time

import pytest

from harness import keys, waiting
from harness.audit import Trail
from harness.gateway import RESOLVER, Gateway
from harness.played_connection import PlayedConnection, programs

# As many as a connection may have before it says what they moved.
SESSIONS = 128
LOGINS = 6


@pytest.fixture
def watched(tmp_path, node, user_key):
    """A gateway whose connection processes are played, and its audit trail."""
    tmp_path.chmod(0o711)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 program=programs(tmp_path / "bin")) as gateway:
        yield gateway, Trail(tmp_path / "gateway" / "audit.jsonl")


def log_in(gateway, key):
    played = PlayedConnection(gateway)
    played.sign()
    assert played.verify("demo--nowhere", key)
    return played


def counted(refused):
    return sum(1 + event.get("untold", 0) for event in refused)


@pytest.mark.timeout(200)
def test_refused_sessions_are_told_in_part(tmp_path, node, user_key):
    tmp_path.chmod(0o711)
    other_key = keys.make_user_key(tmp_path, name="other")
    lines = f"{keys.public_half(user_key)}\n{keys.public_half(other_key)}"
    with Gateway(tmp_path / "gateway", node, lines, program=programs(tmp_path / "bin")) as gateway:
        trail = Trail(tmp_path / "gateway" / "audit.jsonl")
        began = time.monotonic()
        connections = [log_in(gateway, user_key) for _ in range(4)]
        for played in connections:
            for _ in range(SESSIONS):
                played.open_session()
        other = log_in(gateway, other_key)
        other.open_session()
        seconds = time.monotonic() - began
        # Of another key's all is told.
        other_number = trail.wait_for("authentication", key=keys.fingerprint(other_key))["connection"]
        trail.wait_for("session_refused", connection=other_number)
        of_all = trail.events("session_refused")
        told = [event for event in of_all if event["connection"] != other_number]
        assert 50 <= len(told) <= 50 + 5 * seconds + 1 < 4 * SESSIONS
        # One for each login, and one a second for each of its connections.
        assert len(trail.events("lookup")) <= 5 + 5 * (1 + seconds)
        # What waits for the next lookup is refused a second later; what is told then has the number of the rest.
        more = []

        def all_are_counted():
            refused = [event for event in trail.events("session_refused") if event["connection"] != other_number]
            if counted(refused) == 4 * SESSIONS + len(more):
                return True
            more.append(log_in(gateway, user_key))
            more[-1].open_session()
            return False
        waiting.until(all_are_counted, 20, "all that were refused are told or counted", interval=0.3)
        for played in connections + more + [other]:
            played.__exit__()


@pytest.mark.timeout(200)
def test_who_leaves_and_comes_back_hides_nothing_and_is_told_no_more_of(watched, user_key):
    gateway, trail = watched
    began = time.monotonic()
    for _ in range(LOGINS):
        with log_in(gateway, user_key) as played:
            for _ in range(SESSIONS):
                played.open_session()
    # Those that wait for a lookup as their connection ends, too.
    waiting.until(lambda: counted(trail.events("session_refused")) == LOGINS * SESSIONS, 20,
                  "all that were refused are told or counted")
    seconds = time.monotonic() - began
    # The last of a connection has the number of the rest.
    assert len(trail.events("session_refused")) <= 50 + 5 * seconds + 1 + LOGINS < LOGINS * SESSIONS


@pytest.mark.timeout(200)
def test_who_keeps_a_connection_keeps_no_number(watched, user_key):
    gateway, trail = watched
    with log_in(gateway, user_key) as parked:
        parked.open_session()
        with log_in(gateway, user_key) as flood:
            for _ in range(SESSIONS):
                flood.open_session()
        waiting.until(lambda: counted(trail.events("session_refused")) == 1 + SESSIONS, 20,
                      lambda: f"all are told or counted: {counted(trail.events('session_refused'))}")


def test_a_session_that_waits_as_its_client_leaves_is_told(watched, user_key):
    gateway, trail = watched
    resolver = gateway.one(RESOLVER)
    gateway.kill(resolver, signal.SIGSTOP)
    try:
        with log_in(gateway, user_key) as played:
            played.open_session()
        trail.wait_for("session_refused", reason="connection_ended", session=1)
    finally:
        gateway.kill(resolver, signal.SIGCONT)


def test_few_wait_for_a_lookup(tmp_path, node, user_key):
    """Each keeps a descriptor of the monitor."""
    tmp_path.chmod(0o711)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 program=programs(tmp_path / "bin")) as gateway, PlayedConnection(gateway) as played:
        resolver = gateway.one(RESOLVER)
        gateway.kill(resolver, signal.SIGSTOP)
        try:
            played.sign()
            assert played.verify("demo--nowhere", user_key)
            before = len(os.listdir(f"/proc/{gateway.pid}/fd"))
            for _ in range(SESSIONS):
                played.open_session()
            assert len(os.listdir(f"/proc/{gateway.pid}/fd")) - before <= 12
        finally:
            gateway.kill(resolver, signal.SIGCONT)
