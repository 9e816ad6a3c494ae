"""A signal request (RFC 4254 §6.9) reaches the program."""

import asyncio

from harness import second_client


def test_signal_is_delivered(client):
    async def session():
        async with second_client.asyncssh_connect(client) as connection:
            process = await connection.create_process(
                "trap 'echo caught; exit 5' USR1; echo ready; while :; do sleep 0.05; done")
            assert await process.stdout.readline() == "ready\n"
            process.send_signal("USR1")
            assert await process.stdout.readline() == "caught\n"
            return await process.wait()
    ended = asyncio.run(asyncio.wait_for(session(), 30))
    assert ended.exit_status == 5


def test_signal_that_kills(client):
    async def session():
        async with second_client.asyncssh_connect(client) as connection:
            process = await connection.create_process("echo ready; exec sleep 600")
            await process.stdout.readline()
            process.terminate()
            return await process.wait()
    assert asyncio.run(asyncio.wait_for(session(), 30)).exit_signal[0] == "TERM"


def test_unknown_signal_is_harmless(client):
    async def session():
        async with second_client.asyncssh_connect(client) as connection:
            process = await connection.create_process("cat")
            process.send_signal("NOSUCH")
            process.stdin.write("alive\n")
            process.stdin.write_eof()
            return await process.wait()
    assert asyncio.run(asyncio.wait_for(session(), 30)).stdout == "alive\n"
