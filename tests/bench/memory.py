"""Idle sessions: what one costs in memory, and what a thousand cost those who log in beside them."""

import contextlib
import pathlib
import subprocess
import time

import login
from figure import SERVERS, Figure
from stage import wait_until

# Clients that log in at a time while many sessions are started.
BATCH = 16


def _pss_mib(stage, server):
    """Proportional set size of all processes that serve sessions, the box's own left out."""
    total = 0
    for pid in stage.server_processes(server):
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


@contextlib.contextmanager
def _idle_sessions(stage, server, count):
    """Sessions on a connection each, whose programs wait."""
    clients = []
    try:
        for first in range(0, count, BATCH):
            batch = [subprocess.Popen(stage.ssh(server, "echo ready; exec sleep 1000000"),
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
                     for _ in range(min(BATCH, count - first))]
            clients += batch
            for client in batch:
                if client.stdout.readline() != b"ready\n":
                    raise RuntimeError(f"{server}: an idle session did not start")
        yield
    finally:
        for client in clients:
            client.terminate()
        for client in clients:
            client.wait()
            client.stdout.close()


def per_session(stage, scale):
    """PSS of all server processes, with and without sessions: the difference, for each session."""
    count = scale(40, 10)
    samples = {server: [] for server in SERVERS}
    for _ in range(scale(5, 2)):
        for server in SERVERS:
            before = _pss_mib(stage, server)
            few = len(stage.server_processes(server))
            with _idle_sessions(stage, server, count):
                samples[server].append((_pss_mib(stage, server) - before) / count)
            _wait_for_end(stage, server, few)
    yield Figure("PSS per idle session", "MiB", samples, False, wanted=0.75)


def thousand(stage, scale):
    """1,000 idle sessions on a connection each: their memory, and login time beside them. They are
    started once for each server; the logins are five rounds before and five beside them."""
    count = scale(1000, 50)
    alone, beside, pss = ({server: [] for server in SERVERS} for _ in range(3))

    def logins(server):
        return [1000 * login.log_in(stage, server) for _ in range(20)]

    for server in SERVERS:
        login.log_in(stage, server)
        before = len(stage.server_processes(server))
        for _ in range(scale(5, 1)):
            alone[server] += logins(server)
        with _idle_sessions(stage, server, count):
            for _ in range(scale(5, 1)):
                pss[server].append(_pss_mib(stage, server))
                beside[server] += logins(server)
        _wait_for_end(stage, server, before)
    yield Figure(f"PSS with {count} idle sessions", "MiB", pss, False)
    yield Figure(f"ssh box true beside {count} idle sessions, p50", "ms", beside, False)
    yield Figure(f"ssh box true, p50: beside {count} idle sessions, and with none", "ms",
                 {"beside": beside["gateway"], "alone": alone["gateway"]}, False, wanted=1.2,
                 sides=("beside", "alone"))


def _wait_for_end(stage, server, few):
    """Until the processes of the sessions are gone."""
    wait_until(lambda: len(stage.server_processes(server)) <= few, f"{server}: sessions stay", 120)
    time.sleep(login.SETTLE_SECONDS)
