"""A session by kubectl, and kubectl itself, have the network, two files, and nothing else."""

import os

import pytest

from harness import descriptors, keys, odd_start, process_facts, processes, waiting
from harness.client import Client
from harness.gateway import Gateway

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
    find = gateway.kubectl_sessions if request.param == SUPERVISOR else lambda: gateway.pids("kubectl")
    return waiting.until(find, 10, "it runs")[0]


def test_account_capabilities_and_filter(pid):
    seen = processes.status(pid)
    assert process_facts.account(seen) == "own, of group zomg-ssh-kubectl"
    assert seen["Groups"].split() == []
    assert {seen[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {NONE}
    assert (seen["Seccomp"], seen["NoNewPrivs"]) == ("2", "1")


def test_its_root_has_two_files_and_cannot_be_written(pid):
    root = f"/proc/{pid}/root"
    assert {os.path.join(folder, name)[len(root):]
            for folder, _, names in os.walk(root) for name in names} == {"/kubeconfig", "/etc/hosts"}
    mounts = processes.read(pid, "mountinfo").decode().splitlines()
    assert mounts and [line for line in mounts if "ro" not in line.split()[5].split(",")] == []


def test_no_directory_leads_out(pid):
    assert descriptors.ways_out(pid) == {}


def test_resources_are_bounded(pid):
    most = {"Max processes": 256, "Max open files": 256, "Max data size": 512 << 20,
            "Max locked memory": 0, "Max core file size": 0, "Max file size": 0}
    hard = {name: processes.hard_limit(pid, name) for name in most}
    assert {name: int(value) for name, value in hard.items() if value != "unlimited"} == most


def test_nothing_odd_is_inherited(tmp_path, node, user_key, box):
    """Of who started the gateway; how it is scheduled is for that to say."""
    program = odd_start.program(tmp_path / "odd", "all")
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program) as gateway:
        client = Client(tmp_path / "client", gateway, user_key, box.login)
        with client.start("echo ready; cat") as session:
            try:
                session.stdout.readline()
                pid = waiting.until(lambda: gateway.pids("kubectl"), 20, "it runs")[0]
                seen = processes.status(pid)
                assert (int(seen["SigIgn"], 16), int(seen["SigBlk"], 16)) == (0, 0)
                assert seen["Umask"] == "0022"
                assert processes.read(pid, "personality") == b"00000000\n"
            finally:
                session.kill()


def test_others_cannot_look_at_its_supervisor(session, gateway):  # pylint: disable=unused-argument
    """What /proc shows of it is root's: not even its own account can open its memory."""
    [supervisor] = gateway.kubectl_sessions()[:1]
    assert os.stat(f"/proc/{supervisor}/mem").st_uid == 0
