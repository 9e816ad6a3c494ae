"""Which containerd and which runtime the tests' nodes are made of: ZOMG_TEST_STACK names it. With
ZOMG_TEST_HOST_USERS=no all boxes that can have one have a user namespace of their own."""

import os
import subprocess

from harness import paths

SYSTEM = "containerd-1.6-runc"
# Of Debian's unstable suite: tests/newer_containerd.sh.
NEWER = {"containerd-2.1-runc": "runc", "containerd-2.1-crun": "crun"}

NAME = os.environ.get("ZOMG_TEST_STACK") or SYSTEM
assert NAME == SYSTEM or NAME in NEWER, f"ZOMG_TEST_STACK={NAME}: {SYSTEM}, {', '.join(NEWER)}"

RUNTIME = NEWER.get(NAME, "runc")
# CRI of containerd 1.6 knows no `hostUsers: false`.
MAKES_USER_NAMESPACES = NAME in NEWER
HOST_USERS = os.environ.get("ZOMG_TEST_HOST_USERS") != "no"
assert HOST_USERS or MAKES_USER_NAMESPACES, f"{NAME} makes no user namespaces"


def options():
    """What containerd.sh is told of it."""
    if NAME not in NEWER:
        return ()
    made = subprocess.run([paths.ROOT / "tests/newer_containerd.sh"], check=True, text=True,
                          stdout=subprocess.PIPE, timeout=300)
    return "--programs", made.stdout.strip(), "--runtime", RUNTIME
