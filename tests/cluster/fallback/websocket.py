"""WebSocket in front of the cluster's API server: tests/cluster/wsfront."""

import pathlib
import socket
import subprocess

from harness import paths, waiting

CLUSTER = paths.ROOT / "tests/cluster"


def kubectl(minor):
    """The path of kubectl 1.`minor`."""
    return _script("kubectl.sh", minor)


def _script(name, *arguments):
    done = subprocess.run([CLUSTER / name, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                          timeout=1800)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class WebSocketFront:
    """A context manager; sessions by WebSocket are in `log`."""

    def __init__(self, cluster, directory):
        self.cluster = cluster
        self.directory = pathlib.Path(directory)
        self.process = None
        address = cluster.api.removeprefix("https://").rpartition(":")[0]
        with socket.socket() as taken:
            taken.bind((address, 0))
            self.address = taken.getsockname()

    def __enter__(self):
        program = _script("websocket.sh")
        pki = self.cluster.directory / "pki"
        address = f"{self.address[0]}:{self.address[1]}"
        with open(self.directory / "wsfront.log", "wb") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [program, address, pki / "apiserver.crt", pki / "apiserver.key", self.cluster.api,
                 pki / "ca.crt", pki / "admin.crt", pki / "admin.key"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        waiting.until(self._listens, 20, lambda: self.log)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)

    def _listens(self):
        with socket.socket() as trying:
            return trying.connect_ex(self.address) == 0

    @property
    def log(self):
        return (self.directory / "wsfront.log").read_text(encoding="utf-8", errors="replace")

    def kubeconfig(self, path):
        """Another kubeconfig, which leads here."""
        text = pathlib.Path(path).read_text(encoding="utf-8")
        assert self.cluster.api in text
        mine = self.directory / "kubeconfig"
        mine.write_text(text.replace(self.cluster.api,
                                     f"https://{self.address[0]}:{self.address[1]}"), encoding="utf-8")
        return str(mine)
