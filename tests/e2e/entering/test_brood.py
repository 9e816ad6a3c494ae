"""A program makes children of its parent's (clone(2) CLONE_PARENT), and so the gateway's."""

import os

import pytest

from harness import attacker, container_cgroup, processes, waiting
from harness.gateway import MONITOR

CHILDREN = 1000
# All that an attack here may take of the machine's process numbers.
MOST = 2000


def children(pid):
    """Of a process, zombies included."""
    return [one for one in processes.all_pids()
            if processes.status(one).get("PPid") == str(pid)]


@pytest.fixture
def brood(own_box, tmp_path):
    pod = container_cgroup.directory(own_box.container.pid, "pids").parent
    (pod / "pids.max").write_text(str(MOST))
    attacker.put(own_box, "/volumes/brood", attacker.build(tmp_path, "brood"))


def end_all(box):
    for pid in box.running("/brood"):
        processes.kill(pid)
    return not box.running("/brood")


@pytest.mark.usefixtures("brood")
def test_a_session_reaps_them(own_gateway, own_box, connect):
    with connect(own_gateway, own_box.login).start(f"exec /brood {CHILDREN}") as session:
        try:
            assert session.stdout.readline() == b"made\n"
            [supervisor] = waiting.until(own_gateway.sessions, 15, "it is supervised")
            waiting.until(lambda: len(children(supervisor)) == 1, 15,
                          lambda: f"{len(children(supervisor))} children of sessiond")
            session.stdin.close()
            assert session.wait(15) == 0
        finally:
            session.kill()


@pytest.mark.usefixtures("brood")
def test_the_supervisor_has_time_for_others(own_gateway, own_box, box, connect):
    """One that outlives its session goes on as a child of the gateway's first process."""
    mine = connect(own_gateway, own_box.login)
    try:
        for _ in range(os.cpu_count()):
            assert mine.ssh("/brood forever").ok().text == "made\n"
        waiting.until(lambda: not own_gateway.sessions(), 15, "the sessions have ended")
        killed = own_gateway.pid
        own_gateway.kill(killed)
        waiting.until(lambda: killed not in own_gateway.pids(MONITOR), 15, "it is dead")
        assert connect(own_gateway, box.login).ssh("exit 9", timeout=60).status == 9
        own_gateway.process.terminate()
        own_gateway.process.wait(30)
    finally:
        waiting.until(lambda: end_all(own_box), 15, "nobody makes more")
