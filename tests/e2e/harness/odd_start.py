"""A gateway that was started with unusual values of what a process inherits."""

import shlex

import pytest

from harness import attacker, paths, sanitizers


def program(directory, *names):
    """A program to give to Gateway: attacks/odd_start.c with these of its rows, and the gateway."""
    if sanitizers.ENABLED and "all" in names:
        # Where it holds a lock that ps(1) waits for, of everybody's.
        pytest.skip("sanitizers: the kernel goes through terabytes of shadow memory for minutes")
    directory.mkdir(parents=True, exist_ok=True)
    attacker.build(directory, "odd_start")
    script = directory / "started-oddly"
    command = shlex.join([str(directory / "odd_start"), *names, "--", str(paths.GATEWAY)])
    script.write_text(f"#!/bin/sh\nexec {command}\n", encoding="ascii")
    script.chmod(0o755)
    return script
