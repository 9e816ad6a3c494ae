"""kill -9 of the monitor: sessions go on, and it is started again."""

import hashlib
import os
import re
import subprocess
import time

import pytest

from harness import keys, processes, sanitizers, terminal, waiting
from harness.gateway import CONNECTION, LISTENER, LOG, MONITOR, RESOLVER, Gateway


def kill_monitor(gateway):
    killed = gateway.pid
    gateway.kill(killed)
    waiting.until(lambda: not processes.alive(killed), 5, "it is dead")
    return killed


def test_sessions_go_on_and_new_logins_work(own_gateway, conversation, box, connect):
    killed = kill_monitor(own_gateway)
    conversation.goes_on()
    # Nobody is refused: who comes meanwhile waits.
    assert connect(own_gateway, box.login).ssh("exit 9").status == 9
    assert own_gateway.pid != killed
    conversation.goes_on()
    conversation.ends_well()


def test_a_new_login_works_within_a_second(own_gateway, box, connect):
    """A second more than a login takes on this machine now; the best of three tries."""
    mine = connect(own_gateway, box.login)

    def login():
        started = time.monotonic()
        mine.ssh("true").ok()
        return time.monotonic() - started

    usual = min(login() for _ in range(3))
    delays = []
    for _ in range(3):
        own_gateway.kill(own_gateway.pid)
        delays.append(login() - usual)
        if delays[-1] < 1 * sanitizers.PATIENCE:
            return
    pytest.fail(f"an ordinary login takes {usual} s; after a crash it took so much more: {delays}")


def test_again_and_again(own_gateway, conversation, box, connect):
    mine = connect(own_gateway, box.login)
    for _ in range(3):
        kill_monitor(own_gateway)
        waiting.until(lambda: mine.ssh("exit 9").status == 9, 20, "new logins work")
        conversation.goes_on()
    conversation.ends_well()


def test_helpers_end_with_their_monitor(own_gateway, conversation):
    before = {program: own_gateway.one(program) for program in (LISTENER, RESOLVER)}
    kill_monitor(own_gateway)
    for program, pid in before.items():
        waiting.until(lambda: not processes.alive(pid), 10, f"the old {program} ends")
        waiting.until(lambda: own_gateway.pids(program), 10, f"there is a new {program}")
    conversation.goes_on()


def test_terminal_and_transfer(own_gateway, box, connect, bulk, tmp_path):
    """What people do most, while the monitor is killed: both end as if nothing had been."""
    mine = connect(own_gateway, box.login)
    mine.sftp(f"put {bulk} /tmp/killed-monitor\n").ok()
    copy = tmp_path / "copy"
    with terminal.shell(connect(own_gateway, box.login)) as screen:
        screen.expect(r"[#$] ")
        with mine.start("cat /tmp/killed-monitor; sleep 1; exit 7") as transfer:
            try:
                first = transfer.stdout.read(1 << 20)
                kill_monitor(own_gateway)
                copy.write_bytes(first + transfer.stdout.read())
                transfer.wait(30)
            finally:
                transfer.kill()
        assert transfer.returncode == 7
        screen.resize(33, 111)
        # The client says so when it has heard of it, which may be after what is typed.
        screen.send("until stty size | grep '33 111'; do sleep 0.05; done; exit 5\n")
        screen.expect(r"[\r\n]33 111\r\n")
        assert screen.wait() == 5
    digests = {hashlib.sha256(file.read_bytes()).digest() for file in (copy, bulk)}
    assert len(digests) == 1
    mine.sh("rm /tmp/killed-monitor")


def test_sftp_transfer(own_gateway, box, connect, bulk, tmp_path):
    mine = connect(own_gateway, box.login)
    batch = tmp_path / "batch"
    batch.write_text(f"put {bulk} /tmp/sftp-killed\nget /tmp/sftp-killed {tmp_path}/back\n"
                     "rm /tmp/sftp-killed\n", encoding="utf-8")
    with subprocess.Popen(mine.command("sftp", "-b", batch, "box"), env=mine.environment,
                          stdout=subprocess.DEVNULL) as transfer:
        try:
            waiting.until(own_gateway.sessions, 15, "it runs")
            kill_monitor(own_gateway)
            transfer.wait(60)
        finally:
            transfer.kill()
    assert transfer.returncode == 0
    assert (tmp_path / "back").read_bytes() == bulk.read_bytes()


