"""What is built from OpenSSH's own source: an sshd to compare with, and a software FIDO key."""

import functools
import os
import pathlib
import socket
import subprocess

from harness import keys, paths, waiting


@functools.cache
def _built():
    script = paths.ROOT / "tests" / "openssh_build.sh"
    done = subprocess.run([script], check=True, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(done.stdout.strip().splitlines()[-1])


def fido_library():
    """The library that stands for a FIDO authenticator (SSH_SK_PROVIDER)."""
    return _built() / "sk-dummy.so"


class Sshd:
    """A real sshd on a loopback port, with this authorized_keys text; a context manager."""

    def __init__(self, directory, authorized_keys, **settings):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        self.host_key = keys.make_user_key(self.directory, name="host-key")
        (self.directory / "authorized_keys").write_text(authorized_keys, encoding="utf-8")
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            self.port = listening.getsockname()[1]
        self.settings = {
            "ListenAddress": "127.0.0.1", "Port": self.port, "HostKey": self.host_key,
            "AuthorizedKeysFile": self.directory / "authorized_keys", "PidFile": "none",
            "StrictModes": "no", "PermitRootLogin": "prohibit-password", "MaxAuthTries": 1000,
            "LogLevel": "VERBOSE", "Subsystem": "sftp internal-sftp", **settings,
        }
        self.process = None

    def __enter__(self):
        config = self.directory / "sshd_config"
        config.write_text("".join(f"{name} {value}\n" for name, value in self.settings.items()),
                          encoding="utf-8")
        with open(self.directory / "log", "wb") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [_built() / "sshd", "-D", "-e", "-f", config], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)
        try:
            waiting.until(self._listens, 20, lambda: f"sshd listens:\n{self.log()}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def _listens(self):
        assert self.process.poll() is None, self.log()
        return "Server listening on" in self.log()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def log(self):
        return (self.directory / "log").read_text(encoding="utf-8", errors="replace")


def fido_environment():
    """For ssh, ssh-keygen and ssh-agent, so that they use the software FIDO key."""
    return {**os.environ, "SSH_SK_PROVIDER": str(fido_library())}
