"""What of the processes is not in the tables of docs/design/processes.md, which test_process_table.py compares."""

import os
import socket

import pytest

from harness import process_facts, processes, waiting
from harness.gateway import CONNECTION

NONE = "0000000000000000"


@pytest.fixture
def supervised(gateway, client):
    """The sessiond of a session that is under way."""
    before = set(gateway.sessions())
    with client.start("echo ready; cat") as running:
        try:
            running.stdout.readline()
            [mine] = waiting.until(lambda: set(gateway.sessions()) - before, 10, "it is supervised")
            yield mine, running
        finally:
            running.kill()


def test_supervisor_and_monitor_are_apart(gateway):
    assert processes.status(gateway.pid)["PPid"] == str(gateway.process.pid)


def test_monitor_stays_small(gateway):
    """It alone holds the key, and is single-threaded."""
    assert processes.status(gateway.pid)["Threads"] == "1"


def test_executable_of_sessiond_is_sealed(supervised):
    """A copy in memory: nothing that a box could reach and overwrite (CVE-2019-5736)."""
    assert os.readlink(f"/proc/{supervised[0]}/exe").startswith("/memfd:")


def test_sessiond_ends_with_its_session(supervised):
    pid, session = supervised
    session.communicate(b"", timeout=15)
    waiting.until(lambda: not processes.alive(pid), 10, "sessiond ends")


def test_unauthenticated_connection_is_as_confined(gateway):
    """Nothing is gained by not logging in."""
    before = set(gateway.pids(CONNECTION))
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as probe:
        probe.recv(100)
        [fresh] = waiting.until(lambda: set(gateway.pids(CONNECTION)) - before, 10, "it is served")
        seen = processes.status(fresh)
        assert process_facts.account(seen) == "own, of group zomg-ssh"
        assert (seen["Seccomp"], seen["CapPrm"], seen["CapBnd"]) == ("2", NONE, NONE)
        assert os.listdir(f"/proc/{fresh}/root/") == []
