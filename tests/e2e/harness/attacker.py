"""Hostile programs in a box."""

import contextlib
import os
import subprocess

from harness import paths, processes, waiting

SOURCES = paths.ROOT / "tests" / "e2e" / "attacks"


def build(directory, name, *flags):
    """The bytes of a static program made of attacks/NAME.c."""
    program = directory / name
    subprocess.run(["gcc", "-O2", "-static", "-Wall", "-Wextra", "-Werror", *flags, "-o", program,
                    SOURCES / f"{name}.c"], check=True)
    return program.read_bytes()


def put(box, path, content, mode=0o755):
    """Writes a file of the box as the host can, below its container's root."""
    target = f"/proc/{box.container.pid}/root{path}"
    with open(target, "wb") as file:
        file.write(content)
    subprocess.run(["chmod", f"{mode:o}", target], check=True)


def root_of(box):
    """The box's root as the host sees it, for paths without links of the box in them."""
    return f"/proc/{box.container.pid}/root"


def comm_of_sessiond(gateway, client):
    """What /proc calls our process before it becomes the user's program."""
    with client.start("cat") as session:
        try:
            # One that was just started may still be called by its descriptor's number.
            pid = waiting.until(gateway.sessions, 15, "a sessiond that supervises")[0]
            return processes.read(pid, "comm").decode().strip()
        finally:
            session.kill()


class Watcher:
    """attacks/watcher.c in a box, while the context lasts."""

    def __init__(self, box, directory, comm):
        self._box = box
        self._comm = comm
        put(box, "/watcher", build(directory, "watcher"))

    def __enter__(self):
        code, _, err = self._box.node.instance.exec(
            self._box.container.id,
            ["/bin/sh", "-c", f"/watcher '{self._comm}' /watched </dev/null >/dev/null 2>&1 &"])
        assert code == 0, err
        waiting.until(lambda: "ready" in self.succeeded(), 15, "the attacker runs")
        # It looks for what is there for less than a millisecond.
        for pid in self._box.running("/watcher"):
            os.setpriority(os.PRIO_PROCESS, pid, -20)
        return self

    def __exit__(self, *_):
        for pid in self._box.running("/watcher"):
            processes.kill(pid)

    def _lines(self):
        with contextlib.suppress(FileNotFoundError):
            with open(f"{root_of(self._box)}/watched", encoding="ascii") as file:
                return file.read().splitlines()
        return []

    def succeeded(self):
        """What it has managed to do."""
        return [line for line in self._lines() if line != "round"]

    def rounds(self):
        """How often it has gone over all that it holds."""
        return self._lines().count("round")
