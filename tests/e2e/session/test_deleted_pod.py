"""A pod that is deleted ends its sessions, with a message and without a hang."""

import concurrent.futures
import os
import time

import pytest

from harness import terminal, waiting


def drain(stream):
    while os.read(stream.fileno(), 1 << 20):
        pass


def test_at_a_terminal(own_box, gateway, connect):
    with terminal.shell(connect(gateway, own_box.login)) as screen:
        screen.expect(r"[#$] ")
        own_box.remove()
        screen.expect("The box was stopped")
        assert screen.wait(10) == 255


@pytest.mark.parametrize("command", ["cat", "yes", "trap '' HUP TERM; sleep 1000"])
def test_without_a_terminal(own_box, gateway, connect, command):
    """The output is read all the time: kubectl cannot tell of the end before what comes ahead of it."""
    mine = connect(gateway, own_box.login)
    with mine.start(f"echo ready; {command}") as session, \
            concurrent.futures.ThreadPoolExecutor(1) as threads:
        try:
            session.stdout.readline()
            ending = threads.submit(drain, session.stdout)
            own_box.remove()
            ending.result(10)
            _, errors = session.communicate(timeout=10)
        finally:
            session.kill()
    assert session.returncode == 255
    assert "The box was stopped" in errors.decode()


def test_container_that_crashes(own_box, gateway, connect):
    mine = connect(gateway, own_box.login)
    with mine.start("echo ready; cat") as session:
        try:
            session.stdout.readline()
            own_box.node.instance.stop_container(own_box.container.id)
            _, errors = session.communicate(timeout=20)
        finally:
            session.kill()
    assert (session.returncode, b"The box was stopped" in errors) == (255, True)


def test_program_that_is_killed_alone_is_not_the_end_of_the_box(own_box, gateway, connect):
    """The message is for the box's end only."""
    done = connect(gateway, own_box.login).ssh("kill -9 $$")
    assert (done.status, done.errors) == (255, "")


def test_pod_can_be_deleted_while_a_session_runs(own_box, gateway, connect):
    """Nothing of ours holds its mounts or namespaces: the deletion itself does not hang."""
    mine = connect(gateway, own_box.login)
    with mine.start("echo ready; cat") as session:
        try:
            session.stdout.readline()
            started = time.monotonic()
            own_box.remove()
            assert time.monotonic() - started < 30
            session.communicate(timeout=20)
        finally:
            session.kill()
    waiting.until(lambda: not own_box.node.instance.sandboxes("own", own_box.login.split("--")[1]),
                  10, "the pod is gone")
