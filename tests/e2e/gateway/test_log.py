"""The log: what is said arrives, and what could not be written is counted."""

import ctypes
import fcntl
import os
import re
import signal
import socket
import subprocess

import pytest

from harness import keys, paths, processes, sanitizers, waiting
from harness.gateway import CONNECTION, LISTENER, LOG, Gateway, clean_environment
from harness.log_pipe import LogPipe


@pytest.fixture(name="read")
def gateway_whose_log_is_read(tmp_path, node, user_key):
    """A gateway whose standard error is a pipe. Its drain is short."""
    with LogPipe(tmp_path / "gateway.log") as pipe:
        with Gateway(tmp_path, node, keys.public_half(user_key), stderr=pipe.fd,
                     ZOMG_SSH_LOG_LEVEL="debug", ZOMG_SSH_DRAIN_SECS="0") as gateway:
            gateway.pipe = pipe
            yield gateway


def open_and_close(gateway, times):
    """Connections that say nothing: some lines each, and next to no work."""
    for _ in range(times):
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as probe:
            probe.recv(8)


def _descriptor_of(pid, number):
    """pidfd_getfd(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    pidfd = os.pidfd_open(pid)
    try:
        fd = libc.syscall(438, pidfd, number, 0)
        assert fd >= 0, os.strerror(ctypes.get_errno())
        return fd
    finally:
        os.close(pidfd)


def test_what_was_said_while_nobody_read_is_read_later(read, box, connect):
    read.pipe.stop_reading()
    connect(read, box.login).ssh("true").ok()
    before = len(read.log())
    read.pipe.read_on()
    read.wait_for_log(f"authenticated {box.login}", since=before)


def test_lost_lines_are_counted_and_that_is_said(read):
    """With the writer of the log stopped, there is room in a socket only."""
    read.kill(read.one(LOG), signal.SIGSTOP)
    open_and_close(read, 400)
    read.kill(read.one(LOG), signal.SIGCONT)
    said = read.wait_for_log(r"zomg-ssh-gateway\[\d+\]: (\d+) lines of the log were lost", seconds=20)
    assert int(said[1]) > 0


def test_the_writer_is_started_again_and_nothing_is_lost(read, box, connect):
    first = read.one(LOG)
    read.kill(first, signal.SIGSTOP)
    connect(read, box.login).ssh("true").ok()
    read.kill(first)
    read.wait_for_log(f"authenticated {box.login}")
    assert read.one(LOG) != first


def test_the_last_words_are_written_before_the_gateway_ends(read):
    read.send_signal(signal.SIGTERM)
    assert read.process.wait(30) == 0
    waiting.until(lambda: "stopping: no new connections" in read.log(), 5, read.log)


def test_an_end_does_not_wait_for_ever_for_a_reader(read):
    read.pipe.stop_reading()
    read.send_signal(signal.SIGTERM)
    assert read.process.wait(30) == 0


def test_the_writer_ends_after_the_last_who_could_say_something(read, box, connect):
    """A session outlives a gateway that is killed; what its process says is written."""
    writer = read.one(LOG)
    with connect(read, box.login).start("echo ready; cat") as session:
        try:
            session.stdout.readline()
            read.kill(read.process.pid)
            read.process.wait(10)
            assert processes.alive(writer)
            session.communicate(b"", timeout=20)
        finally:
            session.kill()
    waiting.until(lambda: not processes.alive(writer), 20, "the writer ends")


def test_a_process_that_ends_its_socket_silences_no_other(read, box, connect):
    """Whoever owns a process of the gateway has its standard error, and can end it for all who have
    that: the monitor has another."""
    listener = read.one("zomg-ssh-listener")
    fd = "2"
    # What it would do; by a tracer, as its own code does not.
    script = f"import os,socket,sys; s=socket.socket(fileno=int(sys.argv[1])); s.shutdown(socket.SHUT_RDWR)"
    copy = _descriptor_of(listener, int(fd))
    try:
        subprocess.run(["/usr/bin/python3", "-c", script, str(copy)], pass_fds=[copy], check=True)
    finally:
            os.close(copy)
    connect(read, box.login).ssh("true").ok()
    read.wait_for_log(f"authenticated {box.login}")


def test_a_failing_start_says_why(tmp_path):
    done = subprocess.run([paths.GATEWAY], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60, check=False,
                          env=clean_environment(ZOMG_SSH_LISTEN="nowhere",
                                                ZOMG_SSH_STATE_DIR=str(tmp_path)))
    assert done.returncode == 1 and done.stdout == ""
    assert re.fullmatch(r"\S+ error zomg-ssh-gateway\[\d+\]: ZOMG_SSH_LISTEN: .*\n", done.stderr)


def test_standard_error_stays_as_it_was(read, box, connect):
    """It belongs to whoever started the gateway, too: it does not become non-blocking."""
    connect(read, box.login).ssh("true").ok()
    assert fcntl.fcntl(read.pipe.fd, fcntl.F_GETFL) & os.O_NONBLOCK == 0


@sanitizers.other_build  # their reports go there
def test_a_connection_process_has_no_log(read):
    """What it has to say goes to the monitor."""
    with socket.create_connection(("127.0.0.1", read.port), timeout=20) as probe:
        probe.recv(8)
        assert os.readlink(f"/proc/{read.one(CONNECTION)}/fd/2") == "/dev/null"
