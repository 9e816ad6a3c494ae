"""A helper or a session's process that was taken over: the monitor ends it when it breaks the contract,
and what it claims within the contract does not lead out of the boxes."""

import os
import random
import struct
import subprocess

import pytest

from harness import keys, played_connection, played_helper, waiting
from harness.cgroup import Cgroup
from harness.gateway import (AUDIT, CONNECTION, FILE_READER, KEYRING, KUBERNETES, LISTENER, RESOLVER,
                             SESSIOND, Gateway)
from harness.played_connection import field, message_types
from harness.played_helper import ADMIT, receive, send

TYPES = message_types("resolver")
CONTAINER_ID = "5a" * 32


def played(tmp_path, node, user_key, program):
    gateway = played_connection.programs(tmp_path / "bin", program, "played_helper.c")
    tmp_path.chmod(0o711)
    helper = played_helper.PlayedHelper(tmp_path / "bin", program)
    return helper, Gateway(tmp_path / "gateway", node, keys.public_half(user_key), gateway)


def noise(seed):
    return random.Random(seed).randbytes(100)


@pytest.mark.parametrize("packet, descriptors", [
    (None, ()), (ADMIT[:-1], ()), (ADMIT + b"\0", ()), (b"\0", ()), (noise(1), ()), (ADMIT, (0,)),
    (bytes(200_000), ()), (struct.pack("<I", 999) + ADMIT[4:], ()),
], ids=("hangs up", "short", "long", "no type", "noise", "descriptor", "large", "type"))
def test_a_listener_that_breaks_the_contract(tmp_path, node, user_key, packet, descriptors):
    helper, gateway = played(tmp_path, node, user_key, LISTENER)
    try:
        with gateway:
            played_helper.begin_listener(helper.take())
            first = gateway.one(LISTENER)
            descriptors_before = len(os.listdir(f"/proc/{gateway.pid}/fd"))
            if packet is None:
                helper.close_channel()
            else:
                send(helper.channel, packet, descriptors)
            waiting.until(lambda: first not in gateway.pids(LISTENER), 10, "the listener is ended")
            played_helper.begin_listener(helper.take())
            [connection] = played_helper.admit(helper.channel)
            connection.close()
            waiting.until(lambda: len(os.listdir(f"/proc/{gateway.pid}/fd")) == descriptors_before,
                          10, "no descriptor is left")
    finally:
        helper.close()


def looked_up(request_id, pid, failure=0, cgroup=""):
    """BoxLookedUp that claims the process for a container."""
    return (struct.pack("<IQIi", TYPES["BoxLookedUp"], request_id, failure, pid)
            + field(CONTAINER_ID.encode()) + field(b"ns") + field(b"pod")
            + field(b"uid") + field(b"box")
            + struct.pack("<I?I", 0o22, False, 0)
            # A record of nothing else.
            + struct.pack("<3I5Q?I?i3I", *[0] * 15) + field(b"") * 2 + field(cgroup.encode())
            # No containers to choose from, and no server to tell of.
            + struct.pack("<I?Q", 0, False, 0))


@pytest.fixture(name="resolver")
def played_resolver(tmp_path, node, user_key):
    helper, gateway = played(tmp_path, node, user_key, RESOLVER)
    try:
        with gateway:
            helper.gateway = gateway
            assert receive(helper.take())[0][:4] == struct.pack("<I", TYPES["ResolverSettings"])
            yield helper
    finally:
        helper.close()


def ask(resolver, client):
    """Starts a client; the id of the lookup that the monitor asks for."""
    running = client.start("echo entered; id")
    packet, _ = receive(resolver.channel)
    kind, request_id = struct.unpack("<IQ", packet[:12])
    assert kind == TYPES["LookUpBox"]
    return running, request_id


def answer(resolver, packet):
    environment = os.memfd_create("environment")
    try:
        send(resolver.channel, packet, [environment])
    finally:
        os.close(environment)


@pytest.mark.parametrize("victim", ["the host's first process", "the monitor",
                                    "one in a cgroup of that name"])