def test_the_client_vanishes(own_gateway, own_box, connect):
    """Nothing is left in the box, with nobody but sessiond to see to it."""
    mine = connect(own_gateway, own_box.login)
    with mine.start("sleep 123454321") as session:
        try:
            waiting.until(lambda: own_box.running("123454321"), 15, "it runs")
            kill_monitor(own_gateway)
        finally:
            session.kill()
    waiting.until(lambda: not own_box.running("123454321"), 15, "it is gone")


def children(pid):
    """Of a process, zombies included."""
    return [one for one in processes.all_pids()
            if processes.status(one).get("PPid") == str(pid)]


def test_what_is_left_behind_is_reaped(own_gateway, conversation):
    [connection] = own_gateway.pids(CONNECTION)
    [session] = own_gateway.sessions()
    kill_monitor(own_gateway)
    supervisor = own_gateway.process.pid
    waiting.until(lambda: {connection, session} <= set(children(supervisor)), 10, "it has them")
    conversation.ends_well()
    log = own_gateway.one(LOG)
    waiting.until(lambda: set(children(supervisor)) == {own_gateway.pid, log}, 10,
                  lambda: f"{children(supervisor)} are left")


def test_drain_waits_for_what_is_left_behind(own_gateway, conversation, box, connect):
    kill_monitor(own_gateway)
    own_gateway.wait_for_log("(?s)listening on.*listening on", seconds=20)
    own_gateway.process.terminate()
    waiting.until(lambda: not own_gateway.pids(MONITOR), 15, "the monitor has nothing to wait for")
    conversation.goes_on()
    assert own_gateway.process.poll() is None
    assert connect(own_gateway, box.login).ssh("true").status == 255
    conversation.ends_well()
    assert own_gateway.process.wait(15) == 0


def test_deadline_of_what_is_left_behind(node, user_key, box, connect, tmp_path):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_DRAIN_SECS="1") as gateway:
        with connect(gateway, box.login).start("echo ready; cat") as session:
            try:
                session.stdout.readline()
                kill_monitor(gateway)
                gateway.wait_for_log("(?s)listening on.*listening on", seconds=20)
                gateway.process.terminate()
                errors = session.stderr.read()
                session.wait(15)
            finally:
                session.kill()
        assert session.returncode == 255
        assert b"The gateway is being stopped" in errors
        assert gateway.process.wait(20) == 0


def test_a_second_signal_ends_at_once(own_gateway, conversation):
    own_gateway.process.terminate()
    own_gateway.wait_for_log("stopping")
    own_gateway.process.terminate()
    own_gateway.process.wait(10)
    conversation.goes_on()
    conversation.ends_well()


@sanitizers.other_build
def test_the_supervisor_knows_no_secret(own_gateway):
    assert not processes.memory_contains(own_gateway.process.pid,
                                         keys.private_seed(own_gateway.host_key))


def test_the_supervisor_has_next_to_nothing(own_gateway):
    seen = processes.status(own_gateway.process.pid)
    assert (seen["CapEff"], seen["Threads"]) == (f"{1 << 5:016x}", "1")
    assert os.stat(f"/proc/{own_gateway.process.pid}/mem").st_uid == 0
    opened = [os.readlink(f"/proc/{own_gateway.process.pid}/fd/{fd}")
              for fd in os.listdir(f"/proc/{own_gateway.process.pid}/fd")]
    strange = [name for name in opened
               if not re.match(r"socket:|anon_inode:|/dev/null|.*gateway\.log|.*/zomg-ssh-log$", name)]
    assert strange == []


def test_a_setting_that_went_bad_does_not_end_the_gateway(own_gateway, conversation, box, connect):
    """Only the first start is given up when something is wrong: later there are sessions."""
    kept = own_gateway.host_key.read_bytes()
    own_gateway.host_key.write_bytes(b"no key\n")
    kill_monitor(own_gateway)
    own_gateway.wait_for_log("the monitor ended with exit status 1", seconds=20)
    conversation.goes_on()
    own_gateway.host_key.write_bytes(kept)
    assert connect(own_gateway, box.login).ssh("exit 9", timeout=60).status == 9
    conversation.ends_well()
