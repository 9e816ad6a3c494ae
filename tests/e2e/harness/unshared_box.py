"""A box that no runtime made: unshare(1) and a cgroup of v2, for what runc 1.1 cannot do (a time
namespace) and what a machine with v1 controllers does not show (v2 alone)."""

import pathlib
import secrets
import shutil
import subprocess

from harness import processes, waiting
from harness.fake_cri import FakeCri, MadeUpContainer

UPTIME = 1000000
# unshare(1) leaves them all.
CAPABILITIES = [f"CAP_{name}" for name in """
    CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
    NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT
    SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE
    AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ
    PERFMON BPF CHECKPOINT_RESTORE""".split()]
PROFILE = {
    "process": {"env": ["PATH=/usr/bin:/bin"],
                "capabilities": {name: CAPABILITIES
                                 for name in ("bounding", "effective", "permitted")}},
    "linux": {"namespaces": [{"type": kind} for kind in
                             ("mount", "pid", "network", "ipc", "uts", "cgroup", "time")]},
}
# Into a root of its own; what comes after pivot_root is the box's busybox.
START = """
mount --bind "$1" "$1" && cd "$1" && mkdir -p old && pivot_root . old &&
mount -t proc proc /proc && mkdir -p /dev/pts &&
mount -t devpts -o newinstance,ptmxmode=0666 none /dev/pts &&
mkdir -p /volumes/sys/fs/cgroup && mount -t cgroup2 none /volumes/sys/fs/cgroup && umount -l /old && exec /init
"""


def v2_root():
    """Where cgroup v2 is mounted."""
    for path in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
        if pathlib.Path(path, "cgroup.controllers").exists():
            return pathlib.Path(path)
    return None


class UnsharedBox:
    """`login` reaches it through a gateway that asks `socket`. A context."""

    def __init__(self, directory, node):
        self._directory = pathlib.Path(directory)
        self._node = node
        self.id = secrets.token_hex(32)
        self.login = "parity--unshared"
        self._cgroup_path = f"{node.unique_cgroup()}/{self.id}"
        self.cgroup = v2_root() / self._cgroup_path.lstrip("/")
        self._process = None
        self._cri = None
        self.pid = None

    def pids(self):
        """What is in its cgroup itself."""
        return [int(pid) for pid in (self.cgroup / "cgroup.procs").read_text(encoding="ascii").split()]

    def __enter__(self):
        root = self._directory / "root"
        root.mkdir(parents=True)
        self._directory.chmod(0o711)
        with self._node.box("source", "unshared") as box:
            subprocess.run(["cp", "-a", "-x", f"/proc/{box.container.pid}/root/.", root], check=True)
        for name in ("dev", "sys"):
            shutil.rmtree(root / name)
            (root / name).mkdir()
        self.cgroup.mkdir(parents=True)
        self._process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["sh", "-c", 'echo $$ >"$1" && shift && exec "$@"', "sh", self.cgroup / "cgroup.procs",
             "unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "--ipc", "--uts",
             "--cgroup", "--time", "--boottime", str(UPTIME), "--propagation", "private",
             "sh", "-c", START, "sh", root],
            stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            self.pid = waiting.until(self._first_process, 20, "the box's first process runs")
            # Its parent has nothing to do there, where the box could not move it.
            (v2_root() / "cgroup.procs").write_text(str(self._process.pid))
            self._cri = FakeCri(self._directory, self._node, MadeUpContainer(
                "parity", "unshared", self.id, self.pid,
                {**PROFILE, "linux": {**PROFILE["linux"], "cgroupsPath": self._cgroup_path}}))
            self._cri.__enter__()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _first_process(self):
        for pid in self._pids():
            if processes.arguments(pid)[:1] == ["/init"]:
                return pid
        return None

    def _pids(self):
        return [int(pid) for directory in (self.cgroup, *self._divided())
                for pid in (directory / "cgroup.procs").read_text().split()]

    def _divided(self):
        return [name for name in self.cgroup.iterdir() if name.is_dir()]

    def __exit__(self, *_):
        if self._cri:
            self._cri.__exit__()
        self.freeze(False)
        self._process.kill()
        self._process.wait(10)

        def emptied():
            for pid in self._pids():
                processes.kill(pid)
            return not self._pids()
        waiting.until(emptied, 10, "the box is empty")
        for directory in self._divided():
            directory.rmdir()
        self.cgroup.rmdir()
        self.cgroup.parent.rmdir()

    def freeze(self, frozen):
        (self.cgroup / "cgroup.freeze").write_text("1" if frozen else "0")
        wanted = f"frozen {int(frozen)}"
        waiting.until(lambda: wanted in (self.cgroup / "cgroup.events").read_text(), 10, wanted)

    @property
    def socket(self):
        return self._cri.socket
