"""Many connections that never authenticate do not keep a user out."""

import contextlib
import socket

from harness import keys, waiting
from harness.audit import Trail
from harness.gateway import CONNECTION, Gateway

REFUSED = b"Not allowed at this time. Try again in a few minutes.\r\n"


def silent(stack, gateway, address="127.0.0.1"):
    """A connection from this address that will never authenticate; whether it is served."""
    link = stack.enter_context(socket.create_connection(
        ("127.0.0.1", gateway.port), timeout=10, source_address=(address, 0)))
    try:
        link.sendall(b"SSH-2.0-never\r\n")
        return link.recv(1) == b"S"
    except ConnectionError:
        return False


def test_two_hundred_silent_connections(tmp_path, node, user_key, box, connect):
    """With the default limits, while all of them hold on: some tries of a user are let through."""
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_MAX_STARTUPS=None, ZOMG_SSH_LOGIN_GRACE_TIME=None) as gateway, \
            contextlib.ExitStack() as stack:
        served = sum(silent(stack, gateway) for _ in range(200))
        assert 10 <= served < 100, "some are dropped early"
        holding = gateway.pids(CONNECTION)
        assert len(holding) == served
        # Of 100 tries, each let through with one chance in six or so.
        user = connect(gateway, box.login)
        assert any(user.ssh("true").status == 0 for _ in range(100))
        assert set(holding) <= set(gateway.pids(CONNECTION)), "they were there all the time"
    assert "MaxStartups" in gateway.log()


def test_two_hundred_that_hold_on_until_their_time_is_over(tmp_path, node, user_key, box, connect):
    """Then their address is not served for a while, and there is room for everybody else's."""
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_MAX_STARTUPS=None, ZOMG_SSH_PER_SOURCE_PENALTIES=None,
                 ZOMG_SSH_LOGIN_GRACE_TIME="5s") as gateway, contextlib.ExitStack() as stack:
        trail = Trail(gateway.settings["ZOMG_SSH_AUDIT_LOG"])
        for _ in range(200):
            silent(stack, gateway, "127.0.0.2")
        waiting.until(lambda: not gateway.pids(CONNECTION), 60, "they are gone")
        for _ in range(50):
            assert not silent(stack, gateway, "127.0.0.2")
        refused = trail.wait_for("connection_refused", reason="penalty")
        assert refused["client"] == "127.0.0.2"
        user = connect(gateway, box.login, BindAddress="127.0.0.3")
        for _ in range(5):
            assert user.sh("echo in") == "in\n"


def test_a_source_has_its_own_limit(tmp_path, node, user_key, box, connect):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_PER_SOURCE_MAX_STARTUPS="2") as gateway, contextlib.ExitStack() as stack:
        for _ in range(2):
            link = stack.enter_context(socket.create_connection(
                ("127.0.0.1", gateway.port), timeout=10, source_address=("127.0.0.2", 0)))
            assert link.recv(4) == b"SSH-"
        third = stack.enter_context(socket.create_connection(
            ("127.0.0.1", gateway.port), timeout=10, source_address=("127.0.0.2", 0)))
        assert third.makefile("rb").read() == REFUSED
        assert connect(gateway, box.login, BindAddress="127.0.0.3").sh("echo in") == "in\n"
