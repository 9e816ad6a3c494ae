"""Each process has the account, capabilities, system calls and root directory that it needs."""

import os
import pwd

import pytest

from harness import processes, waiting
from harness.gateway import AUDIT, CONNECTION, LISTENER, RESOLVER, SESSIOND

NONE = "0000000000000000"
CAP_KILL = f"{1 << 5:016x}"
CAPABILITY_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


@pytest.fixture(scope="module")
def session(gateway, client):
    """A session that lasts as long as the tests of this file."""
    with client.start("echo ready; cat") as running:
        try:
            running.stdout.readline()
            yield running
        finally:
            running.kill()


@pytest.fixture
def pids(session, gateway):
    """One process of each program, with a session under way."""
    [supervisor] = waiting.until(gateway.sessions, 10, "a session is supervised")[:1]
    return {LISTENER: gateway.one(LISTENER), RESOLVER: gateway.one(RESOLVER),
            AUDIT: gateway.one(AUDIT),
            CONNECTION: gateway.pids(CONNECTION)[-1], SESSIOND: supervisor}


ACCOUNTS = {LISTENER: "zomg-ssh", CONNECTION: "zomg-ssh", RESOLVER: "zomg-ssh-resolver",
            AUDIT: "zomg-ssh-audit", SESSIOND: "zomg-ssh-session"}


@pytest.mark.parametrize("program", ACCOUNTS)
def test_account(pids, program):
    account = pwd.getpwnam(ACCOUNTS[program])
    seen = processes.status(pids[program])
    assert seen["Uid"].split() == [str(account.pw_uid)] * 4
    assert seen["Gid"].split() == [str(account.pw_gid)] * 4


@pytest.mark.parametrize("program", [LISTENER, CONNECTION, AUDIT, SESSIOND])
def test_no_other_groups(pids, program):
    assert processes.status(pids[program])["Groups"].split() == []


def test_group_of_the_resolver(pids, node):
    """The one that owns containerd's socket, and no other."""
    assert processes.status(pids[RESOLVER])["Groups"].split() == [str(os.stat(node.socket).st_gid)]


@pytest.mark.parametrize("program", [LISTENER, CONNECTION, RESOLVER, AUDIT])
def test_no_capabilities(pids, program):
    seen = processes.status(pids[program])
    assert {name: seen[name] for name in CAPABILITY_SETS} == dict.fromkeys(CAPABILITY_SETS, NONE)


def test_sessiond_may_signal_and_nothing_else(pids):
    seen = processes.status(pids[SESSIOND])
    assert {name: seen[name] for name in CAPABILITY_SETS} == {
        "CapInh": NONE, "CapPrm": CAP_KILL, "CapEff": CAP_KILL, "CapBnd": CAP_KILL,
        "CapAmb": NONE}


@pytest.mark.parametrize("program", ACCOUNTS)
def test_system_calls_are_filtered_for_good(pids, program):
    seen = processes.status(pids[program])
    assert (seen["Seccomp"], seen["NoNewPrivs"]) == ("2", "1")


@pytest.mark.parametrize("program", [LISTENER, CONNECTION, AUDIT, SESSIOND])
def test_root_directory_is_empty(pids, program):
    assert os.listdir(f"/proc/{pids[program]}/root/") == []


@pytest.mark.parametrize("program", [LISTENER, CONNECTION, AUDIT, SESSIOND])
def test_root_directory_cannot_be_written(pids, program):
    """Not even if the account owned it."""
    info = processes.read(pids[program], "mountinfo").decode().splitlines()
    roots = [line.split() for line in info if line.split()[4] == "/"]
    assert roots and "ro" in roots[-1][5].split(",")


@pytest.mark.parametrize("program", [LISTENER, CONNECTION, AUDIT])
def test_network_namespace(pids, gateway, program):
    """What is listened on is inherited; nothing new can be reached."""
    assert processes.namespace(pids[program], "net") != processes.namespace(gateway.pid, "net")


@pytest.mark.parametrize("program", ACCOUNTS)
def test_memory_is_closed_to_the_same_account(pids, program):
    """Non-dumpable: what /proc shows of it is root's, and no core is written."""
    assert os.stat(f"/proc/{pids[program]}/mem").st_uid == 0
    limits = processes.read(pids[program], "limits").decode()
    [core] = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert core.split()[4:6] == ["0", "0"]


def test_monitor_keeps_few_capabilities(gateway):
    """Its bounding set is what it hands to sessiond; its own hands are nearly empty."""
    seen = processes.status(gateway.pid)
    assert seen["Uid"].split() == ["0"] * 4
    assert int(seen["CapEff"], 16) == int(CAP_KILL, 16)


def test_monitor_stays_small(gateway, pids):
    """It alone holds the key, and is single-threaded."""
    assert processes.status(gateway.pid)["Threads"] == "1"


def test_descriptors_of_a_connection(pids):
    """Its socket, the IPC channel and those of its session: no file, no directory."""
    folder = f"/proc/{pids[CONNECTION]}/fd"
    kinds = {os.readlink(f"{folder}/{fd}").split(":")[0] for fd in os.listdir(folder)}
    assert kinds <= {"socket", "pipe", "/dev/null"}


def test_executable_of_sessiond_is_sealed(pids):
    """A copy in memory: nothing that a box could reach and overwrite (CVE-2019-5736)."""
    assert os.readlink(f"/proc/{pids[SESSIOND]}/exe").startswith("/memfd:")


def test_sessiond_ends_with_its_session(gateway, client):
    before = set(gateway.sessions())
    with client.start("echo ready; cat") as running:
        try:
            running.stdout.readline()
            mine = waiting.until(lambda: set(gateway.sessions()) - before, 10, "it is supervised")
            running.communicate(b"", timeout=15)
        finally:
            running.kill()
    waiting.until(lambda: not any(map(processes.alive, mine)), 10, "sessiond ends")


def test_unauthenticated_connection_is_as_confined(gateway):
    """Nothing is gained by not logging in."""
    import socket
    before = set(gateway.pids(CONNECTION))
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as probe:
        probe.recv(100)
        [fresh] = waiting.until(lambda: set(gateway.pids(CONNECTION)) - before, 10, "it is served")
        seen = processes.status(fresh)
        assert seen["Uid"].split()[0] == str(pwd.getpwnam("zomg-ssh").pw_uid)
        assert (seen["Seccomp"], seen["CapPrm"], seen["CapBnd"]) == ("2", NONE, NONE)
        assert os.listdir(f"/proc/{fresh}/root/") == []
