"""What is not as in a box of the gateway's own node: the rows of the table of docs/other-nodes.md, as they are."""

import time

import pytest

from harness import keys, processes, waiting
from harness.gateway import Gateway


@pytest.fixture(name="bare", scope="module")
def _bare(node):
    """A box whose pod mounts nothing in /volumes."""
    with node.box("demo", "bare", mounts=False) as running:
        yield running


@pytest.mark.parametrize("name, status", [("KILL", 137), ("TERM", 143), ("SEGV", 139)])
def test_a_death_by_signal_is_a_status(client, name, status):
    done = client.ssh(f"echo before; kill -{name} $$")
    assert (done.status, done.text) == (status, "before\n")


def test_without_mounts_there_is_no_name_of_the_terminal(bare, gateway, connect):
    client = connect(gateway, bare.login)
    shown = client.ssh("tty; echo tty=$SSH_TTY.; [ -t 0 ] && echo it is one", flags=["-tt"]).text
    assert shown.replace("\r", "") == "not a tty\ntty=.\nit is one\n"
    assert client.ssh("ps").status != 0


def test_without_mounts_all_else_works(bare, gateway, connect, tmp_path):
    client = connect(gateway, bare.login)
    done = client.ssh("cat; echo err >&2; exit 7", stdin=b"in")
    assert (done.status, done.out, done.err) == (7, b"in", b"err\n")
    (tmp_path / "up").write_bytes(b"x" * 100_000)
    client.run("scp", tmp_path / "up", "box:/tmp/up").ok()
    assert client.sh("wc -c </tmp/up") == "100000\n"


def test_the_name_of_a_shell_that_cannot_be_given_one(node, user_key, connect, tmp_path):
    """And sessions outside of /volumes."""
    with node.box("plain", "rooted", image="localhost/box:no-volumes") as box, \
            Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                    ZOMG_SSH_CHROOT="/") as gateway:
        client = connect(gateway, box.login)
        assert "init" in client.sh("ls /").split()
        assert client.sh("echo $0") == "/bin/sh\n"


def test_a_reader_that_leaves_is_a_sigpipe(client):
    """One that ignores it goes on, into nothing, and has its status."""
    with client.start("trap '' PIPE; head -c 3000000 /dev/zero; sleep 2; exit 5") as session:
        session.stdout.read(10)
        session.stdout.close()
        assert session.wait(60) == 5
    with client.start("yes") as session:
        session.stdout.read(10)
        session.stdout.close()
        assert session.wait(60) == 141


def test_an_output_that_is_held_costs_nothing(own_gateway, box, connect):
    """The status comes at once; who waits for the end of the output does so without a processor."""
    with connect(own_gateway, box.login).start("sleep 9 & exit 3") as session:
        began = time.monotonic()
        waiting.until(lambda: own_gateway.pids("zomg-ssh-kubectl"), 15, "it runs")
        pid = waiting.until(own_gateway.kubectl_sessions, 15, "it is in its namespace")[0]

        def used():
            fields = processes.read(pid, "stat").decode().rpartition(")")[2].split()
            return int(fields[11]) + int(fields[12])
        before = None
        while own_gateway.pids("zomg-ssh-kubectl") and time.monotonic() - began < 8:
            before = before or used()
            time.sleep(0.2)
            assert used() - before < 100, "ticks in a few seconds"
        session.communicate(timeout=60)
    assert session.returncode == 3


def test_a_user_that_cannot_be_had_is_refused(node, user_key, connect, tmp_path):
    """Here as the box has no id to see by what was reached."""
    with node.box("demo", "without-id") as box, \
            Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                    ZOMG_SSH_BOX_USER="4711") as gateway:
        client = connect(gateway, box.login)
        assert client.sh("id -u") == "4711\n"
        box.exec("rm /usr/bin/id")
        done = client.ssh("echo in")
        assert done.status == 255 and done.text == ""
        assert "cannot run as the user that it has to in this box" in done.errors


def test_a_deleted_pod_is_not_looked_for(node, gateway, connect):
    """What a session may have left in it is gone with it."""
    with node.box("demo", "deleted", mounts=False) as box:
        with connect(gateway, box.login).start("echo ready; sleep 1000") as session:
            session.stdout.readline()
            box.remove()
            session.communicate(timeout=60)
        waiting.until(lambda: not gateway.pids("zomg-ssh-kubectl"), 30, "nothing is left here")
