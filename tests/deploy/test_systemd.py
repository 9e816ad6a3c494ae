"""The Debian package under a live systemd: start, stop, sockets, and what becomes of sessions."""

import contextlib
import pathlib
import re
import secrets
import shutil
import subprocess

import grpc
import pytest

from harness import keys, processes, waiting
from harness.fake_cri import FakeCri, MadeUpContainer
from machine import Machine

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SERVICE = "zomg-ssh-gateway.service"
SOCKET = "zomg-ssh-gateway.socket"
CONFIGURATION = "/etc/zomg-ssh-gateway"
RECORDINGS = "/var/lib/zomg-ssh-recordings"
SETTINGS = {
    "host_key_path": f"{CONFIGURATION}/host-ed25519",
    "authorized_keys_file": f"{CONFIGURATION}/authorized_keys",
    "listen": "127.0.0.1:2222",
    "cri_socket": "/srv/cri.sock",
    "drain_secs": "30",
    "max_startups": "100",
    "per_source_penalties": "no",
}


def write_settings(machine, **changes):
    lines = [f'{key}: "{value}"\n' for key, value in {**SETTINGS, **changes}.items()]
    machine.path(f"{CONFIGURATION}/zomg-ssh-gateway.yaml").write_text("".join(lines), encoding="ascii")


@pytest.fixture(scope="module")
def machine(fresh, tmp_path_factory):
    with Machine(fresh.root, tmp_path_factory.mktemp("machine") / "root") as booted:
        yield booted


@pytest.fixture(scope="module")
def user_key(tmp_path_factory):
    return keys.make_user_key(tmp_path_factory.mktemp("key"))


@pytest.fixture
def configured(machine, user_key):
    """The machine, with a host key, a user's key and settings as an operator would have them."""
    host_key = machine.path(SETTINGS["host_key_path"])
    if not host_key.exists():
        machine.ok("zomg-ssh-gateway", "--generate-host-key", SETTINGS["host_key_path"])
    machine.path(SETTINGS["authorized_keys_file"]).write_text(keys.public_half(user_key), encoding="ascii")
    write_settings(machine)
    machine.forget_journal()
    yield machine
    machine.run("systemctl", "stop", SERVICE, SOCKET)
    machine.run("systemctl", "reset-failed", SERVICE)


class NoNode:  # pylint: disable=too-few-public-methods
    """For a runtime whose every answer is made up."""

    class instance:  # pylint: disable=invalid-name,too-few-public-methods
        @staticmethod
        def call(method, **_):
            raise grpc.RpcError(method)


# What a runtime gives.
CAPABILITIES = """chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw
sys_chroot mknod audit_write setfcap""".split()
# A process in namespaces and a cgroup of its own that has this machine's files, and in /volumes again.
BOX = """
mkdir -p /srv/box /volumes && mount --bind / /srv/box && mount --bind / /srv/box/volumes &&
cd /srv/box && mount -t proc proc proc && mount -t tmpfs tmpfs dev && mkdir dev/pts &&
mount -t devpts -o newinstance,ptmxmode=0666 none dev/pts && ln -s pts/ptmx dev/ptmx &&
for node in null zero tty; do : >dev/$node && mount --bind /dev/$node dev/$node; done &&
mkdir -p srv/old && pivot_root . srv/old && umount -l /srv/old &&
exec setpriv --inh-caps -all --bounding-set "$1" sleep 100000
"""
# And what the runtime would have recorded of it.
PROFILE = {
    "process": {"env": ["PATH=/usr/bin:/bin"],
                "capabilities": {name: [f"CAP_{capability.upper()}" for capability in CAPABILITIES]
                                 for name in ("bounding", "effective", "permitted")}},
    "linux": {"namespaces": [{"type": kind} for kind in ("mount", "pid", "ipc", "uts", "cgroup")]},
}


class Box:
    """A box in the machine, that no runtime made; the CRI socket of SETTINGS tells of it."""

    login = "demo--box1"

    def __init__(self, machine):
        self._machine = machine
        self._id = secrets.token_hex(32)
        self._cri = None
        self._process = None

    def __enter__(self):
        cgroup = self._machine.cgroup / "box" / self._id
        cgroup.mkdir(parents=True)
        self._process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["sh", "-c", 'echo $$ >"$1" && shift && exec "$@"', "sh", cgroup / "cgroup.procs",
             *self._machine.command("unshare", "--mount", "--pid", "--fork", "--kill-child", "--ipc",
                                    "--uts", "--cgroup", "--propagation", "private",
                                    "sh", "-c", BOX, "sh",
                                    ",".join(["-all", *(f"+{name}" for name in CAPABILITIES)]))],
            stdin=subprocess.DEVNULL)

        def first():
            return next((pid for pid in map(int, (cgroup / "cgroup.procs").read_text().split())
                         if processes.arguments(pid)[:1] == ["sleep"]), None)
        inner = self._machine.inner(waiting.until(first, 20, "the box's first process runs"))
        profile = {**PROFILE, "linux": {**PROFILE["linux"], "cgroupsPath": f"/box/{self._id}"}}
        self._cri = FakeCri(self._machine.path("/srv"), NoNode,
                            MadeUpContainer("demo", "box1", self._id, inner, profile))
        self._cri.__enter__()
        return self

    def __exit__(self, *_):
        if self._cri:
            self._cri.__exit__()
        self._process.kill()
        self._process.wait(20)


