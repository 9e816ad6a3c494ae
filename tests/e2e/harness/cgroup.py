"""A cgroup of its own for what a test starts, so that its end is exact."""

import pathlib
import signal

from harness import processes, waiting


class Cgroup:
    """`path` is relative to a hierarchy, as /proc/PID/cgroup shows it."""

    def __init__(self, path):
        for hierarchy in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/pids"):
            if pathlib.Path(hierarchy, "cgroup.procs").exists():
                self.directory = pathlib.Path(hierarchy + path)
                break
        else:
            raise AssertionError("no cgroup hierarchy is mounted")
        self.directory.mkdir(parents=True)

    @property
    def procs_file(self):
        return self.directory / "cgroup.procs"

    def pids(self):
        return [int(pid) for pid in self.procs_file.read_text().split()]

    def remove(self):
        """Ends all that runs in it, and it."""
        if not self.directory.exists():
            return

        def emptied():
            for pid in self.pids():
                processes.kill(pid, signal.SIGKILL)
            return not self.pids()

        waiting.until(emptied, 10, f"{self.directory} becomes empty")

        def removed():
            try:
                self.directory.rmdir()
            except OSError:
                return False
            return True

        waiting.until(removed, 10, f"{self.directory} can be removed")
