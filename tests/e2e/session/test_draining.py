"""SIGTERM: no new connections; sessions may finish until the deadline, then they are told."""

import signal
import time

from harness import keys, waiting
from harness.gateway import Gateway


def test_ends_at_once_without_sessions(own_gateway):
    own_gateway.send_signal(signal.SIGTERM)
    assert own_gateway.process.wait(10) == 0


def test_session_finishes(own_gateway, box, connect):
    mine = connect(own_gateway, box.login)
    with mine.start("echo ready; cat; exit 42") as session:
        try:
            session.stdout.readline()
            own_gateway.send_signal(signal.SIGTERM)
            own_gateway.wait_for_log("stopping")
            waiting.until(lambda: mine.ssh("true").status == 255, 10, "new ones are refused")
            out, _ = session.communicate(b"still here\n", timeout=15)
            assert (out, session.returncode) == (b"still here\n", 42)
        finally:
            session.kill()
    assert own_gateway.process.wait(10) == 0


def test_deadline(node, user_key, box, connect, tmp_path):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_DRAIN_SECS="1") as gateway:
        mine = connect(gateway, box.login)
        with mine.start("echo ready; cat") as session:
            try:
                session.stdout.readline()
                started = time.monotonic()
                gateway.send_signal(signal.SIGTERM)
                # Its input stays open: it would not end by itself.
                errors = session.stderr.read()
                session.wait(10)
            finally:
                session.kill()
        assert 0.9 < time.monotonic() - started < 12
        assert session.returncode == 255
        assert b"The gateway is being stopped" in errors
        gateway.process.wait(15)
