"""After many connects, logins and sessions everything is as it was: processes, descriptors, cgroups,
mounts, terminals, and the memory of each process that stays.

ZOMG_TEST_ROUNDS=10000 makes as many connects and as many sessions, in the place of a thousand."""

import asyncio
import os
import pathlib

import pytest

from harness import processes, sanitizers, second_client, waiting
from harness.gateway import AUDIT, LISTENER, RESOLVER
from harness.leaks import LeakCheck

ROUNDS = int(os.environ.get("ZOMG_TEST_ROUNDS", "1000"))
SESSIONS_A_LOGIN = 20
AT_ONCE = 5
# Of each process that stays, in KiB. The rounds before the count fill its heap; what is added after
# them must not grow with their number.
MOST_GROWTH_KIB = 1024


def mounts(pid, node=None):
    """How many mounts it sees; of a node only, whose mount namespace is everybody's."""
    places = (node.instance.directory, os.path.dirname(node.socket)) if node else ("",)
    return sum(any(place in line for place in places)
               for line in processes.read(pid, "mountinfo").decode().splitlines())


def held(gateway):
    """What each process that stays has: descriptors, mounts, children and resident KiB."""
    staying = {"monitor": gateway.pid, **{name: gateway.one(name)
                                          for name in (LISTENER, RESOLVER, AUDIT)}}
    return {name: {
        "pid": pid,
        "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
        "mounts": mounts(pid, gateway.node if pid == gateway.pid else None),
        "children": len(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()),
        "memory": int(processes.status(pid)["VmRSS"].split()[0]),
    } for name, pid in staying.items()}


def grown(before, after):
    """What is more than it was, or another process; memory apart."""
    return {(name, what): (count, after[name][what]) for name, counts in before.items()
            for what, count in counts.items()
            if what != "memory" and (after[name][what] > count or
                                     what == "pid" and after[name][what] != count)}


@pytest.fixture(name="counted")
def counted_client(own_gateway, own_box, connect):
    """A client of a gateway on which everything is counted before and after."""
    client = connect(own_gateway, own_box.login)
    yield client, own_box


class Counted:
    """As a context: counts before and after."""

    def __init__(self, client, box):
        self._gateway = client.gateway
        self._leaks = LeakCheck(box, client.gateway, 60)
        self._before = None

    def __enter__(self):
        self._leaks.__enter__()
        self._before = held(self._gateway)

    def __exit__(self, kind, *rest):
        self._leaks.__exit__(kind, *rest)
        if kind is not None:
            return
        waiting.until(lambda: not grown(self._before, held(self._gateway)), 30,
                      lambda: grown(self._before, held(self._gateway)))
        after = held(self._gateway)
        print(f"\n{ROUNDS} rounds: {self._before}\nthen {after}")
        if sanitizers.ENABLED:  # AddressSanitizer keeps for a while what is freed
            return
        for name, counts in self._before.items():
            assert after[name]["memory"] <= counts["memory"] + MOST_GROWTH_KIB, name


async def _all(number, task):
    """`number` calls of a coroutine, some at once."""
    turns = iter(range(number))

    async def worker():
        for turn in turns:
            await asyncio.wait_for(task(turn), 60)
    await asyncio.gather(*[worker() for _ in range(AT_ONCE)])


async def hang_up_in_the_handshake(client):
    reader, writer = await asyncio.open_connection("127.0.0.1", client.gateway.port)
    await reader.readline()
    writer.write(b"SSH-2.0-test\r\n" + os.urandom(8))
    writer.close()


async def one_session(connection, turn):
    """Every third at a terminal; every fourth is left without a word while its program runs."""
    terminal = {"term_type": "xterm", "term_size": (80, 24)} if turn % 3 == 0 else {}
    if turn % 4 == 3:
        process = await connection.create_process("echo ready; exec cat", **terminal)
        assert (await process.stdout.readline()).strip() == "ready"
        process.close()
        await process.wait_closed()
    else:
        done = await connection.run("echo said; exit 3", **terminal)
        assert (done.stdout.strip(), done.exit_status) == ("said", 3)


async def login_with_sessions(client, _turn):
    async with second_client.asyncssh_connect(client) as connection:
        for turn in range(SESSIONS_A_LOGIN):
            await one_session(connection, turn)


@pytest.mark.timeout(60 + ROUNDS)
def test_connects(counted):
    """By clients that hang up in the middle of the key exchange."""
    client, box = counted
    client.sh("true")
    asyncio.run(_all(100, lambda _: hang_up_in_the_handshake(client)))
    with Counted(client, box):
        asyncio.run(_all(ROUNDS, lambda _: hang_up_in_the_handshake(client)))


@pytest.mark.timeout(60 + ROUNDS)
def test_logins_and_sessions(counted):
    client, box = counted
    asyncio.run(_all(AT_ONCE, lambda turn: login_with_sessions(client, turn)))
    with Counted(client, box):
        asyncio.run(_all(ROUNDS // SESSIONS_A_LOGIN,
                         lambda turn: login_with_sessions(client, turn)))
