"""A cgroup that may have few processes."""

import contextlib
import os
import pathlib

import pytest

from harness import paths, waiting


@pytest.fixture(name="crowd")
def cgroup_with_few_processes(tmp_path):
    """And a program that is the gateway in it."""
    root = pathlib.Path("/sys/fs/cgroup/pids")
    cgroup = (root if root.exists() else root.parent) / f"zomg-crowd-{os.getpid()}"
    cgroup.mkdir()
    script = tmp_path / "crowded"
    script.write_text(f"#!/bin/sh\necho $$ >{cgroup}/cgroup.procs\nexec '{paths.GATEWAY}' \"$@\"\n",
                      encoding="ascii")
    script.chmod(0o755)
    try:
        (cgroup / "pids.max").write_text("132", encoding="ascii")
        yield cgroup, script
    finally:
        def is_gone():
            with contextlib.suppress(OSError):
                cgroup.rmdir()
            return not cgroup.exists()
        waiting.until(is_gone, 20, "the cgroup is empty")
