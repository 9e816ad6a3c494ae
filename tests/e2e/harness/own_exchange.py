"""A client that has the gateway begin a key exchange, and answers late or never."""

import asyncio
import contextlib
import time

import asyncssh
from asyncssh.packet import String

from harness import processes, second_client
from harness.gateway import CONNECTION

IGNORE, KEXINIT = 2, 20
# The gateway begins an exchange when it has received 1 GiB of ChaCha20. What is ignored counts as well, and nothing
# is done with it: so it takes seconds.
CIPHER = "chacha20-poly1305@openssh.com"
PIECE = bytes(250_000)
MOST_PIECES = (1 << 30) // len(PIECE) + 8


async def until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.05)


class Output(asyncssh.SSHClientSession):
    """Of a program: how many bytes, and the largest packet of them."""

    def __init__(self):
        self.bytes = self.largest = 0

    def data_received(self, data, datatype):
        self.bytes += len(data)
        self.largest = max(self.largest, len(data))


class LateClient:
    """`link` is the asyncssh connection, `process` the gateway's process for it. Made by connect()."""

    def __init__(self, link, process):
        self.link, self.process = link, process
        self._seen = asyncio.Event()
        self._handlers = dict(link._packet_handlers)
        self._answer = self._handlers[KEXINIT]
        self._handlers[KEXINIT] = self._see
        link._packet_handlers = self._handlers

    def _see(self, *kexinit):
        self._kexinit = kexinit
        self._seen.set()

    async def open(self, command, window, packet):
        """Its channel and its Output."""
        return await self.link.create_session(Output, command, encoding=None, window=window, max_pktsize=packet)

    async def have_an_exchange_begun(self):
        for _ in range(MOST_PIECES):
            self.link.send_packet(IGNORE, String(PIECE))
            while self.link._transport.get_write_buffer_size() > len(PIECE):
                await asyncio.sleep(0.001)
            if self._seen.is_set():
                return
        await asyncio.wait_for(self._seen.wait(), 20)

    def answer(self):
        self._handlers[KEXINIT] = self._answer
        return self._answer(*self._kexinit)

    def memory_kib(self):
        """The most that the gateway's process has had so far; 0 when it has ended."""
        return int(processes.status(self.process).get("VmHWM", "0").split()[0])

    async def ended(self, seconds=10):
        """Whether the gateway's process ends within so long."""
        end = time.monotonic() + seconds
        while processes.alive(self.process) and time.monotonic() < end:
            await asyncio.sleep(0.05)
        return not processes.alive(self.process)

    async def little_memory(self, before, most_kib, seconds):
        """For so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(0.1)
            assert self.memory_kib() < before + most_kib, f"{before} KiB before, {self.memory_kib()} KiB now"
        print(f"{before} KiB before, {self.memory_kib()} KiB at most")


@contextlib.asynccontextmanager
async def connect(client, gateway):
    before = set(gateway.pids(CONNECTION))
    async with second_client.asyncssh_connect(client, encryption_algs=[CIPHER], kex_algs=["curve25519-sha256"],
                                              rekey_bytes=1 << 40, rekey_seconds=10 ** 6) as link:
        process, = set(gateway.pids(CONNECTION)) - before
        try:
            yield LateClient(link, process)
        finally:
            link.abort()
