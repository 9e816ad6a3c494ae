"""PuTTY 0.78: plink, pscp and psftp."""

import os
import threading
import time

import pytest

from harness import leaks, processes, tried
from harness.gateway import Gateway
from harness.putty import Putty

pytestmark = pytest.mark.timeout(300)

MIB = 1024 * 1024


@pytest.fixture(name="putty")
def putty_user(tmp_path, client):
    return Putty(tmp_path / "putty", client)


def test_exec(putty):
    tried.check_exec(putty.run("plink", "127.0.0.1", tried.EXEC, stdin=tried.EXEC_INPUT))


def test_terminal(putty):
    putty.configure(TerminalType="xterm-256color")
    tried.check_terminal(putty.run("plink", "-t", "127.0.0.1", stdin=tried.TERMINAL_INPUT))


def test_long_input(putty):
    done = putty.run("plink", "127.0.0.1", "sha256sum", stdin=tried.LONG_INPUT).ok()
    assert done.text.split()[0] == tried.LONG_INPUT_DIGEST


def test_much_both_ways(putty):
    content = os.urandom(8 * MIB)
    assert putty.run("plink", "127.0.0.1", "cat", stdin=content).ok().out == content


@pytest.fixture(name="large")
def large_file(client, bulk, tmp_path):
    """64 MiB; 8 MiB for sshd, which feeds sftp-server faster than it answers: that of pscp's requests costs
    the square of the file, and a slow machine needs over a minute for 64 MiB."""
    return bulk if isinstance(client.gateway, Gateway) else tried.random_file(tmp_path / "large", 8 * MIB)


@pytest.mark.parametrize("how", ["-sftp", "-scp"])
def test_large_files(putty, large, home, tmp_path, how):
    """By pscp."""
    putty.run("pscp", how, "-q", large, "127.0.0.1:large").ok()
    assert tried.digest(home / "large") == tried.digest(large)
    putty.run("pscp", how, "-q", "127.0.0.1:large", tmp_path / "back").ok()
    assert tried.digest(tmp_path / "back") == tried.digest(large)
    (home / "large").unlink()


def test_list_rename_resume(putty, home, tmp_path):
    """By psftp."""
    whole = tried.random_file(tmp_path / "whole", 3_000_000)
    folder = tried.empty(home / "folder")
    (folder / "part").write_bytes(whole.read_bytes()[:1_000_000])
    (tmp_path / "back").write_bytes(whole.read_bytes()[:1_000_000])
    (tmp_path / "batch").write_text(
        f"cd folder\nmv part renamed\nls\nreput {whole} renamed\nreget renamed {tmp_path}/back\n",
        encoding="ascii")
    done = putty.run("psftp", "-b", tmp_path / "batch", "127.0.0.1").ok()
    assert "renamed" in done.text
    assert tried.digest(folder / "renamed") == tried.digest(whole)
    assert tried.digest(tmp_path / "back") == tried.digest(whole)


def test_keepalive(putty):
    """Its keepalives are SSH_MSG_IGNORE."""
    putty.configure(PingIntervalSecs="1")
    done = putty.run("plink", "127.0.0.1", "sleep 4; echo alive", stdin=b"x").ok()
    assert done.out == b"alive\n"


def test_new_keys(putty):
    putty.configure(RekeyBytes="1M")
    content = os.urandom(8 * MIB)
    assert putty.run("plink", "127.0.0.1", "cat", stdin=content).ok().out == content


def test_cut_off(client, putty, bulk, box, gateway, home):
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, *putty.command("pscp", "-q", bulk, "127.0.0.1:cut"),
                          when=lambda: tried.has_bytes(home / "cut", MIB)):
            pass
    (home / "cut").unlink()


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
