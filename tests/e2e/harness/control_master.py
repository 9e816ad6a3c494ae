"""A connection in the background that other sessions share."""

import contextlib

from harness import waiting


@contextlib.contextmanager
def master(client, tmp_path):
    """A ControlMaster in the background; yields the options that use it."""
    socket = tmp_path / "control"
    process = client.start("-N", options={"ControlMaster": "yes", "ControlPath": socket})
    try:
        waiting.until(socket.exists, 15, "the master is connected")
        yield {"ControlMaster": "no", "ControlPath": str(socket)}
    finally:
        process.kill()
        process.communicate()
