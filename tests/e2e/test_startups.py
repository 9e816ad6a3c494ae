"""Many connections that never authenticate do not keep a user out."""

import contextlib
import socket

from harness import keys, waiting
from harness.gateway import CONNECTION, Gateway


def test_two_hundred_silent_connections(tmp_path, node, user_key, box, connect):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_MAX_STARTUPS=None, ZOMG_SSH_LOGIN_GRACE_TIME="20s") as gateway, \
            contextlib.ExitStack() as stack:
        dropped = 0
        for _ in range(200):
            link = stack.enter_context(
                socket.create_connection(("127.0.0.1", gateway.port), timeout=10))
            link.sendall(b"SSH-2.0-never\r\n")
            try:
                dropped += not link.recv(1)
            except ConnectionResetError:
                dropped += 1
        assert dropped >= 20, "some are dropped early"
        assert len(gateway.pids(CONNECTION)) <= 100
        # By chance at once; after the grace time, when those are gone, in any case.
        user = connect(gateway, box.login)
        waiting.until(lambda: user.ssh("true").status == 0, 60, "a user gets in")
    assert "MaxStartups" in gateway.log()


def test_a_source_has_its_own_limit(tmp_path, node, user_key, box, connect):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_PER_SOURCE_MAX_STARTUPS="2") as gateway, contextlib.ExitStack() as stack:
        for _ in range(2):
            link = stack.enter_context(socket.create_connection(
                ("127.0.0.1", gateway.port), timeout=10, source_address=("127.0.0.2", 0)))
            assert link.recv(4) == b"SSH-"
        third = stack.enter_context(socket.create_connection(
            ("127.0.0.1", gateway.port), timeout=10, source_address=("127.0.0.2", 0)))
        assert third.recv(4) == b""
        assert connect(gateway, box.login, BindAddress="127.0.0.3").sh("echo in") == "in\n"
