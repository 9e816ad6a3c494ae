"""A key whose command is an sftp-server: whatever its user asks for, what they do to files is in the audit trail."""

import asyncio
import struct

import asyncssh
import pytest

from harness import keys, second_client, waiting
from harness.audit import Trail
from harness.gateway import Gateway

INIT = b"\1" + struct.pack(">I", 3)
SUCCEEDED = b"\x65" + struct.pack(">II", 1, 0)
# What a client can have done to its terminal, so that hardly a byte changes on its way.
RAW = {mode: 0 for mode in (asyncssh.PTY_ICANON, asyncssh.PTY_ISIG, asyncssh.PTY_IEXTEN, asyncssh.PTY_ECHO,
                            asyncssh.PTY_ICRNL, asyncssh.PTY_IXON, asyncssh.PTY_OPOST)}
TERMINAL = {"term_type": "dumb", "term_modes": RAW}


@pytest.fixture(scope="module")
def confined(tmp_path_factory, node, user_key):
    """A gateway whose key runs sftp-server, and whose `quiet_key` runs cat."""
    path = tmp_path_factory.mktemp("confined")
    path.chmod(0o711)
    quiet = keys.make_user_key(path, name="quiet")
    lines = (f'command="/usr/lib/openssh/sftp-server" {keys.public_half(user_key)}\n'
             f'command="cat" {keys.public_half(quiet)}')
    with Gateway(path / "gateway", node, lines, ZOMG_SSH_AUDIT_SFTP="yes") as gateway:
        gateway.quiet_key = quiet
        yield gateway


@pytest.fixture
def trail(confined):
    return Trail(confined.directory / "audit.jsonl")


def packet(payload):
    return struct.pack(">I", len(payload)) + payload


def make_directory_request(path):
    return b"\x0e" + struct.pack(">II", 1, len(path)) + path + bytes(4)


def make_directory(client, path, **asked):
    """By sftp, on a channel that is asked for as `asked`; waits for the answer."""

    async def attack():
        async with second_client.asyncssh_connect(client) as connection:
            process = await connection.create_process(**asked, encoding=None)
            process.stdin.write(packet(INIT) + packet(make_directory_request(path)))
            await process.stdout.readuntil(SUCCEEDED)
    asyncio.run(asyncio.wait_for(attack(), 30))


def test_asked_for_as_a_command(confined, trail, own_box, connect):
    done = connect(confined, own_box.login).run("sftp", "-s", "/any/thing", "-b", "-", "box",
                                                stdin=b"mkdir by-exec\nls\n")
    assert b"by-exec" in done.out
    assert trail.wait_for("session")["kind"] == "exec"
    trail.wait_for("sftp", operation="mkdir", path="/root/by-exec", succeeded=True)


def test_asked_for_as_a_shell(confined, trail, own_box, connect):
    make_directory(connect(confined, own_box.login), b"by-shell")
    own_box.exec("test -d /root/by-shell")
    assert trail.wait_for("session")["kind"] == "shell"
    trail.wait_for("sftp", operation="mkdir", path="by-shell", succeeded=True)


@pytest.mark.parametrize("asked", [{}, {"command": "x"}, {"subsystem": "sftp"}], ids=["shell", "exec", "sftp"])
def test_through_a_terminal(confined, trail, own_box, connect, asked):
    """That changes bytes on their way, so that what is seen of them proves nothing."""
    make_directory(connect(confined, own_box.login), b"by-terminal", **asked, **TERMINAL)
    own_box.exec("test -d /root/by-terminal")
    assert trail.wait_for("session")["terminal"]
    trail.wait_for("sftp", operation="not_followed")


@pytest.mark.parametrize("asked", [{"subsystem": "sftp"}, {"command": "x"}], ids=["sftp", "exec"])
def test_without_taking_the_answer(confined, trail, own_box, connect, asked):
    client = connect(confined, own_box.login)

    async def attack():
        async with second_client.asyncssh_connect(client) as connection:
            # With a window of 0 nothing comes back.
            process = await connection.create_process(**asked, encoding=None, window=0)
            process.stdin.write(packet(INIT) + packet(make_directory_request(b"unheard")))
            await asyncio.to_thread(waiting.until, lambda: own_box.exec("ls /root").find("unheard") >= 0, 20, "made")
    asyncio.run(asyncio.wait_for(attack(), 40))
    event = trail.wait_for("sftp", operation="mkdir", path="unheard")
    assert "succeeded" not in event


def test_another_command_is_not_told_of(confined, trail, own_box, connect):
    done = connect(confined, own_box.login, confined.quiet_key).ssh("x", stdin=b"hello\n")
    assert done.out == b"hello\n"
    trail.wait_for("session_end")
    assert not trail.events("sftp")