def test_a_resolver_that_names_a_process_of_the_host(resolver, connect, node, victim):
    """sessiond enters none of them, and the client is told a plain sentence."""
    gateway = resolver.gateway
    path = f"{node.unique_cgroup()}/{CONTAINER_ID}"
    cgroup = Cgroup(path)
    sleeper = subprocess.Popen(["sleep", "60"])  # pylint: disable=consider-using-with
    try:
        cgroup.procs_file.write_text(str(sleeper.pid), encoding="ascii")
        pid = {"the host's first process": 1, "the monitor": gateway.pid}.get(victim, sleeper.pid)
        running, request_id = ask(resolver, connect(gateway, "demo--box1"))
        try:
            answer(resolver, looked_up(request_id, pid, cgroup=path))
            out, errors = running.communicate(b"", timeout=30)
        finally:
            running.kill()
        assert b"entered" not in out and running.returncode != 0
        assert errors
        gateway.wait_for_log("sessiond.*refused to enter")
        waiting.until(lambda: not gateway.pids(SESSIOND), 30, "sessiond ends")
    finally:
        sleeper.kill()
        sleeper.wait()
        cgroup.remove()


@pytest.mark.parametrize("answer_to", [
    lambda number: (looked_up(number, -1), 1), lambda number: (looked_up(number, 1), 0),
    lambda number: (looked_up(number, 1), 2),
    lambda number: (looked_up(number, 1)[:-1], 1), lambda number: (looked_up(number, 1) + b"\0", 1),
    lambda number: (looked_up(number, 1, 5000), 0), lambda number: (noise(2), 0),
], ids=("pid", "no descriptor", "descriptors", "short", "long", "failure", "noise"))
def test_a_resolver_that_breaks_the_contract(resolver, connect, answer_to):
    """It is ended, and the question goes to the next one."""
    client = connect(resolver.gateway, "demo--box1")
    first = resolver.gateway.one(RESOLVER)
    running, request_id = ask(resolver, client)
    try:
        packet, descriptors = answer_to(request_id)
        send(resolver.channel, packet, [0] * descriptors)
        waiting.until(lambda: first not in resolver.gateway.pids(RESOLVER), 10, "it is ended")
        assert receive(resolver.take())[0][:4] == struct.pack("<I", TYPES["ResolverSettings"])
        assert struct.unpack("<IQ", receive(resolver.channel)[0][:12]) == (TYPES["LookUpBox"],
                                                                           request_id)
    finally:
        running.kill()
        running.communicate()


def test_a_resolver_that_answers_what_nobody_asked(resolver, connect):
    """Nothing comes of it, and it is ended."""
    first = resolver.gateway.one(RESOLVER)
    running, request_id = ask(resolver, connect(resolver.gateway, "demo--box1"))
    try:
        answer(resolver, looked_up(request_id + 1, 1))
        waiting.until(lambda: first not in resolver.gateway.pids(RESOLVER), 10, "it is ended")
        resolver.gateway.wait_for_log("an answer to what it was not asked")
        assert running.poll() is None
    finally:
        running.kill()
        running.communicate()


# What a keyring may say, but for the descriptors; to the others' channels it is a message of another.
FETCH_FAILED = struct.pack("<III", message_types("keyring")["GithubFailure"], 0, 0)
EVERY_PROCESS = {"ZOMG_SSH_GITHUB_USERS": "nobody", "ZOMG_SSH_GITHUB_URL": "https://127.0.0.1:1"}
KUBECONFIG = """
{apiVersion: v1, kind: Config, current-context: here,
 contexts: [{name: here, context: {cluster: nowhere, user: me}}],
 clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}],
 users: [{name: me, user: {token: secret}}]}
"""


@pytest.mark.parametrize("program", [AUDIT, KEYRING, KUBERNETES])
@pytest.mark.parametrize("packet, descriptors", [
    (b"\0", ()), (noise(3), ()), (bytes(200_000), ()), (ADMIT, ()), (FETCH_FAILED, (0, 0))],
    ids=("no type", "noise", "large", "another's message", "descriptors"))
