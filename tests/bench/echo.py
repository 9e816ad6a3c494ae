"""Keystrokes: from the key to its echo through a terminal, idle and beside a bulk transfer."""

import contextlib
import os
import pty
import select
import signal
import subprocess
import time

from figure import SERVERS, Figure, percentile
from stage import wait_until


# An echo that takes longer does not come at all.
ECHO_SECONDS = 30


@contextlib.contextmanager
def _terminal(stage, server, options):
    """A terminal session whose program says nothing, so that only the echo comes back."""
    # As it is at first, for ssh asks for the same modes at the other end; it makes this one raw.
    master, slave = pty.openpty()
    process = subprocess.Popen(
        stage.ssh(server, "echo ready; exec cat >/dev/null", options=(*options, "-tt")),
        stdin=slave, stdout=slave, stderr=subprocess.DEVNULL, start_new_session=True)
    os.close(slave)
    try:
        heard = b""
        while b"ready" not in heard:
            heard += os.read(master, 1024)
        _drain(master)
        yield master
    finally:
        process.send_signal(signal.SIGTERM)
        os.close(master)
        process.wait()


def _drain(master):
    while select.select([master], [], [], 0.1)[0]:
        os.read(master, 1024)


def _keystrokes(master, count):
    """Milliseconds from each key to its echo."""
    times = []
    for index in range(count):
        started = time.perf_counter()
        os.write(master, b"x")
        if not select.select([master], [], [], ECHO_SECONDS)[0]:
            raise RuntimeError("no echo")
        os.read(master, 1)
        times.append(1000 * (time.perf_counter() - started))
        if index % 64 == 63:  # a line that is full is echoed no longer
            os.write(master, b"\n")
            _drain(master)
    return times


def _rounds(stage, scale, options, beside):
    """Rounds of keystrokes on both servers in turn, each inside beside(server):
    {server: [a round's milliseconds, ...]}."""
    rounds = {server: [] for server in SERVERS}
    with contextlib.ExitStack() as stack:
        terminals = {server: stack.enter_context(_terminal(stage, server, options(server)))
                     for server in SERVERS}
        for _ in range(scale(10, 2)):
            for server in SERVERS:
                with beside(server):
                    rounds[server].append(_keystrokes(terminals[server], 100))
    return rounds


def idle(stage, scale):
    """1,000 keystrokes on a connection that does nothing else."""
    rounds = _rounds(stage, scale, lambda _: (), lambda _: contextlib.nullcontext())
    yield from _figures("echo, idle", rounds, wanted_p50=1.0)


def beside_transfer(stage, scale):
    """The same while a download runs on the same connection."""
    masters = {server: stage.work / f"mux-{server}" for server in SERVERS}
    shared = {server: ("-o", f"ControlPath={path}") for server, path in masters.items()}

    @contextlib.contextmanager
    def download(server):
        bulk = subprocess.Popen(stage.ssh(server, "cat /dev/zero", options=shared[server]),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        # Not before it runs, and read as fast as it comes.
        bulk.stdout.read(64 * 1024 * 1024)
        sink = subprocess.Popen(["cat"], stdin=bulk.stdout, stdout=subprocess.DEVNULL)
        bulk.stdout.close()
        try:
            yield
        finally:
            for process in (bulk, sink):
                process.terminate()
                process.wait()

    connections = [subprocess.Popen(stage.ssh(server, options=("-M", "-N", *shared[server])))
                   for server in SERVERS]
    try:
        for path in masters.values():
            wait_until(path.exists, "no shared connection")
        rounds = _rounds(stage, scale, shared.get, download)
    finally:
        for process in connections:
            process.terminate()
            process.wait()
    yield from _figures("echo beside a download", rounds, wanted_p99=1.0)


def _figures(name, rounds, wanted_p50=None, wanted_p99=None):
    for percent, wanted in ((50, wanted_p50), (99, wanted_p99)):
        yield Figure(f"{name}, p{percent}", "ms",
                     {server: [percentile(times, percent) for times in taken]
                      for server, taken in rounds.items()}, False, wanted=wanted)
