"""That a session leaves nothing behind: neither in its box nor beside its gateway."""

import os
import pathlib

from harness import waiting
from harness.gateway import CONNECTION, SESSIOND


def _cgroups(box):
    """The cgroup directories of the box's pod, in every hierarchy."""
    return [str(path) for path in pathlib.Path("/sys/fs/cgroup").rglob(f"*{box.pod.uid}*")
                  if box.node.instance.cgroup in str(path)]


def _seen(box, gateway):
    root = f"/proc/{box.container.pid}"
    seen = {
        "processes in the box": box.processes(),
        "terminals in the box": os.listdir(f"{root}/root/dev/pts"),
        "mounts in the box": pathlib.Path(f"{root}/mountinfo").read_text("utf-8").splitlines(),
        "cgroups of the box": _cgroups(box),
        CONNECTION: gateway.pids(CONNECTION),
        SESSIOND: gateway.pids(SESSIOND),
        "descriptors of the monitor": range(len(os.listdir(f"/proc/{gateway.pid}/fd"))),
    }
    return {(what, thing) for what, things in seen.items() for thing in things}


class LeakCheck:
    """As a context: nothing is there at its end, after a moment, that was not at its begin."""

    def __init__(self, box, gateway, seconds=15):
        self._box = box
        self._gateway = gateway
        self._seconds = seconds
        self._before = None

    def __enter__(self):
        waiting.until(lambda: not self._gateway.pids(CONNECTION), self._seconds,
                      "the connections before it are gone")
        self._before = _seen(self._box, self._gateway)
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            waiting.until(lambda: not self._left(), self._seconds,
                          lambda: f"nothing is left: {sorted(self._left())}")

    def _left(self):
        return _seen(self._box, self._gateway) - self._before
