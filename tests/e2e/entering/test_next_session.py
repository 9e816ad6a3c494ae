"""On a connection that is in use one session is prepared ahead of the next."""

import contextlib

import pytest

from harness import processes, waiting
from harness.control_master import master
from harness.gateway import SESSIOND

# limits.h says a minute.
MOST_SECONDS = 75


@contextlib.contextmanager
def session(client, options):
    with client.start("echo ready; cat", options=options) as running:
        try:
            assert running.stdout.readline() == b"ready\n"
            yield running
        finally:
            running.kill()


def prepared(gateway):
    return waiting.until(gateway.prepared_sessions, 15, "a session is prepared")


def supervised(gateway, *pids):
    """Whether these, and no others, soon have a program that runs."""
    return waiting.until(lambda: set(gateway.sessions()) == set(pids), 15,
                         lambda: f"{pids} supervise, not {gateway.sessions()}")


@pytest.fixture(name="mine")
def client_of_own_gateway(own_gateway, own_box, connect):
    return connect(own_gateway, own_box.login)


def test_the_next_command_has_it(own_gateway, mine, tmp_path):
    with master(mine, tmp_path) as options:
        for _ in range(5):
            [waits] = prepared(own_gateway)
            [zygote] = own_gateway.zygotes()
            with session(mine, options):
                supervised(own_gateway, waits)
                [after] = prepared(own_gateway)
                assert after != waits and own_gateway.zygotes() == [zygote]
            waiting.until(lambda: not own_gateway.sessions(), 10, "the session ends")
    waiting.until(lambda: not own_gateway.pids(SESSIOND), 10, "all end with the connection")


def test_it_is_its_connections_own(own_gateway, mine, tmp_path):
    """Though another connection is of the same user, to the same box."""
    (tmp_path / "other").mkdir()
    with master(mine, tmp_path) as options:
        [first] = prepared(own_gateway)
        with master(mine, tmp_path / "other") as other:
            [second] = waiting.until(lambda: set(own_gateway.prepared_sessions()) - {first}, 15,
                                     "one is prepared there")
            with session(mine, other):
                supervised(own_gateway, second)
                with session(mine, options):
                    supervised(own_gateway, first, second)


def test_it_runs_in_the_box_like_the_first(own_gateway, mine, own_box, tmp_path):
    """What was found out ahead of it is as good as when it is found out anew."""
    command = "cat /proc/self/status /proc/self/cgroup /proc/self/limits; ls -l /proc/self/ns"
    unlike = ("Pid:", "NSpid:", "NStgid:", "NSsid:", "NSpgid:", "Tgid:", "PPid:", "Vm", "Rss", "ctxt",
              "voluntary", "nonvoluntary", "mnt ->", "lrwx", "total", "Cpus", "Mems", "SigQ")

    def seen(options):
        lines = mine.ssh(command, options=options).ok().text.splitlines()
        return [line for line in lines if not any(word in line for word in unlike)]

    with master(mine, tmp_path) as options:
        first = seen(options)
        prepared(own_gateway)
        assert seen(options) == first == seen({})


@pytest.mark.timeout(3 * MOST_SECONDS)
def test_it_is_given_up_after_an_idle_minute(own_gateway, mine, tmp_path):
    with master(mine, tmp_path) as options:
        mine.ssh("true", options=options).ok()
        prepared(own_gateway)
        waiting.until(lambda: not own_gateway.pids(SESSIOND), MOST_SECONDS, "it is given up")
        # And there is another when it is needed.
        assert mine.ssh("exit 7", options=options).status == 7
        prepared(own_gateway)


def test_it_goes_with_its_box(own_gateway, mine, own_box, tmp_path):
    with master(mine, tmp_path) as options:
        mine.ssh("true", options=options).ok()
        prepared(own_gateway)
        own_box.remove()
        waiting.until(lambda: not own_gateway.pids(SESSIOND), 15, "it goes")
        assert mine.ssh("true", options={**options, "ProxyCommand": "false"}).status == 255


def test_it_may_have_ended_meanwhile(own_gateway, mine, tmp_path):
    """As when the kernel ends it for want of memory."""
    with master(mine, tmp_path) as options:
        mine.ssh("true", options=options).ok()
        [waits] = prepared(own_gateway)
        processes.kill(waits)
        waiting.until(lambda: not processes.alive(waits), 10, "it ends")
        assert mine.ssh("exit 5", options=options).status == 5


def test_what_it_is_forked_from_may_have_ended(own_gateway, mine, tmp_path):
    with master(mine, tmp_path) as options:
        for status in (3, 4):
            mine.ssh("true", options=options).ok()
            prepared(own_gateway)
            [zygote] = own_gateway.zygotes()
            processes.kill(zygote)
            waiting.until(lambda: not own_gateway.zygotes(), 10, "it ends")
            assert mine.ssh(f"exit {status}", options=options).status == status
            waiting.until(lambda: set(own_gateway.zygotes()) - {zygote}, 15, "there is another")
