"""Debian's sshd in a box, to be compared with the gateway that leads to the same box."""

import pathlib
import subprocess

from harness import keys, paths, waiting
from harness.gateway import free_port

SETTINGS = {
    "ListenAddress": "127.0.0.1", "HostKey": "/etc/ssh/peer-host-key",
    "AuthorizedKeysFile": "/etc/ssh/peer-authorized_keys", "PidFile": "none", "StrictModes": "no",
    "PermitRootLogin": "yes", "UsePAM": "no", "UseDNS": "no", "PrintMotd": "no",
    "MaxStartups": "100", "DisableForwarding": "yes",
    "Subsystem": "sftp /usr/lib/openssh/sftp-server",
}


class BoxSshd:
    """A context manager; the user is root. The box's pod has the network of the host. What a client
    needs of a gateway it has, too: `port` and `host_key`."""

    def __init__(self, directory, box, authorized_keys, **settings):
        self.directory = pathlib.Path(directory)
        self.host_key = keys.make_user_key(self.directory, name="host-key")
        self.port = free_port()
        self._box = box
        self._keys = authorized_keys
        self._settings = {**SETTINGS, "Port": self.port, **settings}

    def __enter__(self):
        self._unpack()
        # Like /volumes, with the /dev and /proc of the container, as the gateway gives each session.
        for mount in (["/volumes", "/sshd"], ["/dev", "/sshd/dev"], ["/proc", "/sshd/proc"]):
            subprocess.run(["nsenter", "-m", "-t", str(self._box.container.pid), "mount", "--rbind",
                            *mount], check=True)
        code, out, err = self._box.node.instance.exec(
            self._box.container.id,
            ["chroot", "/sshd", "/usr/sbin/sshd", "-f", "/etc/ssh/peer-sshd_config"])
        assert code == 0, (out + err).decode(errors="replace")
        waiting.until(lambda: self._box.running("sshd: /usr/sbin/sshd"), 20, "sshd listens")
        return self

    def __exit__(self, *_):
        pass  # The box takes it with it.

    def _unpack(self):
        script = subprocess.run([paths.ROOT / "tests" / "sshd_in_box.sh"], check=True, text=True,
                                stdout=subprocess.PIPE)
        root = pathlib.Path(f"/proc/{self._box.container.pid}/root")
        volumes = root / "volumes"
        subprocess.run(["tar", "-x", "-C", volumes, "--keep-directory-symlink", "-f",
                        script.stdout.strip()], check=True)
        (root / "sshd").mkdir()
        (volumes / "run" / "sshd").mkdir(mode=0o755)
        etc = volumes / "etc" / "ssh"
        (etc / "peer-host-key").write_bytes(self.host_key.read_bytes())
        (etc / "peer-host-key").chmod(0o600)
        (etc / "peer-authorized_keys").write_text(self._keys, encoding="ascii")
        (etc / "peer-sshd_config").write_text(
            "".join(f"{name} {value}\n" for name, value in self._settings.items()), encoding="ascii")
        with open(volumes / "etc" / "passwd", "a", encoding="ascii") as passwd:
            passwd.write("sshd:x:109:65534::/run/sshd:/usr/sbin/nologin\n")
