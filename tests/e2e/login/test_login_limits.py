"""LoginGraceTime, MaxAuthTries, MaxSessions, sessions a box, and the keepalive of the server."""

import contextlib
import os
import signal
import socket
import time

import paramiko

from harness import keys, second_client, waiting
from harness.audit import Trail
from harness.gateway import Gateway


@contextlib.contextmanager
def gateway_with(tmp_path, node, user_key, **settings):
    path = tmp_path / "audit.jsonl"
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_AUDIT_LOG=str(path), **settings) as running:
        running.trail = Trail(path)
        yield running


def test_login_grace_time(tmp_path, node, user_key):
    with gateway_with(tmp_path, node, user_key, ZOMG_SSH_LOGIN_GRACE_TIME="2s") as gateway, \
            socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as link:
        started = time.monotonic()
        while link.recv(4096):
            pass
        assert 1.9 < time.monotonic() - started < 15
        gateway.trail.wait_for("disconnect", reason="login_grace_time")


def test_max_auth_tries(tmp_path, node, user_key, box, connect):
    strangers = [keys.make_user_key(tmp_path, name=f"stranger{number}") for number in range(3)]
    with gateway_with(tmp_path, node, user_key, ZOMG_SSH_MAX_AUTH_TRIES="2") as gateway:
        user = connect(gateway, box.login, key=strangers[0])
        config = user.config.read_text()
        more = "".join(f"  IdentityFile {key}\n" for key in (*strangers[1:], user_key))
        user.config.write_text(config + more)
        done = user.ssh("true")
        assert done.status == 255 and "Too many authentication failures" in done.errors
        gateway.trail.wait_for("disconnect", reason="max_auth_tries")
        assert len(gateway.trail.events("authentication", accepted=False)) == 2


def test_max_sessions(tmp_path, node, user_key, box, connect):
    with gateway_with(tmp_path, node, user_key, ZOMG_SSH_MAX_SESSIONS="2") as gateway, \
            second_client.paramiko_connection(connect(gateway, box.login)) as connection:
        channels = [connection.get_transport().open_session() for _ in range(2)]
        try:
            connection.get_transport().open_session()
            raise AssertionError("a third session was opened")
        except paramiko.ChannelException as refused:
            assert refused.code == 4  # SSH_OPEN_RESOURCE_SHORTAGE
        for channel in channels:
            channel.close()


def test_max_sessions_per_box(tmp_path, node, user_key, box, own_box, connect):
    with gateway_with(tmp_path, node, user_key, ZOMG_SSH_MAX_SESSIONS_PER_BOX="2") as gateway, \
            contextlib.ExitStack() as stack:
        first = None
        for _ in range(2):
            running = stack.enter_context(connect(gateway, box.login).start("echo ready; cat"))
            stack.callback(running.kill)
            assert running.stdout.readline() == b"ready\n"
            first = first or running
        refused = connect(gateway, box.login).ssh("true")
        assert refused.status == 255 and "as many sessions" in refused.errors
        assert gateway.trail.wait_for("session_refused")["reason"] == "max_sessions_per_box"
        assert connect(gateway, own_box.login).sh("echo other") == "other\n"
        first.communicate(b"", timeout=15)
        waiting.until(lambda: connect(gateway, box.login).ssh("true").status == 0, 15,
                      "there is room again")


def test_a_stopped_client_is_dropped(tmp_path, node, user_key, box, connect):
    with gateway_with(tmp_path, node, user_key, ZOMG_SSH_CLIENT_ALIVE_INTERVAL="1s",
                      ZOMG_SSH_CLIENT_ALIVE_COUNT_MAX="2") as gateway, \
            connect(gateway, box.login).start("echo ready; cat") as running:
        try:
            assert running.stdout.readline() == b"ready\n"
            os.kill(running.pid, signal.SIGSTOP)
            gateway.trail.wait_for("disconnect", seconds=20, reason="client_timed_out")
            gateway.trail.wait_for("connection_end", authenticated=True)
        finally:
            running.kill()


def test_an_idle_client_is_asked_and_stays(tmp_path, node, user_key, box, connect):
    """Its answers, each a no, do not confuse the server."""
    debug = tmp_path / "debug"
    with gateway_with(tmp_path, node, user_key, ZOMG_SSH_CLIENT_ALIVE_INTERVAL="1s",
                      ZOMG_SSH_CLIENT_ALIVE_COUNT_MAX="1") as gateway, \
            open(debug, "wb") as stderr, \
            connect(gateway, box.login, LogLevel="DEBUG3").start("cat", stderr=stderr) as running:
        try:
            waiting.until(lambda: debug.read_text().count("keepalive@openssh.com") >= 3, 30,
                          "it is asked three times")
            out, _ = running.communicate(b"still here", timeout=15)
            assert (out, running.returncode) == (b"still here", 0)
        finally:
            running.kill()
