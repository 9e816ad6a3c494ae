"""kill -9 of any process that a session does not consist of: the session goes on."""

import hashlib
import os
import re
import signal

import pytest

from harness import keys, processes, waiting
from harness.conversation import Conversation
from harness.gateway import (AUDIT, CONNECTION, KEYRING, LISTENER, METRICS, MONITOR, RESOLVER, SESSIOND,
                             Gateway, free_port)
from harness.control_master import master


@pytest.mark.parametrize("program", [LISTENER, RESOLVER, AUDIT])
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


def kill_supervisor(gateway):
    gateway.process.kill()
    gateway.process.wait(5)


def test_supervisor(own_gateway, conversation, box, connect):
    """Nothing serves without it but the sessions that run."""
    kill_supervisor(own_gateway)
    conversation.goes_on()
    for program in (MONITOR, LISTENER, RESOLVER, AUDIT):
        waiting.until(lambda: not own_gateway.pids(program), 10, f"{program} ends")
    conversation.goes_on()
    assert connect(own_gateway, box.login).ssh("true").status == 255
    conversation.ends_well()


def test_supervisor_dies_and_a_new_gateway_takes_the_port(own_gateway, conversation, box, connect,
                                                          user_key, node, tmp_path):
    kill_supervisor(own_gateway)
    for program in (MONITOR, LISTENER):
        waiting.until(lambda: not own_gateway.pids(program), 10, f"{program} ends")
    with Gateway(tmp_path / "new", node, keys.public_half(user_key),
                 ZOMG_SSH_LISTEN=f"127.0.0.1:{own_gateway.port}",
                 ZOMG_SSH_HOST_KEY_PATH=str(own_gateway.host_key)):
        assert connect(own_gateway, box.login).ssh("exit 9").status == 9
        conversation.goes_on()
    conversation.ends_well()


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
            kill_supervisor(own_gateway)
            out, _ = session.communicate(timeout=60)
        finally:
            session.kill()
    assert out.split()[0].decode() == hashlib.sha256(bulk.read_bytes()).hexdigest()


def test_a_client_that_is_killed_while_its_session_starts(own_gateway, box, connect, tmp_path):
    """It is no error of the gateway."""
    client = connect(own_gateway, box.login)
    since = own_gateway.log_size()
    with master(client, tmp_path) as options:
        [session] = waiting.until(own_gateway.prepared_sessions, 10, "it is prepared")
        os.kill(session, signal.SIGSTOP)
        with client.start("true", options=options) as command:
            own_gateway.wait_for_log("session 1 exec")
            command.kill()
    waiting.until(lambda: not own_gateway.pids(CONNECTION), 10, "the connection's process ends")
    os.kill(session, signal.SIGCONT)
    own_gateway.wait_for_log("info zomg-ssh-sessiond.*the client left before its session began")
    waiting.until(lambda: not own_gateway.pids(SESSIOND), 10, "it ends")
    own_gateway.stop()
    assert not [line for line in own_gateway.log()[since:].splitlines()
                if re.search("Z (error|warning) ", line) and "supervisor is gone" not in line]


def test_every_process_has_its_name(node, user_key, box, connect, tmp_path):
    """As ps and top show it: they are started by descriptor, whose number would be the name."""
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{free_port()}", ZOMG_SSH_GITHUB_USERS="alice",
                 ZOMG_SSH_GITHUB_URL="https://127.0.0.1:1") as gateway:
        with connect(gateway, box.login).start("echo in; cat") as session:
            assert session.stdout.readline() == b"in\n"
            for program in (MONITOR, LISTENER, CONNECTION, RESOLVER, KEYRING, AUDIT, METRICS, SESSIOND):
                for pid in gateway.pids(program):
                    name = processes.read(pid, "comm").decode().strip()
                    assert len(name) > 8 and program.startswith(name), program
            session.kill()
