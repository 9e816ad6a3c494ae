"""SIGTERM: no new connections; sessions may finish until the deadline, then they are told."""

import contextlib
import signal
import time

from harness import keys, waiting
from harness.api_server import ApiServer
from harness.audit import Trail
from harness.control_master import master
from harness.gateway import KUBECTL_SESSION, SESSIOND, Gateway
from harness.played_connection import programs

OVER = "the drain time is over"
STOPPING = "The gateway is being stopped"


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


def test_no_session_begins_after_the_deadline(node, user_key, box, connect, tmp_path):
    """Nobody would end it: whatever the next gateway revokes or records, it goes on."""
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_DRAIN_SECS="1") as gateway, contextlib.ExitStack() as stack:
        trail = Trail(gateway.directory / "audit.jsonl")
        mine = connect(gateway, box.login)
        options = stack.enter_context(master(mine, tmp_path))
        first = mine.start("echo up; exec cat", options=options)
        stack.callback(first.kill)
        assert first.stdout.readline() == b"up\n"
        gateway.send_signal(signal.SIGTERM)
        gateway.wait_for_log(OVER)
        late = mine.ssh("echo up; exec cat", options={**options, "ProxyCommand": "false"})
        assert (late.status, late.text) == (255, "")
        assert STOPPING in late.errors
        assert first.wait(10) == 255
        trail.wait_for("session_refused", reason="gateway_stopping")
        assert gateway.process.wait(30) == 0
        waiting.until(lambda: not gateway.sessions(), 10, "no session outlives the gateway")


def test_no_session_goes_on_by_kubectl_after_the_deadline(node, own_box, user_key, connect, tmp_path):
    """The cluster is asked for a box that was not entered, and answers when the drain time is over."""
    tmp_path.chmod(0o711)
    program = programs(tmp_path / "bin", SESSIOND, "not_entering_session.c")
    with ApiServer(tmp_path / "api") as api:
        api.add(*own_box.login.split("--"), own_box.pod.name)
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program,
                     ZOMG_SSH_DRAIN_SECS="1", **api.settings) as gateway:
            mine = connect(gateway, own_box.login)
            api.answer_after(4)
            with mine.start("true") as session:
                try:
                    gateway.wait_for_log("was not entered")
                    gateway.send_signal(signal.SIGTERM)
                    assert STOPPING in session.stderr.read().decode()
                finally:
                    session.kill()
            assert gateway.process.wait(30) == 0
            assert not gateway.pids(KUBECTL_SESSION)


def test_a_session_that_outlives_the_gateway_has_no_end_in_the_trail(own_gateway, conversation):
    trail = Trail(own_gateway.directory / "audit.jsonl")
    own_gateway.send_signal(signal.SIGTERM)
    own_gateway.wait_for_log("stopping")
    own_gateway.send_signal(signal.SIGTERM)
    own_gateway.process.wait(10)
    conversation.goes_on()
    assert trail.events("connection_end")  # the trail is complete
    assert not trail.events("session_end")
    conversation.ends_well()


def test_what_the_monitor_does_not_know_is_ended_too(node, user_key, box, connect, tmp_path):
    tmp_path.chmod(0o711)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 programs(tmp_path / "bin", SESSIOND, "unknown_session.c"),
                 ZOMG_SSH_DRAIN_SECS="1") as gateway:
        with connect(gateway, box.login).start("true") as session:
            try:
                waiting.until(lambda: len(gateway.pids(SESSIOND)) > 2, 15, "two processes and what they come of")
                gateway.send_signal(signal.SIGTERM)
                assert gateway.process.wait(30) == 0
            finally:
                session.kill()
        waiting.until(lambda: not gateway.pids(SESSIOND), 10, "none outlives the gateway")
