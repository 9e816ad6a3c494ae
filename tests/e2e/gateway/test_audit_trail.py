"""The audit trail: one JSON object a line for what clients got and were refused."""

import os

import paramiko
import pytest

from harness import keys, second_client, startup, waiting
from harness.audit import Trail
from harness.gateway import AUDIT, Gateway


@pytest.fixture
def audited(tmp_path, node, user_key):
    """A gateway whose audit trail is a file, and that file's path."""
    path = tmp_path / "audit.jsonl"
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_AUDIT_LOG=str(path)) as running:
        yield running, path


def test_a_whole_login(audited, box, connect, user_key):
    gateway, path = audited
    user = connect(gateway, box.login)
    assert user.ssh("cat; echo out; echo err >&2; exit 7", stdin=b"12345").status == 7
    trail = Trail(path)
    trail.start = 0
    end = trail.wait_for("connection_end")
    session_end = trail.wait_for("session_end")
    names = [event["event"] for event in trail.events()]
    assert names[:4] == ["connection", "authentication", "lookup", "session"]
    assert sorted(names[4:]) == ["connection_end", "session_end"]
    assert [event["number"] for event in trail.events()] == list(range(1, 7))
    assert {event["connection"] for event in trail.events()} == {end["connection"]}
    [connection, authentication, lookup, session] = trail.events()[:4]
    assert connection["client"] == "127.0.0.1" and connection["server_port"] == gateway.port
    assert authentication["accepted"] and authentication["user"] == box.login
    assert authentication["key"] == keys.fingerprint(user_key)
    assert authentication["key_source"] == "ZOMG_SSH_AUTHORIZED_KEYS line 1"
    assert lookup["found"] and lookup["path"] == "cri" and lookup["pod_uid"]
    assert session["kind"] == "exec" and session["command"].startswith("cat; echo out")
    assert not session["terminal"]
    assert session_end["status"] == 7
    assert session_end["bytes_from_client"] == 5
    assert session_end["bytes_to_client"] == len("12345out\nerr\n")
    assert end["authenticated"] and end["duration_us"] > 0 and session_end["duration_us"] > 0


def test_mode_of_the_file(audited):
    assert audited[1].stat().st_mode & 0o777 == 0o600


def test_hostile_user_name(audited, connect):
    gateway, path = audited
    trail = Trail(path)
    name = '"},{"x":"\x1b]0;a\x07\\é\u2028'
    # OpenSSH's client refuses such a name by itself.
    with pytest.raises(paramiko.SSHException), \
            second_client.paramiko_connection(connect(gateway, name)):
        pass
    refused = trail.wait_for("authentication", accepted=False)
    assert refused["user"] == name
    assert all(0x20 <= byte < 0x7f or byte == 0x0a for byte in path.read_bytes())


def test_a_stranger_and_a_refused_forwarding(audited, box, connect, tmp_path):
    gateway, path = audited
    trail = Trail(path)
    stranger = keys.make_user_key(tmp_path, name="stranger")
    connect(gateway, box.login, key=stranger).ssh("true")
    refused = trail.wait_for("authentication", accepted=False)
    assert refused["key"] == keys.fingerprint(stranger) and "not authorized" in refused["reason"]
    trail.wait_for("connection_end", authenticated=False)
    connect(gateway, box.login).ssh("true", flags=["-W", "127.0.0.1:1"])
    trail.wait_for("refusal", reason="forwarding")


def test_signals_and_missing_boxes(audited, box, connect):
    gateway, path = audited
    trail = Trail(path)
    connect(gateway, box.login).ssh("kill -KILL $$")
    assert trail.wait_for("session_end")["signal"] == "KILL"
    connect(gateway, "demo--nowhere").ssh("true")
    assert trail.wait_for("lookup", found=False)["reason"] == "no_such_box"
    assert trail.wait_for("session_refused")["reason"] == "no_such_box"


def test_a_session_whose_process_was_killed(audited, box, connect):
    gateway, path = audited
    trail = Trail(path)
    with connect(gateway, box.login).start("echo ready; cat") as running:
        try:
            running.stdout.readline()
            [supervisor] = waiting.until(gateway.sessions, 10, "one supervises it")
            gateway.kill(supervisor)
            end = trail.wait_for("session_end")
        finally:
            running.kill()
    assert (end["reason"], end["process_signal"]) == ("process_died", "KILL")
    assert "status" not in end


def test_no_secret_is_in_it(audited, box, connect, user_key):
    gateway, path = audited
    trail = Trail(path)
    user = connect(gateway, box.login, SendEnv="LC_SECRET")
    user.environment["LC_SECRET"] = "value-of-a-variable"
    user.ssh("cat", stdin=b"bytes-of-a-session")
    trail.wait_for("connection_end")
    text = path.read_text()
    blob = keys.public_half(user_key).split()[1]
    for secret in ("value-of-a-variable", "bytes-of-a-session", blob, blob[20:60]):
        assert secret not in text


def test_killed_audit_process_is_replaced_and_harms_nobody(audited, box, connect):
    gateway, path = audited
    user = connect(gateway, box.login)
    with user.start("echo ready; cat") as running:
        try:
            running.stdout.readline()
            killed = gateway.one(AUDIT)
            gateway.kill(killed)
            waiting.until(lambda: gateway.pids(AUDIT) not in ([], [killed]), 10, "a new one runs")
            trail = Trail(path)
            assert connect(gateway, box.login).ssh("echo new").out == b"new\n"
            trail.wait_for("session_end", status=0)
            out, _ = running.communicate(b"still here", timeout=15)
            assert out == b"still here"
        finally:
            running.kill()
    events = Trail(path)
    events.start = 0
    numbers = [event["number"] for event in events.events()]
    assert numbers == sorted(set(numbers))


def test_hangup_opens_the_file_again(audited, box, connect):
    gateway, path = audited
    user = connect(gateway, box.login)
    user.sh("true")
    moved = path.with_suffix(".1")
    path.rename(moved)
    gateway.send_signal(1)
    waiting.until(path.exists, 10, "the file is made again")
    trail = Trail(path)
    user.sh("true")
    trail.wait_for("connection_end")


def test_the_end_of_the_gateway_loses_nothing(audited, box, connect):
    gateway, path = audited
    connect(gateway, box.login).sh("true")
    gateway.process.terminate()
    gateway.process.wait(15)
    trail = Trail(path)
    trail.start = 0
    assert trail.events("connection_end") and trail.events("session_end", status=0)


def test_an_output_that_nobody_reads_holds_nobody_up(tmp_path, node, user_key, box, connect):
    """Standard output is a full pipe."""
    reader, writer = os.pipe()
    try:
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"x" * 4096)
        except BlockingIOError:
            pass
        os.set_blocking(writer, True)
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), stdout=writer,
                     ZOMG_SSH_AUDIT_LOG="-") as gateway:
            user = connect(gateway, box.login)
            for _ in range(3):
                assert user.sh("echo alive") == "alive\n"
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.parametrize("target", ["relative.log", "/nonexistent/audit.log", "/dev/null"])
def test_a_target_that_cannot_be_used_is_an_error_at_start(tmp_path, target):
    said = startup.fails(startup.settings(tmp_path, ZOMG_SSH_AUDIT_LOG=target))
    assert "ZOMG_SSH_AUDIT_LOG" in said
