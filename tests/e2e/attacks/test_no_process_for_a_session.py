"""What sessions are forked from, or a session that waits ahead, ends or cannot fork when it is least expected."""

import contextlib
import os
import pathlib
import signal
import subprocess

import pytest

from harness import keys, processes, sanitizers, waiting
from harness.control_master import master
from harness.gateway import Gateway

MOST = 8


def masters(stack, client, directory, count):
    made = []
    for number in range(count):
        place = directory / str(number)
        place.mkdir(parents=True)
        made.append(stack.enter_context(master(client, place)))
    return made


def with_one_ahead(stack, gateway, client, directory):
    """The options of a connection that has had a session and has one ahead, and what it is forked from."""
    [options] = masters(stack, client, directory, 1)
    client.ssh("true", options=options).ok()
    waiting.until(gateway.prepared_sessions, 30, "one waits")
    [zygote] = gateway.zygotes()
    return options, zygote


def running(client, stack, options):
    """A session that has begun."""
    session = client.start("echo up; sleep 1000", options=options)
    stack.callback(session.kill)
    assert session.stdout.readline() == b"up\n"
    return session


@contextlib.contextmanager
def no_room_to_fork(pid):
    """As in a cgroup that others have filled."""
    pids = pathlib.Path("/sys/fs/cgroup/pids")
    home = next(line.split(":", 2)[2] for line in processes.read(pid, "cgroup").decode().splitlines()
                if ":pids:" in line)
    full = pids / home.lstrip("/") / f"full-{pid}"
    full.mkdir()
    try:
        (full / "pids.max").write_text("1", encoding="ascii")
        (full / "cgroup.procs").write_text(str(pid), encoding="ascii")
        yield
    finally:
        for left in (full / "cgroup.procs").read_text(encoding="ascii").split():
            with contextlib.suppress(ProcessLookupError):
                (full.parent / "cgroup.procs").write_text(left, encoding="ascii")
        waiting.until(lambda: not (full / "cgroup.procs").read_text(encoding="ascii"), 10, "all have left")
        full.rmdir()


@pytest.mark.parametrize("how", ["killed", "not-forked"])
def test_who_has_a_session_makes_no_room_for_others(node, box, user_key, connect, tmp_path, how):
    """A connection whose spare session is gone is not one without a session."""
    tmp_path.chmod(0o711)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), ZOMG_SSH_MAX_CONNECTIONS=str(MOST),
                 ZOMG_SSH_MAX_CONNECTIONS_PER_KEY=str(MOST)) as gateway, contextlib.ExitStack() as stack:
        client = connect(gateway, box.login)
        mine, zygote = with_one_ahead(stack, gateway, client, tmp_path / "mine")
        if how == "killed":
            session = running(client, stack, mine)
            waiting.until(gateway.sessions, 15, "its process does not wait any more")
            [spare] = waiting.until(gateway.prepared_sessions, 15, "another waits")
            processes.kill(spare, signal.SIGKILL)
            waiting.until(lambda: not gateway.prepared_sessions(), 15, "it is gone")
        else:
            with no_room_to_fork(zygote):
                session = running(client, stack, mine)
                gateway.wait_for_log("there is no process for it")
        for other in masters(stack, client, tmp_path / "others", MOST - 1):
            running(client, stack, other)
        # Idle ones are ended from the tenth second on.
        assert waiting.stays(lambda: session.poll() is None, 13)
        assert len(gateway.sessions()) == MOST


@sanitizers.other_build  # LeakSanitizer needs to clone
def test_a_session_that_cannot_be_forked_is_tried_again(own_gateway, box, connect, tmp_path):
    """With what others have ready given up."""
    with contextlib.ExitStack() as stack:
        client = connect(own_gateway, box.login)
        mine, zygote = with_one_ahead(stack, own_gateway, client, tmp_path / "mine")
        masters(stack, client, tmp_path / "others", 2)
        waiting.until(lambda: len(own_gateway.prepared_sessions()) == 3, 20, "others have one ahead")
        with no_room_to_fork(zygote):
            running(client, stack, mine)  # has the spare; there is none after it
            own_gateway.wait_for_log("there is no process for it")
            assert client.ssh("echo in", options=mine).ok().out == b"in\n"


def test_a_process_that_nobody_knows_gets_no_plan(own_gateway, own_box, connect, tmp_path):
    """A zygote is killed when it has forked a session and before it says so."""
    with contextlib.ExitStack() as stack:
        client = connect(own_gateway, own_box.login)
        mine, zygote = with_one_ahead(stack, own_gateway, client, tmp_path / "mine")
        os.kill(zygote, signal.SIGSTOP)
        sessions = []
        for number in (1, 2):  # the second is forked with its plan at hand
            sessions.append(client.start(f"exec sleep 777{number}", options=mine))
            stack.callback(sessions[-1].kill)
            waiting.until(lambda number=number: f"session {number + 1} exec" in own_gateway.log(), 15)
        tracer = stack.enter_context(subprocess.Popen(
            ["strace", "-p", str(zygote), "-e", "trace=sendmsg", "-e", "inject=sendmsg:signal=SIGKILL:when=1"],
            stderr=subprocess.PIPE))
        stack.callback(tracer.kill)
        assert b"attached" in tracer.stderr.readline()
        os.kill(zygote, signal.SIGCONT)
        waiting.until(lambda: own_box.running("7772"), 30, "the second runs, by another zygote")
        assert zygote not in own_gateway.zygotes()
        own_gateway.wait_for_log("there is no process for it")
        assert len(own_box.running("7772")) == 1
