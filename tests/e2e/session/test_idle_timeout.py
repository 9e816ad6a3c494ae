"""ZOMG_SSH_IDLE_TIMEOUT: what moves no bytes is warned, and ended as if its client had gone."""

import time

import pytest

from harness import keys, terminal, waiting
from harness.audit import Trail
from harness.gateway import Gateway


@pytest.fixture(scope="module")
def impatient(tmp_path_factory, node, user_key):
    path = tmp_path_factory.mktemp("impatient")
    path.chmod(0o711)
    with Gateway(path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_IDLE_TIMEOUT="4s") as gateway:
        gateway.trail = Trail(path / "gateway" / "audit.jsonl")
        yield gateway


def test_a_terminal_is_warned_and_hung_up(impatient, own_box, connect):
    client = connect(impatient, own_box.login)
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        screen.send("(trap '' HUP; exec setsid -f sleep 731) & sleep 732\n")
        screen.expect("sleep 732\r\n")
        screen.expect("This session is idle and is about to be ended. Press a key to keep it.")
        screen.expect("Nothing was sent either way for too long, so the session was ended.")
        assert screen.wait() == 255
    assert impatient.trail.wait_for("session_end", reason="idle_timeout")
    # As when a client goes: what has a session of its own, as tmux has, goes on.
    waiting.until(lambda: not own_box.running("sleep 732"), 15, "the program is gone")
    assert own_box.running("sleep 731")


def test_a_key_keeps_it(impatient, box, connect):
    with terminal.shell(connect(impatient, box.login)) as screen:
        screen.expect(r"[#$] ")
        screen.expect("about to be ended")
        screen.send("echo kept=$((1 + 1))\n")
        screen.expect("kept=2")
        screen.expect("about to be ended")
        screen.send("exit 7\n")
        assert screen.wait() == 7


def test_bytes_in_either_direction_keep_it(impatient, box, connect):
    client = connect(impatient, box.login)
    assert client.sh("for i in 1 2 3 4 5 6; do echo $i; sleep 1; done").count("\n") == 6
    with client.start("cat >/dev/null; echo end") as session:
        for _ in range(6):
            session.stdin.write(b"x")
            session.stdin.flush()
            time.sleep(1)
        out, _ = session.communicate(timeout=20)
    assert out == b"end\n"


def test_a_command_is_ended_without_a_warning(impatient, box, connect):
    done = connect(impatient, box.login).ssh("sleep 733")
    assert done.status == 255
    assert "about to be ended" not in done.errors and "the session was ended" in done.errors


def test_a_connection_without_a_session_is_ended(impatient, box, connect):
    done = connect(impatient, box.login).ssh(flags=["-N"], options={"ServerAliveInterval": 1})
    assert done.status == 255
    assert "Nothing was sent either way" in done.errors
    assert impatient.trail.wait_for("disconnect", reason="idle_timeout")
