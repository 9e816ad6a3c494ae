"""A real ssh-agent."""

import contextlib
import pathlib
import subprocess

from harness import waiting


@contextlib.contextmanager
def holding(directory, *keys):
    """An agent that holds these private keys, as the path of its socket."""
    socket = pathlib.Path(directory) / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL) as agent:
        try:
            waiting.until(socket.is_socket, 10, "the agent listens")
            subprocess.run(["ssh-add", "-q", *keys], check=True, timeout=20,
                           stdin=subprocess.DEVNULL,
                           env={"SSH_AUTH_SOCK": str(socket), "PATH": "/usr/bin:/bin"})
            yield socket
        finally:
            agent.terminate()
