"""PuTTY's clients (package putty-tools)."""

import pathlib
import subprocess

from harness.client import Done


class Putty:
    """plink, pscp and psftp as a user of a gateway has them. `client` names the gateway and box."""

    def __init__(self, directory, client):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.client = client
        self.loaded = []
        self.key = self.directory / "key.ppk"
        subprocess.run(["puttygen", client.key, "-O", "private", "-o", self.key], check=True)
        host_key = str(client.gateway.host_key) + ".pub"
        self.fingerprint = subprocess.run(["ssh-keygen", "-lf", host_key], check=True, text=True,
                                          capture_output=True).stdout.split()[1]

    def configure(self, **settings):
        """Settings of a saved session, by the names that its file has for them."""
        sessions = self.directory / ".putty" / "sessions"
        sessions.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        (sessions / "tried").write_text(lines, encoding="ascii")
        self.loaded = ["-load", "tried"]

    def command(self, program, *arguments):
        return [program, *self.loaded, "-batch", "-P", str(self.client.gateway.port), "-l", self.client.login,
                "-i", str(self.key), "-hostkey", self.fingerprint, *map(str, arguments)]

    def run(self, program, *arguments, stdin=b"", timeout=60):
        """Runs plink, pscp or psftp to its end; 127.0.0.1 names the box."""
        done = subprocess.run(self.command(program, *arguments), input=stdin, capture_output=True,
                              timeout=timeout, check=False,
                              env={"HOME": str(self.directory), "PATH": "/usr/bin:/bin"})
        return Done(done.returncode, done.stdout, done.stderr)
