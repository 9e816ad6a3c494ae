"""A session by kubectl, and kubectl itself, have the network, two files, and nothing else."""

import os
import pwd

import pytest

from harness import processes, waiting

NONE = "0000000000000000"
SUPERVISOR = "zomg-ssh-kubectl"


@pytest.fixture(scope="module", name="session")
def running_session(client):
    with client.start("echo ready; cat") as running:
        try:
            running.stdout.readline()
            yield running
        finally:
            running.kill()


@pytest.fixture(name="pid", params=[SUPERVISOR, "kubectl"])
def pid_of(request, session, gateway):  # pylint: disable=unused-argument
    return waiting.until(lambda: gateway.pids(request.param), 10, "it runs")[0]


def test_account_capabilities_and_filter(pid):
    seen = processes.status(pid)
    account = pwd.getpwnam("zomg-ssh-kubectl")
    assert seen["Uid"].split() == [str(account.pw_uid)] * 4
    assert seen["Gid"].split() == [str(account.pw_gid)] * 4
    assert seen["Groups"].split() == []
    assert {seen[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {NONE}
    assert (seen["Seccomp"], seen["NoNewPrivs"]) == ("2", "1")


def test_its_root_has_two_files_and_cannot_be_written(pid):
    root = f"/proc/{pid}/root"
    assert {os.path.join(folder, name)[len(root):]
            for folder, _, names in os.walk(root) for name in names} == {"/kubeconfig", "/etc/hosts"}
    mounts = processes.read(pid, "mountinfo").decode().splitlines()
    assert mounts and [line for line in mounts if "ro" not in line.split()[5].split(",")] == []


def test_others_cannot_look_at_its_supervisor(session, gateway):  # pylint: disable=unused-argument
    """What /proc shows of it is root's: not even its own account can open its memory."""
    [supervisor] = gateway.pids(SUPERVISOR)[:1]
    assert os.stat(f"/proc/{supervisor}/mem").st_uid == 0
