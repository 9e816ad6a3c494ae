"""A gateway on a host whose libraries make a system call that today's do not."""

import pathlib
import subprocess

from harness import paths

# As the host's /etc/ld.so.preload, in a mount namespace: programs of ours start with an empty environment.
_SCRIPT = """#!/bin/sh
exec unshare --mount --propagation private sh -c '
  mount -t overlay overlay -o ro,lowerdir={etc}:/etc /etc && exec "$0" "$@"' {program} "$@"
"""


def make(directory, call):
    """A program that is the gateway on such a host. `call` is a constant of syscall(2)."""
    library = directory / "newer.so"
    subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-DNEW_CALL={call}",
                    "-o", library, pathlib.Path(__file__).with_suffix(".c")], check=True)
    etc = directory / "etc"
    etc.mkdir()
    (etc / "ld.so.preload").write_text(f"{library}\n", encoding="utf-8")
    program = directory / "gateway"
    program.write_text(_SCRIPT.format(etc=etc, program=paths.GATEWAY), encoding="utf-8")
    program.chmod(0o755)
    return program
