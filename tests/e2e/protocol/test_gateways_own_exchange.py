"""The gateway begins a key exchange by itself, and the client answers late, or never: what its program says meanwhile
stays with the program."""

import asyncio

import pytest

from harness import own_exchange, processes, sanitizers

pytestmark = [sanitizers.other_build, pytest.mark.timeout(180)]

MIB = 1 << 20
MOST_KIB = 3072
# Each has an answer, or is one that has none in a key exchange.
GLOBAL_REQUEST, UNKNOWN = 80, 192


def play(client, gateway, scenario):
    async def connected():
        async with own_exchange.connect(client, gateway) as late:
            return await scenario(late)
    return asyncio.run(connected())


@pytest.fixture(name="late")
def late_client(own_gateway, own_box, connect):
    return lambda scenario: play(connect(own_gateway, own_box.login), own_gateway, scenario)


@pytest.mark.parametrize("packet", [32768, MIB])
def test_a_program_is_not_read_meanwhile(late, packet):
    async def scenario(client):
        channel, output = await client.open("read go; cat /dev/zero", 64 * MIB, packet)
        await client.have_an_exchange_begun()
        before, heard = client.memory_kib(), output.bytes
        channel.write(b"go\n")
        await client.little_memory(before, MOST_KIB, 3)
        assert processes.alive(client.process)
        assert output.bytes == heard
    late(scenario)


def test_programs_that_write_when_it_begins(late):
    """Several at once, each with all of its outputs."""
    async def scenario(client):
        command = "cat /dev/zero & cat /dev/zero >&2"
        opened = [await client.open(command, 512 * MIB, 32768) for _ in range(8)]
        await own_exchange.until(lambda: all(output.bytes for _, output in opened), 30, "all of them write")
        await client.have_an_exchange_begun()
        before = client.memory_kib()
        await client.little_memory(before, MOST_KIB, 2)
        assert processes.alive(client.process)
    late(scenario)


def test_a_late_answer_loses_nothing(late):
    """A window that is larger than all that is to come, and an answer after a second: of a client far away."""
    async def scenario(client):
        channel, output = await client.open(f"read go; head -c {48 * MIB} /dev/zero; exit 3", 128 * MIB, 32768)
        await client.have_an_exchange_begun()
        channel.write(b"go\n")
        await asyncio.sleep(1)
        client.answer()
        # Not by wait_closed(): that of asyncssh 2.10 may never return when all comes at once.
        await own_exchange.until(lambda: output.bytes == 48 * MIB, 60, "all has come")
        await own_exchange.until(lambda: channel.get_exit_status() == 3, 20, "the status has come")
    late(scenario)


def test_answers_that_wait_for_its_end_are_bounded(late):
    """Also where some that do not wait are among them."""
    async def scenario(client):
        await client.have_an_exchange_begun()
        before = client.memory_kib()
        for _ in range(30):
            for _ in range(300):
                client.link.send_packet(GLOBAL_REQUEST, b"\0\0\0\1x\1")
            client.link.send_packet(UNKNOWN)
            await asyncio.sleep(0)
            assert client.memory_kib() < before + MOST_KIB
        assert await client.ended()
    late(scenario)


def test_no_larger_packets_than_every_client_takes(late):
    """RFC 4253 §6.1: 32,768 bytes, whatever more a client says that it takes."""
    async def scenario(client):
        channel, output = await client.open(f"read go; head -c {8 * MIB} /dev/zero", 64 * MIB, MIB)
        channel.write(b"go\n")
        await own_exchange.until(lambda: output.bytes == 8 * MIB, 60, "all has come")
        assert output.largest == 32768
    late(scenario)


def test_packets_of_one_byte_take_no_more_memory(late):
    async def scenario(client):
        before = client.memory_kib()
        _, output = await client.open("cat /dev/zero", 64 * MIB, 1)
        await client.little_memory(before, MOST_KIB, 1)
        assert output.largest == 1
    late(scenario)
