"""dbclient of dropbear 2022.83."""

import subprocess

import pytest

from harness import leaks, tried
from harness.terminal import Terminal

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(name="dbclient")
def dbclient_of(client, tmp_path):
    """dbclient(word, …): the command line. Its known_hosts has neither ports nor comments."""
    key = tmp_path / "key"
    subprocess.run(["dropbearconvert", "openssh", "dropbear", client.key, key], check=True,
                   capture_output=True)
    known = tried.known_hosts(client)
    known.write_text(" ".join(["127.0.0.1", *known.read_text().split()[1:3]]) + "\n")
    return lambda *words: ["dbclient", "-p", str(client.gateway.port), "-i", str(key),
                           f"{client.login}@127.0.0.1", *words]


def test_exec(client, dbclient):
    tried.check_exec(tried.run(client, *dbclient(tried.EXEC), stdin=tried.EXEC_INPUT))


def test_terminal(client, dbclient):
    with Terminal(dbclient(), {**client.environment, "TERM": "xterm-256color"}, rows=30,
                  columns=90) as screen:
        screen.expect("# ")
        screen.send(tried.TERMINAL_INPUT)
        screen.expect("/dev/pts/[0-9]+\r\n30 90\r\nxterm-256color\r\n")
        assert screen.wait() == 3


def test_long_input(client, dbclient):
    done = tried.run(client, *dbclient("sha256sum"), stdin=tried.LONG_INPUT)
    assert done.ok().text.split()[0] == tried.LONG_INPUT_DIGEST


def test_large_files(client, dbclient, bulk, home):
    """It has no sftp or scp of its own."""
    content = bulk.read_bytes()
    tried.run(client, *dbclient("cat >large"), stdin=content).ok()
    assert tried.digest(home / "large") == tried.digest_of(content)
    assert tried.run(client, *dbclient("cat large")).ok().out == content
    (home / "large").unlink()


def test_keepalive(client, dbclient):
    words = dbclient("sleep 4; echo alive")
    done = tried.run(client, words[0], "-K", "1", *words[1:], stdin=b"x")
    assert (done.status, done.out) == (0, b"alive\n")


def test_cut_off(client, dbclient, box, gateway, home):
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, *dbclient("echo >cut; head -c 1G /dev/zero"),
                          when=lambda: tried.has_bytes(home / "cut", 1)):
            pass
    (home / "cut").unlink()
