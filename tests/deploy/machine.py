"""A machine that was booted: systemd as the first process of namespaces of its own."""

import os
import pathlib
import signal
import subprocess

from harness import processes, waiting

# Run in the new namespaces: LOWER TOP. cgroup v2 alone, as on Debian 12; the machine sees only the part
# of it that is its own, has no device and no network of the host's, and changes nothing of its kernel.
BOOT = """
set -eu
lower=$1 top=$2
mount -t tmpfs -o mode=0755 tmpfs "$top"
mkdir "$top/upper" "$top/work" "$top/root"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$top/upper,workdir=$top/work" "$top/root"
cd "$top/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=0755 tmpfs run
mount -t tmpfs -o mode=0755 tmpfs dev
for node in null zero full random urandom tty; do
  : >"dev/$node"
  mount --bind "/dev/$node" "dev/$node"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mkdir .old
pivot_root . .old
umount -l .old
rmdir .old
exec env -i container=zomg PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  setpriv --bounding-set -sys_module,-sys_time,-sys_boot,-sys_rawio /lib/systemd/systemd
"""


class Machine:
    """Boots over the root directory `lower`, which stays as it is. A context manager."""

    def __init__(self, lower, directory):
        self.directory = pathlib.Path(directory)
        self._lower = lower
        v2 = next(path for path in map(pathlib.Path, ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"))
                  if (path / "cgroup.controllers").exists())
        self.cgroup = v2 / f"zomg-machine-{os.getpid()}"
        self._unshare = None
        self.pid = None
        self._since = []

    def __enter__(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self.cgroup.mkdir()
        with open(self.directory.parent / "console", "wb") as console:
            self._unshare = subprocess.Popen(  # pylint: disable=consider-using-with
                ["setpriv", "--pdeathsig", "KILL", "sh", "-c", 'echo $$ >"$1" && shift && exec "$@"',
                 "sh", self.cgroup / "cgroup.procs", "unshare", "--mount", "--pid", "--fork",
                 "--kill-child", "--net", "--ipc", "--uts", "--cgroup", "--propagation", "private",
                 "sh", "-c", BOOT, "sh", self._lower, self.directory],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        try:
            self.pid = waiting.until(self._first_process, 20, self._console)
            waiting.until(self._has_started, 40, self._console)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _console(self):
        return (self.directory.parent / "console").read_text(encoding="utf-8", errors="replace")

    def _first_process(self):
        assert self._unshare.poll() is None, self._console()
        children = processes.read(self._unshare.pid, f"task/{self._unshare.pid}/children").split()
        return next((int(pid) for pid in children if processes.name(int(pid)) == "systemd"), None)

    def _has_started(self):
        return self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def __exit__(self, *_):
        # The first process of a pid namespace takes all others along.
        if self.pid:
            processes.kill(self.pid)
        self._unshare.send_signal(signal.SIGKILL)
        self._unshare.wait(20)

        def removed():
            for path in sorted(self.cgroup.rglob("*/"), reverse=True):
                path.rmdir()
            self.cgroup.rmdir()
            return True

        def gone():
            try:
                return removed()
            except OSError:
                return False
        waiting.until(gone, 20, f"{self.cgroup} can be removed")

    def command(self, *command):
        """As arguments of this machine, to run in that one."""
        return ["nsenter", f"--target={self.pid}", "--all", "--root", "--wd", "env", "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=dumb", *map(str, command)]

    def run(self, *command, **options):
        return subprocess.run(self.command(*command), capture_output=True, text=True, check=False,
                              stdin=options.pop("stdin", subprocess.DEVNULL), timeout=90, **options)

    def ok(self, *command, **options):
        done = self.run(*command, **options)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}\n{self.journal()}"
        return done.stdout

    def journal(self):
        """What the gateway's units said since forget_journal()."""
        return self.run("journalctl", "--no-pager", "--unit=zomg-ssh-gateway*",
                        *self._since).stdout

    def forget_journal(self):
        shown = self.ok("journalctl", "--no-pager", "--lines=0", "--show-cursor")
        self._since = [f"--after-cursor={shown.split('cursor: ')[1].strip()}"]

    def path(self, name):
        """A file of the machine's, as seen from here."""
        return pathlib.Path(f"/proc/{self.pid}/root{name}")

    def main_pid(self, unit):
        """Of the unit, as this machine counts; None while it has none."""
        inner = self.ok("systemctl", "show", "--property=MainPID", "--value", unit).strip()
        return self.outer(int(inner)) if inner != "0" else None

    @staticmethod
    def inner(pid):
        """The pid there of a process here."""
        return int(processes.status(pid)["NSpid"].split()[1])

    def outer(self, inner):
        """The reverse."""
        space = processes.namespace(self.pid, "pid")
        return next((pid for pid in processes.all_pids()
                     if processes.namespace(pid, "pid") == space and self.inner(pid) == inner), None)
