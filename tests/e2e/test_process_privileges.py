"""Each process has the account, capabilities, system calls and root directory that it needs."""

import os
import pwd
import re
import subprocess

import pytest

from harness import descriptors, keys, paths, processes, terminal, waiting
from harness.client import Client
from harness.gateway import (AUDIT, CONNECTION, FILE_READER, KEYRING, KUBERNETES, LISTENER, LOG,
                             METRICS, RECORDER, RESOLVER, SESSIOND, Gateway, free_port)

NONE = "0000000000000000"
CAP_KILL = f"{1 << 5:016x}"
CAPABILITY_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: here
contexts: [{name: here, context: {cluster: nowhere, user: me}}]
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: me, user: {tokenFile: token}}]
"""


@pytest.fixture(scope="module", name="gateway")
def gateway_with_all(tmp_path_factory, node, user_key):
    """One that has every process that there is, and was started with a group beside its account's.
    What some of them ask does not answer."""
    directory = tmp_path_factory.mktemp("privileges")
    directory.chmod(0o711)
    (directory / "credentials").mkdir(mode=0o700)
    (directory / "credentials" / "token").write_text("secret", encoding="ascii")
    (directory / "credentials" / "config").write_text(KUBECONFIG, encoding="ascii")
    (directory / "recordings").mkdir(mode=0o700)
    os.chown(directory / "recordings", pwd.getpwnam(RECORDER).pw_uid, -1)
    program = directory / "program"
    program.write_text(f"#!/bin/sh\nexec setpriv --groups 65531 '{paths.GATEWAY}'\n",
                       encoding="ascii")
    program.chmod(0o755)
    with Gateway(directory / "gateway", node, keys.public_half(user_key), program,
                 ZOMG_SSH_RECORD_DIR=str(directory / "recordings"),
                 KUBECONFIG=str(directory / "credentials" / "config"),
                 ZOMG_SSH_GITHUB_USERS="nobody", ZOMG_SSH_GITHUB_URL="https://127.0.0.1:1",
                 ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{free_port()}") as running:
        yield running


@pytest.fixture(scope="module", name="client")
def client_of_it(tmp_path_factory, gateway, box, user_key):
    return Client(tmp_path_factory.mktemp("client"), gateway, user_key, box.login)


@pytest.fixture(scope="module")
def session(client):
    """A session that lasts as long as the tests of this file."""
    with client.start("echo ready; cat") as running:
        try:
            running.stdout.readline()
            yield running
        finally:
            running.kill()


@pytest.fixture(scope="module")
def recorded(client):
    """A session that is recorded, likewise."""
    with terminal.shell(client, command=["echo ready; cat"]) as screen:
        screen.expect("ready")
        yield screen


@pytest.fixture
def pids(session, recorded, gateway):
    """One process of each program, with sessions under way."""
    [supervisor] = waiting.until(gateway.sessions, 10, "a session is supervised")[:1]
    once = {name: gateway.one(name) for name in (LISTENER, RESOLVER, AUDIT, METRICS, KEYRING,
                                                   KUBERNETES, RECORDER, LOG)}
    # The first is the one without a terminal.
    # The older one, which has no terminal.
    return {**once, CONNECTION: min(gateway.pids(CONNECTION)), SESSIOND: supervisor}


ACCOUNTS = {LISTENER: "zomg-ssh", CONNECTION: "zomg-ssh", RESOLVER: "zomg-ssh-resolver",
            AUDIT: "zomg-ssh-audit", METRICS: "zomg-ssh-metrics", KEYRING: "zomg-ssh-keyring",
            KUBERNETES: "zomg-ssh-kubernetes", RECORDER: "zomg-ssh-recorder",
            SESSIOND: "zomg-ssh-session", LOG: "zomg-ssh-log"}
# Whose work needs neither a file nor the network.
BARE = (LISTENER, CONNECTION, AUDIT, METRICS, RECORDER, SESSIOND, LOG)


@pytest.mark.parametrize("program", ACCOUNTS)
def test_account(pids, program):
    account = pwd.getpwnam(ACCOUNTS[program])
    seen = processes.status(pids[program])
    assert seen["Uid"].split() == [str(account.pw_uid)] * 4
    assert seen["Gid"].split() == [str(account.pw_gid)] * 4


@pytest.mark.parametrize("program", [*BARE, KEYRING, KUBERNETES])
def test_no_other_groups(pids, program):
    assert processes.status(pids[program])["Groups"].split() == []


def test_group_of_the_resolver(pids, node):
    """The one that owns containerd's socket, and no other."""
    assert processes.status(pids[RESOLVER])["Groups"].split() == [str(os.stat(node.socket).st_gid)]


@pytest.mark.parametrize("program", [name for name in ACCOUNTS if name != SESSIOND])
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


def test_a_connection_has_a_filter_of_its_own(pids):
    """Beside the listener's, which it inherits."""
    filters = {name: int(processes.status(pids[name])["Seccomp_filters"])
               for name in (LISTENER, CONNECTION)}
    assert filters[CONNECTION] == filters[LISTENER] + 1


@pytest.mark.parametrize("program", BARE)
def test_root_directory_is_empty(pids, program):
    assert os.listdir(f"/proc/{pids[program]}/root/") == []


def test_root_directories_with_something_in_them(pids, gateway, node):
    """What is needed and nothing beside it, and that of the keyring in test_keyring_process.py."""
    def files(program):
        root = f"/proc/{pids[program]}/root"
        return {path[len(root):] for folder, _, names in os.walk(root)
                for path in [os.path.join(folder, name) for name in names]}
    assert node.socket in files(RESOLVER)
    assert [path for path in files(RESOLVER)
            if not path.startswith(os.path.dirname(node.socket) + "/")] == []
    credentials = f"{gateway.directory.parent}/credentials"
    assert files(KUBERNETES) == {f"{credentials}/config", f"{credentials}/token"}


