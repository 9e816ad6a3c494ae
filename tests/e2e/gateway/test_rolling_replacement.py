"""An upgrade as a Deployment does it: the new gateway is ready, new connections go to it, the old one
gets SIGTERM and has until its deadline, with hundreds of sessions open and logins all the time."""

import asyncio
import time
import types
import urllib.request

import asyncssh
import pytest

from harness import keys, waiting
from harness.gateway import Gateway, free_port
from harness.second_client import asyncssh_connect
from harness.service import Service

CONNECTIONS = 50
SESSIONS = 10  # of each: ZOMG_SSH_MAX_SESSIONS
DRAIN_SECONDS = 20


def is_ready(gateway):
    try:
        with urllib.request.urlopen(f"http://{gateway.settings['ZOMG_SSH_METRICS_LISTEN']}/readyz",
                                    timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def start_gateway(directory, node, user_key, **settings):
    return Gateway(directory, node, keys.public_half(user_key),
                   ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{free_port()}",
                   ZOMG_SSH_DRAIN_SECS=str(DRAIN_SECONDS), ZOMG_SSH_MAX_SESSIONS_PER_BOX="2000",
                   ZOMG_SSH_MAX_CONNECTIONS_PER_KEY="500", ZOMG_SSH_MAX_CONNECTIONS_PER_USER="500",
                   **settings)


async def open_sessions(client, connections):
    """Sessions that echo lines, and end with 42 when their input does."""
    sessions = []
    for _ in range(CONNECTIONS):
        connection = await asyncssh_connect(client, login_timeout=60)
        connections.append(connection)
        sessions += await asyncio.gather(*(connection.create_process("cat; exit 42")
                                           for _ in range(SESSIONS)))
        await asyncio.gather(*map(answers, sessions[-SESSIONS:]))
    return sessions


async def answers(session):
    session.stdin.write("line\n")
    assert await asyncio.wait_for(session.stdout.readline(), 30) == "line\n"


async def log_in_all_the_time(client, stop, outages):
    """Notes for how long no login worked, each time that one did not."""
    down_since = None
    while not stop.is_set():
        started = time.monotonic()
        try:
            async with asyncssh_connect(client, login_timeout=30) as connection:
                assert (await connection.run("exit 3")).exit_status == 3
        except (OSError, asyncssh.Error):
            down_since = down_since or started
            await asyncio.sleep(0.02)
            continue
        if down_since:
            outages.append(time.monotonic() - down_since)
            down_since = None
    if down_since:
        outages.append(time.monotonic() - down_since)


async def ended(session, started):
    """How it ended, and how long after `started`."""
    done = await session.wait()
    return done.exit_status, done.stderr, time.monotonic() - started


async def replace(client, service, old, new):
    connections = []
    try:
        sessions = await open_sessions(client, connections)
        stop, outages = asyncio.Event(), []
        load = asyncio.create_task(log_in_all_the_time(client, stop, outages))
        service.backend = new.port
        started = time.monotonic()
        old.process.terminate()
        await asyncio.to_thread(old.wait_for_log, "stopping")
        # All of them go on. Half of them then end by themselves, half wait for the deadline.
        await asyncio.gather(*map(answers, sessions))
        leaving, staying = sessions[::2], sessions[1::2]
        stays = [asyncio.create_task(ended(session, started)) for session in staying]
        for session in leaving:
            session.stdin.write_eof()
        left = await asyncio.gather(*(ended(session, started) for session in leaving))
        stayed = await asyncio.gather(*stays)
        stop.set()
        await load
        return left, stayed, outages
    finally:
        for connection in connections:
            connection.abort()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_session_is_cut_and_no_login_refused(node, box, user_key, connect, tmp_path):
    with start_gateway(tmp_path / "old", node, user_key) as old, Service(old.port) as service:
        with start_gateway(tmp_path / "new", node, user_key,
                           ZOMG_SSH_HOST_KEY_PATH=str(old.host_key)) as new:
            waiting.until(lambda: is_ready(old) and is_ready(new), 20, "both are ready")
            # Clients know the address of the service only.
            address = types.SimpleNamespace(port=service.port, host_key=old.host_key)
            client = connect(address, box.login)
            left, stayed, outages = asyncio.run(
                asyncio.wait_for(replace(client, service, old, new), 250))
            assert [status for status, _, _ in left] == [42] * len(left)
            assert len(left) + len(stayed) == CONNECTIONS * SESSIONS
            early = [after for _, _, after in stayed if after < DRAIN_SECONDS]
            assert early == []
            assert {status for status, _, _ in stayed} == {255}
            assert all("The gateway is being stopped" in said for _, said, _ in stayed)
            assert [outage for outage in outages if outage > 1] == []
            assert old.process.wait(30) == 0