@pytest.fixture(scope="module")
def box(machine):
    with Box(machine) as running:
        yield running


class Client:
    """ssh of this machine, in the network of that one."""

    def __init__(self, machine, key, directory):
        self._machine = machine
        self._options = ["-F", "none", "-i", str(key), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                         "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={directory}/hosts",
                         "-o", "LogLevel=ERROR", "-p", "2222"]

    def command(self, *command, login=Box.login, flags=()):
        return ["nsenter", f"--target={self._machine.pid}", "--net", "ssh", *self._options, *flags,
                f"{login}@127.0.0.1", *command]

    def run(self, *command, **options):
        return subprocess.run(self.command(*command, **options), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)

    @contextlib.contextmanager
    def session(self):
        """A session that answers each line with `got LINE`, until its input ends."""
        with subprocess.Popen(self.command("echo ready; while read l; do echo got $l; done; echo over"),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
            try:
                assert running.stdout.readline() == "ready\n"
                yield running
            finally:
                running.kill()


def still_answers(session):
    session.stdin.write("x\n")
    session.stdin.flush()
    return session.stdout.readline() == "got x\n"


@pytest.fixture
def client(configured, user_key, tmp_path):
    return Client(configured, user_key, tmp_path)


@pytest.fixture
def service(configured):
    """The service, started."""
    configured.ok("systemctl", "start", SERVICE)
    return configured


def test_without_keys_it_fails_and_says_what_to_do(machine):
    host_key, users = SETTINGS["host_key_path"], SETTINGS["authorized_keys_file"]
    machine.ok("rm", "-f", host_key, f"{host_key}.pub", users)
    done = machine.run("systemctl", "start", SERVICE)
    assert done.returncode != 0
    assert "--generate-host-key" in machine.journal()
    machine.ok("systemctl", "reset-failed", SERVICE)


def test_it_is_active_once_it_listens(service, client, box, tmp_path):
    assert service.ok("systemctl", "is-active", SERVICE) == "active\n"
    assert client.run("echo in").stdout == "in\n"
    stranger = Client(service, keys.make_user_key(tmp_path), tmp_path)
    refused = stranger.run("true")
    assert refused.returncode == 255 and "Permission denied (publickey)" in refused.stderr
    missing = client.run("true", login="demo--none")
    assert missing.returncode == 255 and "There is no such box" in missing.stderr


def capability_numbers():
    header = pathlib.Path("/usr/include/linux/capability.h").read_text(encoding="ascii")
    return {name: int(number) for name, number in re.findall(r"#define (CAP_\w+)\s+(\d+)", header)}


def bounding_set(pid):
    return int(processes.status(pid)["CapBnd"], 16)


def test_what_the_unit_confines_the_gateway_to(service):
    """Its mounts and capabilities, as the kernel has them: a unit can ask for much in vain."""
    pid = service.main_pid(SERVICE)
    wanted = re.search(r"^CapabilityBoundingSet=(.*)$", service.ok("systemctl", "cat", SERVICE), re.M)[1]
    told = service.ok("systemctl", "show", "--property=CapabilityBoundingSet", "--value", SERVICE)
    assert set(told.split()) == {name.lower() for name in wanted.split()}
    given = sum(1 << capability_numbers()[name.upper()] for name in told.split())
    # As far as this kernel, or who runs the test, has them.
    assert bounding_set(pid) == given & bounding_set(service.pid)
    root = pathlib.Path(f"/proc/{pid}/root")
    inside = ["nsenter", f"--target={pid}", "--mount", "--root", "test", "-w"]
    writable = {path: subprocess.run([*inside, path], check=False).returncode == 0
                for path in ("/usr", "/etc", "/var/lib", CONFIGURATION, "/var/lib/zomg-ssh-gateway", "/tmp")}
    assert [path for path, value in writable.items() if value] == ["/var/lib/zomg-ssh-gateway", "/tmp"]
    assert not any((root / "root").iterdir()) and not any((root / "tmp").iterdir())
    # What a session would take into its box: ARCHITECTURE.md, at the end of its trust list.
    assert (processes.status(pid)["Seccomp"], processes.status(pid)["NoNewPrivs"]) == ("0", "0")


def test_recordings_can_be_written_where_readme_has_them(configured, client, box):
    configured.ok("install", "-d", "-o", "zomg-ssh-recorder", "-m", "0700", RECORDINGS)
    write_settings(configured, record_dir=RECORDINGS)
    configured.ok("systemctl", "start", SERVICE)
    done = client.run("echo recorded", flags=["-tt"])
    assert done.returncode == 0, done.stderr + configured.journal()
    [recording] = configured.path(RECORDINGS).glob("*.cast")
    waiting.until(lambda: "recorded" in recording.read_text(encoding="utf-8"), 10, "it is recorded")


def test_a_reload_reads_the_settings_and_keeps_sessions(service, client, box):
    with client.session() as session:
        write_settings(service, log_level="debug")
        service.ok("systemctl", "reload", SERVICE)
        waiting.until(lambda: "the settings were read again" in service.journal(), 10, service.journal)
        assert still_answers(session)


def test_a_restart_lets_sessions_end_and_is_back(service, client, box):
    before = service.main_pid(SERVICE)
    with client.session() as session:
        with subprocess.Popen(service.command("systemctl", "restart", SERVICE)) as restart:
            waiting.until(lambda: client.run("true").returncode == 255, 10, "no more logins")
            assert still_answers(session) and restart.poll() is None
            session.stdin.close()
            assert session.stdout.read() == "over\n"
            assert session.wait(10) == 0
            assert restart.wait(15) == 0
    assert service.main_pid(SERVICE) != before
    assert client.run("echo again").stdout == "again\n"


def test_a_stop_ends_sessions_when_the_drain_is_over(configured, client, box):
    write_settings(configured, drain_secs="1")
    configured.ok("systemctl", "start", SERVICE)
    with client.session() as session:
        configured.ok("systemctl", "stop", SERVICE)
        assert session.wait(10) == 255
    assert configured.run("systemctl", "is-failed", SERVICE).stdout == "inactive\n"


def test_after_a_crash_it_is_back_and_sessions_go_on(service, client, box):
    with client.session() as session:
        killed = service.main_pid(SERVICE)
        processes.kill(killed)
        waiting.until(lambda: service.main_pid(SERVICE) not in (None, killed), 20, service.journal)
        waiting.until(lambda: client.run("echo again").stdout == "again\n", 20, service.journal)
        assert still_answers(session)


def test_its_socket_starts_it_and_stays_open_while_it_is_started_again(configured, client, box):
    machine = configured
    machine.ok("systemctl", "start", SOCKET)
    assert machine.run("systemctl", "is-active", SERVICE).stdout == "inactive\n"
    assert client.run("echo in").stdout == "in\n"
    assert machine.ok("systemctl", "is-active", SERVICE) == "active\n"
    with client.session() as session, \
            subprocess.Popen(machine.command("systemctl", "restart", SERVICE)) as restart:
        waiting.until(lambda: "stopping: no new connections" in machine.journal(), 10, machine.journal)
        # Who comes now waits, and is not refused.
        with subprocess.Popen(client.command("echo waited"), stdout=subprocess.PIPE, text=True) as late:
            assert still_answers(session) and late.poll() is None
            session.stdin.close()
            assert late.communicate(timeout=20)[0] == "waited\n"
        assert restart.wait(20) == 0


def test_an_upgrade_leaves_what_runs_alone(service, packages, client, box):
    before = service.main_pid(SERVICE)
    shutil.copy(packages["zomg-ssh-gateway"], service.path("/root/new.deb"))
    with client.session() as session:
        service.ok("dpkg", "--force-confold", "--install", "/root/new.deb")
        assert still_answers(session)
    assert service.main_pid(SERVICE) == before


def test_purging_it_stops_it_and_leaves_only_what_is_the_operators(service, client, box):
    pid = service.main_pid(SERVICE)
    service.ok("apt-get", "-q", "-y", "purge", "zomg-ssh-gateway")
    assert not processes.alive(pid)
    for gone in ("/usr/sbin/zomg-ssh-gateway", f"{CONFIGURATION}/zomg-ssh-gateway.yaml",
                 "/var/lib/zomg-ssh-gateway"):
        assert not service.path(gone).exists()
    for left in ("host-ed25519", "authorized_keys"):
        assert service.path(f"{CONFIGURATION}/{left}").exists()