@pytest.mark.parametrize("program", ACCOUNTS)
def test_nothing_can_be_written(pids, program):
    """Every mount that it has is read-only, so no path can be written even if the account owned it."""
    mounts = processes.read(pids[program], "mountinfo").decode().splitlines()
    assert mounts and [line for line in mounts if "ro" not in line.split()[5].split(",")] == []


def test_no_directory_leads_out(pids, gateway):
    """From none that any process has open, the supervisor's and the monitor's too, `..` goes anywhere:
    one of the host's would lead past its empty root to every file."""
    assert {(processes.name(pid), where): seen for pid in {*pids.values(), *gateway.all_pids()}
            for where, seen in descriptors.ways_out(pid).items()} == {}


@pytest.mark.parametrize("program", [*BARE, RESOLVER])
def test_network_namespace(pids, gateway, program):
    """What is listened on is inherited; nothing new can be reached, for there is not even a loopback
    that is up."""
    assert processes.namespace(pids[program], "net") != processes.namespace(gateway.pid, "net")
    interfaces = processes.read(pids[program], "net/dev").decode().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in interfaces] in ([], ["lo"])
    assert processes.read(pids[program], "net/fib_trie") == b""


@pytest.mark.parametrize("program", [name for name in ACCOUNTS if name != CONNECTION])
def test_namespaces_of_its_own(pids, gateway, program):
    """And a connection process has its listener's: it cannot so much as name a System V segment."""
    for name in ("mnt", "ipc", "uts"):
        assert processes.namespace(pids[program], name) != processes.namespace(gateway.pid, name)


@pytest.mark.parametrize("program", ACCOUNTS)
def test_descriptors_are_bounded(pids, gateway, program):
    assert int(processes.hard_limit(pids[program], "Max open files")) < int(
        processes.hard_limit(gateway.pid, "Max open files"))


@pytest.mark.parametrize("program", [CONNECTION, AUDIT, METRICS, RECORDER, LOG, SESSIOND])
def test_no_process_can_be_made(pids, program):
    assert processes.hard_limit(pids[program], "Max processes") == "0"


@pytest.mark.parametrize("program, most", [(CONNECTION, 512 << 20), (SESSIOND, 64 << 20)])
def test_memory_is_bounded(pids, program, most):
    assert 0 < int(processes.hard_limit(pids[program], "Max address space")) <= most


@pytest.mark.parametrize("resource", ["Max locked memory", "Max file size"])
def test_sessiond_locks_no_memory_and_writes_no_file(pids, resource):
    assert processes.hard_limit(pids[SESSIOND], resource) == "0"


def test_sessiond_keeps_nothing_of_the_way_in(pids):
    """Neither the box's environment nor its /proc directory; the list of processes is of no mount."""
    folder = f"/proc/{pids[SESSIOND]}/fd"
    kinds = sorted(re.sub(r"anon_inode:|:\[\d+\]|[\[\]]", "", os.readlink(f"{folder}/{fd}"))
                   for fd in os.listdir(folder) if int(fd) > 2)
    assert kinds == ["/", "pidfd", "pidfd", "signalfd", "socket", "socket"]


@pytest.mark.parametrize("program", ACCOUNTS)
def test_memory_is_closed_to_the_same_account(pids, program):
    """Non-dumpable: what /proc shows of it is root's, and no core is written."""
    assert os.stat(f"/proc/{pids[program]}/mem").st_uid == 0
    limits = processes.read(pids[program], "limits").decode()
    [core] = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert core.split()[4:6] == ["0", "0"]


def test_the_file_reader(node, user_key, tmp_path):
    """Root, whose files it reads, and nothing else of what root may."""
    keys_file = tmp_path / "authorized_keys"
    keys_file.write_text(keys.public_half(user_key) + "\n", encoding="ascii")
    with Gateway(tmp_path / "gateway", node, None,
                 ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(keys_file)) as gateway:
        pid = gateway.one(FILE_READER)
        seen = waiting.until(lambda: processes.status(pid)["Seccomp"] == "2"
                             and processes.status(pid), 10, "it is confined")
        assert {name: seen[name] for name in CAPABILITY_SETS} == dict.fromkeys(CAPABILITY_SETS, NONE)
        assert (seen["Uid"].split(), seen["NoNewPrivs"]) == (["0"] * 4, "1")
        assert processes.hard_limit(pid, "Max open files") == "16"
        assert processes.hard_limit(pid, "Max processes") == "0"


def test_the_settings_reader():
    """It lives as long as it takes to read a file: here one that does not end."""
    with subprocess.Popen([paths.BINARIES / "zomg-ssh-settings-reader"],
                          stdin=subprocess.PIPE) as reader:
        waiting.until(lambda: processes.status(reader.pid)["Seccomp"] == "2", 10, "it is confined")
        seen = processes.status(reader.pid)
        assert seen["Uid"].split() == seen["Gid"].split() == ["65534"] * 4
        assert seen["Groups"].split() == [] and seen["NoNewPrivs"] == "1"
        assert {seen[name] for name in CAPABILITY_SETS} == {NONE}
        assert os.stat(f"/proc/{reader.pid}/mem").st_uid == 0
        reader.kill()


def test_supervisor_and_monitor_are_apart(gateway):
    assert processes.status(gateway.pid)["PPid"] == str(gateway.process.pid)


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
