"""PuTTY 0.78: plink, pscp and psftp."""

import hashlib
import os
import threading
import time

import pytest

from harness import processes
from harness.putty import Putty

pytestmark = pytest.mark.timeout(300)

MIB = 1024 * 1024


@pytest.fixture(name="putty")
def putty_user(tmp_path, client):
    return Putty(tmp_path / "putty", client)


def test_exec(putty):
    done = putty.run("plink", "127.0.0.1", "cat; echo err >&2; exit 42", stdin=b"through\n")
    assert (done.status, done.out, done.err) == (42, b"through\n", b"err\n")


def test_terminal(putty):
    done = putty.run("plink", "-t", "127.0.0.1", "tty; echo $TERM")
    assert "/dev/pts/" in done.text and "xterm-256color" in done.text


def test_much_both_ways(putty):
    content = os.urandom(8 * MIB)
    done = putty.run("plink", "127.0.0.1", "cat", stdin=content).ok()
    assert hashlib.sha256(done.out).digest() == hashlib.sha256(content).digest()


@pytest.mark.parametrize("how", ["-sftp", "-scp"])
def test_pscp(putty, tmp_path, how):
    (tmp_path / "here").write_bytes(os.urandom(4 * MIB))
    putty.run("pscp", how, "-q", tmp_path / "here", "127.0.0.1:there").ok()
    putty.run("pscp", how, "-q", "127.0.0.1:there", tmp_path / "back").ok()
    assert (tmp_path / "back").read_bytes() == (tmp_path / "here").read_bytes()


def test_psftp(putty, tmp_path):
    (tmp_path / "here").write_bytes(os.urandom(MIB))
    (tmp_path / "batch").write_text(f"put {tmp_path}/here psftp-file\nls\n"
                                    f"get psftp-file {tmp_path}/back\ndel psftp-file\n",
                                    encoding="ascii")
    done = putty.run("psftp", "-b", tmp_path / "batch", "127.0.0.1").ok()
    assert "psftp-file" in done.text
    assert (tmp_path / "back").read_bytes() == (tmp_path / "here").read_bytes()


class Peak:
    """The most memory that the sftp-servers of a box have had, in KiB, while this context was open."""

    def __init__(self, box):
        self.box = box
        self.kib = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self):
        while not self._over.wait(0.05):
            for pid in self.box.processes():
                if processes.name(pid) == "sftp-server":
                    self.kib = max(self.kib, int(processes.status(pid).get("VmHWM", "0").split()[0]))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


@pytest.fixture(name="slow")
def slow_box(node):
    with node.box("putty", "slow", cpu_quota=30_000) as box:
        yield box


def test_upload_to_a_slow_box(gateway, slow, connect, tmp_path):
    """Requests of 4 KiB, as many as the window allows: sftp-server reads all that there is, answers
    one request a turn, and moves the rest of its queue in each."""
    size = 50_000_000
    with open(tmp_path / "large", "wb") as file:
        file.write(os.urandom(size))
    putty = Putty(tmp_path / "putty", connect(gateway, slow.login))
    began = time.monotonic()
    with Peak(slow) as peak:
        putty.run("pscp", "-q", tmp_path / "large", "127.0.0.1:large", timeout=120).ok()
    print(f"{time.monotonic() - began:.1f} s, sftp-server {peak.kib} KiB")
    assert slow.exec("wc -c </root/large").strip() == str(size)
    assert 0 < peak.kib < 16 * 1024
