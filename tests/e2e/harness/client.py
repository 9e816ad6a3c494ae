"""The OpenSSH clients as a user has them, with a home and a configuration of their own."""

import dataclasses
import os
import pathlib
import shlex
import subprocess

from harness import keys, sanitizers


@dataclasses.dataclass
class Done:
    """A client that has ended."""
    status: int
    out: bytes
    err: bytes

    @property
    def text(self):
        return self.out.decode(errors="replace")

    @property
    def errors(self):
        return self.err.decode(errors="replace")

    def ok(self):
        """Itself, when the client succeeded."""
        assert self.status == 0, f"status {self.status}\n{self.text[-2000:]}\n{self.errors[-2000:]}"
        return self


class Client:
    """A user of a gateway with a private key. `ssh box` reaches the box `login`."""

    def __init__(self, directory, gateway, key, login, **options):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.gateway = gateway
        self.key = key
        self.login = login
        self.config = self.directory / "ssh_config"
        self.known_hosts = self.directory / "known_hosts"
        self.environment = {"HOME": str(self.directory), "PATH": os.environ["PATH"],
                            "LANG": "C.UTF-8", "TERM": "dumb"}
        host_key = keys.public_half(gateway.host_key)
        self.known_hosts.write_text(f"zomg-test {host_key}\n", encoding="ascii")
        settings = {
            "HostName": "127.0.0.1", "Port": gateway.port, "User": f'"{login}"', "IdentityFile": key,
            "IdentitiesOnly": "yes", "IdentityAgent": "none", "HostKeyAlias": "zomg-test",
            "UserKnownHostsFile": self.known_hosts, "GlobalKnownHostsFile": "/dev/null",
            "StrictHostKeyChecking": "yes", "BatchMode": "yes",
            "ConnectTimeout": 20 * sanitizers.PATIENCE,
            "LogLevel": "ERROR", **options,
        }
        lines = "".join(f"  {name} {value}\n" for name, value in settings.items())
        self.config.write_text("Host box\n" + lines, encoding="utf-8")

    def command(self, program, *arguments, options=None):
        chosen = [part for name, value in (options or {}).items() for part in ("-o", f"{name}={value}")]
        return [program, "-F", str(self.config), *chosen, *map(str, arguments)]

    def start(self, *command, options=None, program="ssh", **popen):
        """Starts `ssh box command…`, with pipes unless `popen` says otherwise."""
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return subprocess.Popen(self.command(program, "box", *command, options=options),
                                env=self.environment, start_new_session=True, **{**pipes, **popen})

    def ssh(self, *command, options=None, flags=(), stdin=b"", timeout=30, program="ssh"):
        """Runs `ssh box command…` to its end. `stdin` is bytes or an open file."""
        return self._run(self.command(program, *flags, "box", *command, options=options), stdin,
                         timeout)

    def sh(self, command, **options):
        """The standard output of a command that must succeed."""
        return self.ssh(command, **options).ok().text

    def run(self, program, *arguments, options=None, stdin=b"", timeout=60):
        """Runs scp, sftp or another client that takes -F; `box:` names the box."""
        return self._run(self.command(program, *arguments, options=options), stdin, timeout)

    def sftp(self, batch, options=None, timeout=60):
        """Runs an sftp batch; a failing line ends it unless it begins with `-`."""
        return self._run(self.command("sftp", "-b", "-", "box", options=options), batch.encode(),
                         timeout)

    def rsync(self, *arguments, timeout=60):
        shell = shlex.join(self.command("ssh"))
        return self._run(["rsync", "-e", shell, *map(str, arguments)], b"", timeout)

    def _run(self, command, stdin, timeout):
        feed = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
        with subprocess.Popen(
                command, stdin=subprocess.PIPE if isinstance(stdin, bytes) else stdin,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment,
                start_new_session=True) as process:
            try:
                out, err = process.communicate(feed.get("input"), timeout=timeout)
            except subprocess.TimeoutExpired as expired:
                os.killpg(process.pid, 9)
                out, err = process.communicate()
                raise AssertionError(
                    f"no end within {timeout} s: {command}\n{out[-2000:]!r}\n{err[-2000:]!r}"
                ) from expired
            except BaseException:
                os.killpg(process.pid, 9)
                raise
        return Done(process.returncode, out, err)
