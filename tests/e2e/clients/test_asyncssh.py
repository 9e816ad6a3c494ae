"""asyncssh 2.10: it goes on to send on its channels after its own SSH_MSG_KEXINIT."""

import asyncio
import hashlib
import os

import asyncssh
import pytest

from harness import leaks, second_client, tried
from harness.client import Done

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
        return await connection.run(term_type="xterm-256color", term_size=(90, 30),
                                    input=tried.TERMINAL_INPUT.decode())
    done = play(client, scenario)
    tried.check_terminal(Done(done.exit_status, done.stdout.encode(), b""), size="30 90")


def test_long_input(client):
    async def scenario(connection):
        return await connection.run("sha256sum", input=tried.LONG_INPUT, encoding=None)
    assert play(client, scenario).stdout.split()[0].decode() == tried.LONG_INPUT_DIGEST


def test_keepalive(client):
    async def scenario(connection):
        return await connection.run("sleep 4; echo alive")
    assert play(client, scenario, keepalive_interval=1, keepalive_count_max=2).stdout == "alive\n"


def test_new_keys(client):
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


def transfer(client, work, **options):
    async def scenario(connection):
        async with connection.start_sftp_client() as sftp:
            return await work(sftp)
    return play(client, scenario, **options)


def test_large_files(client, bulk, home, tmp_path):
    async def both_ways(sftp):
        await sftp.put(str(bulk), "large")
        await sftp.get("large", str(tmp_path / "back"))
    transfer(client, both_ways)
    assert tried.digest(home / "large") == tried.digest(bulk)
    assert tried.digest(tmp_path / "back") == tried.digest(bulk)
    (home / "large").unlink()


def test_new_keys_during_sftp(client, home, tmp_path):
    here = tried.random_file(tmp_path / "here", 8 * MIB)

    async def both_ways(sftp):
        await sftp.put(str(here), "asyncssh-file")
        await sftp.get("asyncssh-file", str(tmp_path / "back"))
    transfer(client, both_ways, **OFTEN)
    assert tried.digest(tmp_path / "back") == tried.digest(here)
    (home / "asyncssh-file").unlink()


def test_list_rename_resume(client, home, tmp_path):
    whole = tried.random_file(tmp_path / "whole", 3_000_000).read_bytes()
    folder = tried.empty(home / "folder")
    (folder / "part").write_bytes(whole[:1_000_000])

    async def scenario(sftp):
        await sftp.rename("folder/part", "folder/renamed")
        assert "renamed" in await sftp.listdir("folder")
        async with sftp.open("folder/renamed", "ab") as file:
            await file.write(whole[1_000_000:])
    transfer(client, scenario)
    assert (folder / "renamed").read_bytes() == whole


def test_cut_off(client, bulk, box, gateway, home):
    async def scenario(connection):
        async with connection.start_sftp_client() as sftp:
            copy = asyncio.ensure_future(sftp.put(str(bulk), "cut"))
            while not tried.has_bytes(home / "cut", MIB):
                await asyncio.sleep(0.002)
            assert not copy.done()
            connection.abort()
            with pytest.raises((OSError, asyncssh.Error)):
                await copy
    with leaks.LeakCheck(box, gateway):
        play(client, scenario)
    (home / "cut").unlink()
