"""The two servers side by side: a box with sshd in it, and the gateway that enters the same box.

Both listen on 127.0.0.1 of the host: the box's pod has the host's network, so that no bridge lies
between a client and one of the two.
"""

import atexit
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "deploy" / "tools"
# Another build's, where ZOMG_BIN names it: to compare two.
BINARIES = pathlib.Path(os.environ.get("ZOMG_BIN") or ROOT / "build" / "release" / "bin")
sys.path.insert(0, str(TOOLS))
import pods  # noqa: E402  (found by the line above)

SSHD_CONFIG = """
ListenAddress 127.0.0.1:{port}
HostKey /etc/ssh/bench-ed25519
AuthorizedKeysFile /etc/ssh/bench-authorized_keys
PidFile /run/bench-sshd.pid
StrictModes no
PermitRootLogin yes
UsePAM no
UseDNS no
PrintMotd no
MaxStartups 2000
MaxSessions 100
Subsystem sftp /usr/lib/openssh/sftp-server
"""

# What both servers and the client of Debian 12 prefer of what they share.
POST_QUANTUM = "sntrup761x25519-sha512@openssh.com"

CLIENT_CONFIG = """
Host {name}
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {key}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile {known_hosts}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  HostKeyAlias {name}
  KexAlgorithms {exchange}
  LogLevel ERROR
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(predicate, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not predicate():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)


def accepts(port):
    with contextlib.suppress(OSError):
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    return False


class Stage:
    """Everything a benchmark needs, and its end. `gateway` and `sshd` are names for ssh(1)."""

    def __init__(self, work):
        self.work = work
        self.key = work / "client"
        self.config = work / "ssh_config"
        self.node = work / "node"
        self.gateway_process = None
        self.ports = {"gateway": free_port(), "sshd": free_port()}
        # The gateway's accounts must get through.
        self.work.chmod(0o755)
        # Also when a half-built stage raises.
        atexit.register(self.close)
        self._make_keys()
        self._start_box()
        self._start_sshd()
        self._start_gateway()
        self._write_client_config()

    # A directory of the box that no disk is behind, the same for both.
    memory = "/memory"

    # --- making -------------------------------------------------------------------------------
    def _make_keys(self):
        for name in ("client", "sshd-host"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench",
                            "-f", self.work / name], check=True)

    def _start_box(self):
        containerd = TOOLS / "containerd.sh"
        subprocess.run([containerd, "up", self.node], check=True)
        archive = subprocess.run([TOOLS / "images.sh"], check=True, capture_output=True,
                                 text=True).stdout.splitlines()[-1]
        subprocess.run([containerd, "import", self.node, archive], check=True)
        self.instance = pods.Instance(str(self.node))
        self.pod = self.instance.run_pod("bench", "box", host_network=True)
        self.volumes = pathlib.Path(f"/proc/{self.pod.box.pid}/root/volumes")
        self._mount()

    def _mount(self):
        """A directory without a disk; and for sshd, which wants terminals, another name for /volumes
        with the container's own /dev and /proc in it, as the gateway gives each session."""
        for directory in (f"volumes{self.memory}", "sshd"):
            (self.volumes.parent / directory).mkdir()
        for mount in (["-t", "tmpfs", "none", f"/volumes{self.memory}"],
                      ["--rbind", "/volumes", "/sshd"],
                      ["--rbind", "/dev", "/sshd/dev"],
                      ["--rbind", "/proc", "/sshd/proc"]):
            subprocess.run(["nsenter", "-m", "-t", str(self.pod.box.pid), "mount", *mount],
                           check=True)

    def _start_sshd(self):
        self._unpack_sshd()
        etc = self.volumes / "etc" / "ssh"
        etc.mkdir(exist_ok=True)
        shutil.copy(self.work / "sshd-host", etc / "bench-ed25519")
        (etc / "bench-ed25519").chmod(0o600)
        shutil.copy(self.work / "client.pub", etc / "bench-authorized_keys")
        (etc / "bench-sshd_config").write_text(SSHD_CONFIG.format(port=self.ports["sshd"]))
        (self.volumes / "run" / "sshd").mkdir(exist_ok=True, mode=0o755)
        with open(self.volumes / "etc" / "passwd", "a", encoding="ascii") as passwd:
            passwd.write("sshd:x:109:65534::/run/sshd:/usr/sbin/nologin\n")
        command = ["chroot", "/sshd", "/usr/sbin/sshd", "-f", "/etc/ssh/bench-sshd_config"]
        status, out, err = self.instance.exec(self.pod.box.id, command)
        if status != 0:
            raise RuntimeError(f"sshd: {(out + err).decode(errors='replace')}")
        wait_until(lambda: accepts(self.ports["sshd"]), "sshd does not listen")

    def _unpack_sshd(self):
        """Debian's sshd and the libraries that the box lacks."""
        archive = subprocess.run([ROOT / "tests" / "sshd_in_box.sh"], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.strip()
        subprocess.run(["tar", "-x", "-C", self.volumes, "--keep-directory-symlink", "-f", archive],
                       check=True)

    def _start_gateway(self):
        gateway = BINARIES / "zomg-ssh-gateway"
        host_key = self.work / "gateway-host"
        subprocess.run([gateway, "--generate-host-key", host_key], check=True, capture_output=True)
        environment = {
            "PATH": os.environ["PATH"],
            "ZOMG_SSH_LISTEN": f"127.0.0.1:{self.ports['gateway']}",
            "ZOMG_SSH_CRI_SOCKET": self.instance.socket,
            "ZOMG_SSH_HOST_KEY_PATH": str(host_key),
            "ZOMG_SSH_AUTHORIZED_KEYS": (self.work / "client.pub").read_text(),
            "ZOMG_SSH_STATE_DIR": str(self.work),
            "ZOMG_SSH_LOG_LEVEL": "warning",
            "ZOMG_SSH_AUDIT_LOG": str(self.work / "audit.log"),
            "ZOMG_SSH_PATH": "cri",
            **ROOM_FOR_LOAD,
        }
        self.log = open(self.work / "gateway.log", "wb")
        self.gateway_process = subprocess.Popen(
            ["sh", "-c", 'gateway=$1; shift; for cgroup; do echo $$ >"$cgroup/cgroup.procs"; done; '
             'exec "$gateway"', "sh", gateway, *self.gateway_cgroups()],
            env=environment, stderr=self.log, cwd="/", start_new_session=True)
        wait_until(lambda: accepts(self.ports["gateway"]), "the gateway does not listen")

    def _write_client_config(self):
        host_keys = {
            name: subprocess.run(["ssh-keygen", "-y", "-f", self.work / file], check=True,
                                 capture_output=True, text=True).stdout
            for name, file in (("gateway", "gateway-host"), ("sshd", "sshd-host"))}
        known_hosts = self.work / "known_hosts"
        known_hosts.write_text("".join(f"{name} {key}" for name, key in host_keys.items()))
        users = {"gateway": "bench--box", "sshd": "root"}
        self.config.write_text("".join(
            CLIENT_CONFIG.format(name=name, port=self.ports[name], user=users[name], key=self.key,
                                 known_hosts=known_hosts, exchange=POST_QUANTUM)
            for name in users))

    # --- using --------------------------------------------------------------------------------
    def ssh(self, server, *arguments, options=()):
        """The command line of ssh(1) for `server`."""
        return ["ssh", "-F", str(self.config), *options, server, *arguments]

    def cgroup_root(self):
        for hierarchy in ("/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup"):
            if os.path.exists(f"{hierarchy}/cgroup.procs"):
                return hierarchy + self.instance.cgroup
        raise RuntimeError("no cgroup hierarchy accounts for CPU time")

    def gateway_cgroups(self):
        """Where CPU time is accounted for, and where it is shared out: there, too, the gateway is
        like a pod beside the box, or sshd, which is in a group, would come before it."""
        hierarchies = {self.cgroup_root(), "/sys/fs/cgroup/cpu" + self.instance.cgroup}
        found = [hierarchy for hierarchy in hierarchies if os.path.isdir(hierarchy)]
        for hierarchy in found:
            os.makedirs(f"{hierarchy}/gateway", exist_ok=True)
        return [f"{hierarchy}/gateway" for hierarchy in found]

    def cpu_seconds(self):
        """CPU time of all server processes so far: the gateway's, and those of the box."""
        root = pathlib.Path(self.cgroup_root())
        if (root / "cpuacct.usage").exists():
            return int((root / "cpuacct.usage").read_text()) / 1e9
        fields = dict(line.split() for line in (root / "cpu.stat").read_text().splitlines())
        return int(fields["usage_usec"]) / 1e6

    def server_processes(self, server):
        """The pids that serve sessions: the gateway's programs, or sshd."""
        wanted = "zomg-ssh-" if server == "gateway" else "sshd"
        found = []
        for directory, _, files in os.walk(self.cgroup_root()):
            if "cgroup.procs" not in files:
                continue
            for pid in pathlib.Path(directory, "cgroup.procs").read_text().split():
                with contextlib.suppress(OSError):
                    if pathlib.Path("/proc", pid, "cmdline").read_bytes().split(b"\0")[0].split(
                            b"/")[-1].startswith(wanted.encode()):
                        found.append(int(pid))
        return found

    def close(self):
        if self.gateway_process is not None:
            self.gateway_process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.gateway_process.wait(2)
            self.gateway_process.kill()
            self.gateway_process.wait()
            self.gateway_process = None
        subprocess.run([TOOLS / "containerd.sh", "down", self.node], check=False)


# A benchmark is no attack: as MaxStartups 2000 of sshd's.
ROOM_FOR_LOAD = {
    "ZOMG_SSH_MAX_STARTUPS": "2000",
    "ZOMG_SSH_PER_SOURCE_PENALTIES": "no",
    "ZOMG_SSH_MAX_SESSIONS_PER_BOX": "4096",
    "ZOMG_SSH_MAX_CONNECTIONS": "4096",
    "ZOMG_SSH_MAX_CONNECTIONS_PER_KEY": "4096",
    "ZOMG_SSH_MAX_CONNECTIONS_PER_USER": "4096",
}


@contextlib.contextmanager
def stage():
    with tempfile.TemporaryDirectory(prefix="zomg-bench-", dir=ROOT / "build") as work:
        made = Stage(pathlib.Path(work))
        try:
            yield made
        finally:
            atexit.unregister(made.close)
            made.close()
