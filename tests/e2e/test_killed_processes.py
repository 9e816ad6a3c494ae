"""kill -9 of any process that a session does not consist of: the session goes on."""

import hashlib
import signal

import pytest

from harness import keys, processes, terminal, waiting
from harness.gateway import LISTENER, RESOLVER, Gateway
from test_control_master import master


class Conversation:
    """A session that answers; data goes both ways."""

    def __init__(self, session):
        self._session = session
        self._number = 0

    def goes_on(self):
        self._number += 1
        line = f"line {self._number} ".encode() + b"x" * 5000 + b"\n"
        self._session.stdin.write(line)
        self._session.stdin.flush()
        assert self._session.stdout.readline() == line

    def ends_well(self):
        out, _ = self._session.communicate(timeout=15)
        assert (out, self._session.returncode) == (b"the end\n", 42)


@pytest.fixture
def conversation(own_gateway, box, connect):
    mine = connect(own_gateway, box.login)
    with mine.start("cat; echo the end; exit 42") as session:
        try:
            talk = Conversation(session)
            talk.goes_on()
            yield talk
        finally:
            session.kill()


@pytest.mark.parametrize("program", [LISTENER, RESOLVER])
def test_helper(own_gateway, conversation, box, connect, program):
    killed = own_gateway.one(program)
    own_gateway.kill(killed)
    waiting.until(lambda: not processes.alive(killed), 5, "it is dead")
    conversation.goes_on()
    # It is started again, and all works as before.
    waiting.until(lambda: own_gateway.pids(program) not in ([], [killed]), 10, "it is back")
    mine = connect(own_gateway, box.login)
    waiting.until(lambda: mine.ssh("exit 9").status == 9, 15, "new logins work")
    conversation.goes_on()
    conversation.ends_well()


def test_helpers_again_and_again(own_gateway, box, connect):
    mine = connect(own_gateway, box.login)
    for program in (LISTENER, RESOLVER, LISTENER, RESOLVER):
        own_gateway.kill(own_gateway.one(program))
        waiting.until(lambda: mine.ssh("exit 9").status == 9, 20, "new logins work")


def test_monitor(own_gateway, conversation, box, connect):
    own_gateway.kill(own_gateway.pid)
    own_gateway.process.wait(5)
    conversation.goes_on()
    # The helpers do not outlive it.
    for program in (LISTENER, RESOLVER):
        waiting.until(lambda: not own_gateway.pids(program), 10, f"{program} ends")
    conversation.goes_on()
    assert connect(own_gateway, box.login).ssh("true").status == 255
    conversation.ends_well()


def test_monitor_dies_and_a_new_gateway_takes_the_port(own_gateway, conversation, box, connect,
                                                        user_key, node, tmp_path):
    own_gateway.kill(own_gateway.pid)
    own_gateway.process.wait(5)
    waiting.until(lambda: not own_gateway.pids(LISTENER), 10, "the listener ends")
    with Gateway(tmp_path / "new", node, keys.public_half(user_key),
                 ZOMG_SSH_LISTEN=f"127.0.0.1:{own_gateway.port}",
                 ZOMG_SSH_HOST_KEY_PATH=str(own_gateway.host_key)):
        assert connect(own_gateway, box.login).ssh("exit 9").status == 9
        conversation.goes_on()
    conversation.ends_well()


def test_monitor_with_a_terminal(own_gateway, box, connect):
    with terminal.shell(connect(own_gateway, box.login)) as screen:
        screen.expect(r"[#$] ")
        own_gateway.kill(own_gateway.pid)
        own_gateway.process.wait(5)
        screen.resize(33, 111)
        screen.send("stty size; exit 5\n")
        screen.expect("33 111")
        assert screen.wait() == 5


def test_monitor_dies_and_the_client_vanishes(own_gateway, own_box, connect):
    """Nothing is left in the box, with nobody but sessiond to see to it."""
    mine = connect(own_gateway, own_box.login)
    with mine.start("sleep 123454321") as session:
        try:
            waiting.until(lambda: own_box.running("123454321"), 15, "it runs")
            own_gateway.kill(own_gateway.pid)
            own_gateway.process.wait(5)
        finally:
            session.kill()
    waiting.until(lambda: not own_box.running("123454321"), 15, "it is gone")


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_containerd(own_node, user_key, connect, tmp_path):
    with own_node.box("demo", "box1") as box, \
            Gateway(tmp_path / "gateway", own_node, keys.public_half(user_key)) as gateway:
        mine = connect(gateway, box.login)
        with mine.start("cat; echo the end; exit 42") as session:
            try:
                talk = Conversation(session)
                talk.goes_on()
                killed = own_node.instance.daemon_pid
                processes.kill(killed, signal.SIGKILL)
                waiting.until(lambda: not processes.alive(killed), 5, "containerd is dead")
                talk.goes_on()
                refused = mine.ssh("true", timeout=40)
                assert refused.status == 255 and "could not look the box up" in refused.errors
                own_node.up()
                waiting.until(lambda: mine.ssh("exit 9").status == 9, 20, "new logins work")
                talk.goes_on()
                talk.ends_well()
            finally:
                session.kill()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_sessions_of_a_known_connection_need_no_containerd(own_node, user_key, connect, tmp_path):
    with own_node.box("demo", "box1") as box, \
            Gateway(tmp_path / "gateway", own_node, keys.public_half(user_key)) as gateway:
        mine = connect(gateway, box.login)
        with master(mine, tmp_path) as options:
            mine.ssh("true", options=options).ok()
            killed = own_node.instance.daemon_pid
            processes.kill(killed, signal.SIGKILL)
            waiting.until(lambda: not processes.alive(killed), 5, "containerd is dead")
            assert mine.ssh("exit 6", options=options).status == 6
        own_node.up()


def test_bulk_transfer_survives_all_of_it(own_gateway, box, connect, bulk):
    mine = connect(own_gateway, box.login)
    command = "echo ready >&2; sha256sum"
    with open(bulk, "rb") as file, mine.start(command, stdin=file) as session:
        try:
            session.stderr.readline()
            for program in (RESOLVER, LISTENER):
                own_gateway.kill(own_gateway.one(program))
            own_gateway.kill(own_gateway.pid)
            out, _ = session.communicate(timeout=60)
        finally:
            session.kill()
    assert out.split()[0].decode() == hashlib.sha256(bulk.read_bytes()).hexdigest()
