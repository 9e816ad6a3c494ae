"""Fixtures: the containerd of the virtual machine itself, with pods as a kubelet makes them, and the user
whom the commands of docs/deploy.md let in."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "e2e")]

from harness import paths  # noqa: E402  pylint: disable=wrong-import-position
from harness.node import Node  # noqa: E402  pylint: disable=wrong-import-position

import pods  # noqa: E402  pylint: disable=wrong-import-position

SOCKET = "/run/containerd/containerd.sock"


class ThisNode(Node):
    """The machine's containerd, which starts with it and uses systemd's cgroups."""

    def __init__(self, directory):  # pylint: disable=super-init-not-called
        self.directory = directory

    def up(self):
        directory = pathlib.Path(self.directory)
        directory.mkdir(exist_ok=True)
        (directory / "instance").write_text(
            f"dir={directory}\nrun={directory}\nsocket={SOCKET}\ncgroup_driver=systemd\ncgroup=\nid=\n"
            "runtime=runc\nprograms=\n", encoding="ascii")
        self.instance = pods.Instance(str(directory))

    def __enter__(self):
        self.up()
        images = subprocess.run([paths.TOOLS / "images.sh"], check=True, text=True, timeout=300,
                                stdout=subprocess.PIPE).stdout.strip()
        known = subprocess.run(["ctr", "-n", "k8s.io", "images", "ls", "-q"], check=True, text=True,
                               stdout=subprocess.PIPE).stdout
        if "localhost/box:debian" not in known:
            subprocess.run(["ctr", "-n", "k8s.io", "images", "import", images], check=True, timeout=600,
                           stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.instance.remove_all()


@pytest.fixture(scope="session")
def this_node():
    with ThisNode("/root/node") as node:
        yield node


class User:
    """Of the gateway that the commands of docs/deploy.md set up, on port 2222."""

    def command(self, login, *command, program="ssh", flags=()):
        port = "-p" if program == "ssh" else "-P"
        return [program, *flags, "-q", "-o", "StrictHostKeyChecking=accept-new", "-o", "BatchMode=yes",
                port, "2222", *([f"{login}@localhost"] if program == "ssh" else ()), *command]

    def run(self, login, *command, timeout=100, **options):
        return subprocess.run(self.command(login, *command, **options), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=timeout)

    def ok(self, login, *command, **options):
        done = self.run(login, *command, **options)
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def user():
    """Whom its commands let in: `plain-host` ran them."""
    assert subprocess.run(["systemctl", "is-active", "zomg-ssh-gateway"], check=False,
                          stdout=subprocess.DEVNULL).returncode == 0, "the suite plain-host runs first"
    return User()


def kernel_log():
    return subprocess.run(["journalctl", "--dmesg", "--no-pager", "--output=cat"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
