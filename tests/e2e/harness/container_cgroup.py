"""The cgroup that a process of a container is in, of v1 or of v2."""

import pathlib

from harness import processes, waiting

_ROOT = pathlib.Path("/sys/fs/cgroup")


def directory(pid, controller):
    """Where the files of `controller` are for the process."""
    unified = None
    for line in processes.read(pid, "cgroup").decode().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return _ROOT / controller / path.lstrip("/")
        if not controllers:
            unified = path.lstrip("/")
    assert unified is not None, f"{pid} is in no cgroup with {controller}"
    return _ROOT / unified


class Freezer:
    """Stops a container as its runtime does to pause it."""

    def __init__(self, pid):
        self._directory = directory(pid, "freezer")
        self._v1 = (self._directory / "freezer.state").exists()

    def freeze(self):
        self._write("FROZEN" if self._v1 else "1")
        waiting.until(self._frozen, 10, "the box is frozen")

    def thaw(self):
        self._write("THAWED" if self._v1 else "0")

    def _write(self, state):
        name = "freezer.state" if self._v1 else "cgroup.freeze"
        (self._directory / name).write_text(state, encoding="ascii")

    def _frozen(self):
        if self._v1:
            return (self._directory / "freezer.state").read_text(encoding="ascii") == "FROZEN\n"
        return "frozen 1\n" in (self._directory / "cgroup.events").read_text(encoding="ascii")
