"""asyncssh 2.10: it goes on to send on its channels after its own SSH_MSG_KEXINIT."""

import asyncio
import hashlib
import os

import pytest

from harness import second_client

pytestmark = pytest.mark.timeout(180)

MIB = 1024 * 1024
OFTEN = {"rekey_bytes": MIB}


def play(client, scenario, seconds=90, **options):
    async def session():
        async with second_client.asyncssh_connect(client, **options) as connection:
            return await scenario(connection)
    return asyncio.run(asyncio.wait_for(session(), seconds))


def test_exec(client):
    async def scenario(connection):
        return await connection.run("cat; echo err >&2; exit 42", input="through\n")
    done = play(client, scenario)
    assert (done.exit_status, done.stdout, done.stderr) == (42, "through\n", "err\n")


def test_terminal(client):
    async def scenario(connection):
        return await connection.run("tty; echo $TERM", term_type="vt100")
    assert "xterm-256color" in play(client, scenario).stdout


def test_new_keys_while_it_sends(client):
    content = os.urandom(24 * MIB)

    async def scenario(connection):
        return await connection.run("sha256sum", input=content, encoding=None)
    done = play(client, scenario, **OFTEN)
    assert done.stdout.split()[0].decode() == hashlib.sha256(content).hexdigest()


def test_new_keys_while_it_receives(client):
    async def scenario(connection):
        return await connection.run("head -c 25165824 /dev/zero", encoding=None)
    assert len(play(client, scenario, **OFTEN).stdout) == 24 * MIB


def test_new_keys_while_sessions_come_and_go(client):
    """Channels, too, are opened, asked and closed after its KEXINIT."""
    content = os.urandom(6 * MIB)

    async def scenario(connection):
        async def ends():
            done = []
            for number in range(40):
                done.append((await connection.run(f"exit {number}")).exit_status)
            return done
        upload = connection.run("sha256sum", input=content, encoding=None)
        return await asyncio.gather(upload, ends())
    upload, ends = play(client, scenario, rekey_bytes=100_000)
    assert upload.stdout.split()[0].decode() == hashlib.sha256(content).hexdigest()
    assert ends == list(range(40))


def test_sftp(client, tmp_path):
    (tmp_path / "here").write_bytes(os.urandom(8 * MIB))

    async def scenario(connection):
        async with connection.start_sftp_client() as sftp:
            await sftp.put(str(tmp_path / "here"), "asyncssh-file")
            await sftp.get("asyncssh-file", str(tmp_path / "back"))
            await sftp.remove("asyncssh-file")
    play(client, scenario, **OFTEN)
    assert (tmp_path / "back").read_bytes() == (tmp_path / "here").read_bytes()
