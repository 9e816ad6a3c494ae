"""Commands on a connection that is open: how long one takes, and what it costs the server."""

import contextlib
import subprocess
import time

from figure import SERVERS, Figure, alternate, split
from stage import wait_until

# For what a server does after a command has ended, before the CPU time is read.
SETTLE_SECONDS = 0.5


@contextlib.contextmanager
def _masters(stage):
    """A connection to each server: the options of ssh(1) that have a command go over it, by server."""
    sockets = {server: stage.work / f"master-{server}" for server in SERVERS}
    running = []
    try:
        for server, socket in sockets.items():
            running.append(subprocess.Popen(
                stage.ssh(server, options=("-M", "-N", "-S", str(socket))), stdin=subprocess.DEVNULL))
            wait_until(socket.exists, f"{server}: no connection")
        yield {server: ("-S", str(socket)) for server, socket in sockets.items()}
    finally:
        for master in running:
            master.terminate()
            master.wait()


def on_an_open_connection(stage, scale):
    """`true` 500 times one after the other, in rounds that alternate; wall time, and server CPU."""
    rounds, commands = scale(10, 2), scale(50, 10)
    with _masters(stage) as options:

        def measure(server):
            times = []
            cpu = stage.cpu_seconds()
            for _ in range(commands):
                started = time.perf_counter()
                subprocess.run(stage.ssh(server, "true", options=options[server]), check=True,
                               stdin=subprocess.DEVNULL)
                times.append(1000 * (time.perf_counter() - started))
            time.sleep(SETTLE_SECONDS)
            return times, 1000 * (stage.cpu_seconds() - cpu) / commands

        samples = alternate(rounds, measure)
    times = {server: [each for one in split(samples, 0)[server] for each in one]
             for server in SERVERS}
    yield Figure("exec on an open connection, p50", "ms", times, False, wanted=0.8)
    yield Figure("exec on an open connection, p99", "ms", times, False, percent=99)
    yield Figure("server CPU per exec on an open connection", "ms", split(samples, 1), False,
                 wanted=1.1)
