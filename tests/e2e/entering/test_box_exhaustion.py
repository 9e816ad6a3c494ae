"""A box that uses up what it has, or stands still: its sessions fail in time and all others go on."""

import os
import tempfile
import time

import pytest

from harness import attacker, container_cgroup, processes, waiting


# It sleeps where it cannot fork, so that what is left of the machine is the others'.
FORK_BOMB = """
import os, time
while True:
  try: os.fork()
  except OSError: time.sleep(1)
"""


def others_are_served(client):
    start = time.monotonic()
    assert client.sh("echo served") == "served\n"
    return time.monotonic() - start


def test_a_fork_bomb_in_one_box_leaves_others_alone(node, gateway, connect, client, box):
    with node.box("exhausted", "bomb") as bomb:
        pod = container_cgroup.directory(bomb.container.pid, "pids").parent
        (pod / "pids.max").write_text("64")
        own = connect(gateway, bomb.login)
        with own.start(f"python3 -c '{FORK_BOMB}'") as session:
            try:
                waiting.until(lambda: int((pod / "pids.current").read_text()) >= 60, 20, "it bombs")
                others_are_served(client)
                # What comes next there is refused, or got the one place that was free.
                done = own.ssh("echo in", timeout=40)
                assert done.status != 0 or done.text == "in\n"
                assert int((pod / "pids.current").read_text()) <= 70
                others_are_served(client)
            finally:
                session.kill()


def test_a_box_without_a_place_for_a_process_says_so(node, gateway, connect, client):
    with node.box("exhausted", "full") as box:
        pod = container_cgroup.directory(box.container.pid, "pids").parent
        (pod / "pids.max").write_text((pod / "pids.current").read_text())
        done = connect(gateway, box.login).ssh("true")
        assert done.status == 255 and "The box has as many processes as it may have" in done.errors
        others_are_served(client)


@pytest.fixture
def short_path():
    """A socket's path has room for 107 characters."""
    with tempfile.TemporaryDirectory(dir="/run") as directory:
        yield f"{directory}/s"


def test_a_box_that_does_not_read_its_terminal(client, box, short_path):
    """It fills up; sessions beside it, on the same connection too, go on."""
    with client.start("stty raw -echo; echo ready; exec sleep 600",
                      options={"RequestTTY": "force", "ControlMaster": "yes",
                               "ControlPath": short_path}) as stuck:
        try:
            stuck.stdout.read(5)
            os.set_blocking(stuck.stdin.fileno(), False)

            def full():
                try:
                    while os.write(stuck.stdin.fileno(), b"x" * 65536):
                        pass
                except BlockingIOError:
                    return True
            waiting.until(full, 20, "nothing more goes in")
            others_are_served(client)
            beside = client.ssh("echo beside", options={"ControlPath": short_path})
            assert beside.ok().text == "beside\n"
        finally:
            stuck.kill()


@pytest.fixture
def frozen(node):
    with node.box("exhausted", "frozen") as box:
        freezer = container_cgroup.Freezer(box.container.pid)
        try:
            yield box, freezer
        finally:
            freezer.thaw()


def test_a_frozen_box_is_refused_at_once(frozen, gateway, connect, client):
    box, freezer = frozen
    own = connect(gateway, box.login)
    own.sh("true")
    freezer.freeze()
    start = time.monotonic()
    done = own.ssh("true", timeout=15)
    assert done.status == 255 and "The box is paused" in done.errors
    assert time.monotonic() - start < 10
    others_are_served(client)
    freezer.thaw()
    assert own.sh("echo again") == "again\n"


def test_a_box_that_freezes_between_two_sessions(frozen, gateway, connect, client, short_path):
    """The second one's process is in the box's cgroup already, and stands still with it."""
    box, freezer = frozen
    own = connect(gateway, box.login, ControlMaster="auto", ControlPersist="yes",
                  ControlPath=short_path)
    try:
        own.sh("true")
        freezer.freeze()
        done = own.ssh("true", timeout=30)
        assert done.status == 255 and "The box is paused" in done.errors
        others_are_served(client)
        freezer.thaw()
        assert own.sh("echo again") == "again\n"
    finally:
        own.run("ssh", "-O", "exit", "box")


def test_a_box_with_10000_mounts(node, gateway, connect, client):
    with node.box("exhausted", "mounts", privileged=True) as box:
        own = connect(gateway, box.login)
        # Each round binds all that there are anew: 2 to the power of 14.
        code, out, err = node.instance.exec(
            box.container.id, ["/bin/sh", "-ec", """
              mkdir /volumes/many; mount -t tmpfs none /volumes/many; mkdir /volumes/many/more
              for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
                mount -o rbind /volumes/many /volumes/many/more
              done"""], timeout=120)
        assert code == 0, (out, err)
        mounts = processes.read(box.container.pid, "mountinfo").count(b"\n")
        assert mounts >= 10000
        start = time.monotonic()
        assert own.sh("echo in; tty", flags=["-tt"], timeout=30).startswith("in")
        assert time.monotonic() - start < 15
        others_are_served(client)
