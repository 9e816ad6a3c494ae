"""SSH clients of the npm registry."""

import functools
import pathlib
import subprocess

from harness import paths


@functools.cache
def modules():
    """The folder that they are in."""
    script = subprocess.run([paths.ROOT / "tests" / "npm_clients.sh"], check=True, text=True,
                            stdout=subprocess.PIPE)
    return pathlib.Path(script.stdout.strip()) / "node_modules"


def program(name):
    """The words to start a program of tests/e2e/clients/programs by."""
    return ["env", f"NODE_PATH={modules()}", "node", paths.ROOT / "tests/e2e/clients/programs" / name]