def test_a_helper_that_breaks_the_contract(tmp_path, node, box, user_key, connect, program, packet,
                                           descriptors):
    """It is ended and started again; logins go on, and no descriptor is left."""
    gateway_program = played_connection.programs(tmp_path / "bin", program, "played_helper.c")
    tmp_path.chmod(0o711)
    helper = played_helper.PlayedHelper(tmp_path / "bin", program)
    (tmp_path / "kubeconfig").write_text(KUBECONFIG, encoding="ascii")
    try:
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), gateway_program,
                     KUBECONFIG=str(tmp_path / "kubeconfig"), **EVERY_PROCESS) as gateway:
            helper.take()
            first = gateway.one(program)
            before = len(os.listdir(f"/proc/{gateway.pid}/fd"))
            send(helper.channel, packet, descriptors)
            waiting.until(lambda: first not in gateway.pids(program), 10, "it is ended")
            gateway.wait_for_log(f"{program}( broke the contract|: a packet over the bound)")
            helper.take()
            assert connect(gateway, box.login, ConnectTimeout="30").ssh("exit 9").status == 9
            waiting.until(lambda: len(os.listdir(f"/proc/{gateway.pid}/fd")) <= before, 10,
                          "no descriptor is left")
    finally:
        helper.close()


FILE_LOOKED = struct.pack("<IB", message_types("file")["FileLooked"], 0)


@pytest.mark.parametrize("program, packet", [(KEYRING, FETCH_FAILED), (FILE_READER, FILE_LOOKED)])
def test_a_helper_that_says_without_end_what_it_may(tmp_path, node, user_key, program, packet):
    """It is ended: the monitor has better to do than to listen to it."""
    gateway_program = played_connection.programs(tmp_path / "bin", program, "played_helper.c")
    tmp_path.chmod(0o711)
    (tmp_path / "keys").write_text(keys.public_half(user_key) + "\n", encoding="ascii")
    helper = played_helper.PlayedHelper(tmp_path / "bin", program)
    try:
        with Gateway(tmp_path / "gateway", node, None, gateway_program,
                     ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(tmp_path / "keys"),
                     **EVERY_PROCESS) as gateway:
            helper.take()
            first = gateway.one(program)
            sent = 0
            while sent < 20_000 and send(helper.channel, packet):
                sent += 1
            print("sent", sent)
            waiting.until(lambda: first not in gateway.pids(program), 10, "it is ended")
            gateway.wait_for_log(f"{program} broke the contract")
    finally:
        helper.close()


def test_a_session_that_enters_without_end(tmp_path, node, box, user_key, connect):
    """Its process is heard once."""
    program = played_connection.programs(tmp_path / "bin", SESSIOND, "entering_session.c")
    tmp_path.chmod(0o711)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program) as gateway:
        running = connect(gateway, box.login).start("true")
        try:
            gateway.wait_for_log("its process broke the contract", seconds=30)
        finally:
            running.kill()
            running.communicate()


def no_session_comes_of_it(gateway, client):
    """Of 21 that a hostile sessiond has, each client hears so, and no descriptor is left."""
    assert client.ssh("true").status == 255
    waiting.until(lambda: not gateway.pids(CONNECTION), 10, "the first connection is gone")
    before = len(os.listdir(f"/proc/{gateway.pid}/fd"))
    for _ in range(20):
        assert client.ssh("true").status == 255
    waiting.until(lambda: len(os.listdir(f"/proc/{gateway.pid}/fd")) <= before, 10, "no descriptor is left")


def test_a_session_that_says_what_it_likes(tmp_path, node, box, user_key, connect):
    """It is none, its client hears so, and nothing of it is left."""
    program = played_connection.programs(tmp_path / "bin", SESSIOND, "hostile_session.c")
    tmp_path.chmod(0o711)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program) as gateway:
        no_session_comes_of_it(gateway, connect(gateway, box.login))
        assert not gateway.pids(SESSIOND)
        gateway.wait_for_log("its process broke the contract")
        # Each was heard until it broke the contract, and no further.
        assert gateway.log().count("its process broke the contract") <= 21


def test_a_zygote_that_says_what_it_likes(tmp_path, node, box, user_key, connect):
    """No session comes of it, its client hears so, and nothing of it is left."""
    program = played_connection.programs(tmp_path / "bin", SESSIOND, "hostile_zygote.c")
    tmp_path.chmod(0o711)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program) as gateway:
        no_session_comes_of_it(gateway, connect(gateway, box.login))
        waiting.until(lambda: not gateway.pids(SESSIOND), 10, "all have ended")
        gateway.wait_for_log("what the sessions of a connection are forked from broke the contract")
