"""Much the kernel counts by user, on the whole host. Root of a box without a user namespace is root's user
there, and can become every account of the gateway. What it uses up of them hurts nobody. It can also find
out the number that a process has for itself, by trying all: that buys it one hiccup."""

import contextlib
import os
import pathlib
import pwd
import signal

import pytest

from harness import attacker, keys, paths, process_facts, processes, terminal, waiting
from harness.api_server import ApiServer
from harness.client import Client
from harness.conversation import Conversation
from harness.gateway import FILE_READER, LISTENER, MONITOR, RECORDER, RESOLVER, Gateway

pytestmark = [pytest.mark.timeout(180), pytest.mark.alone]

FILES = 256
PROCESSES = 100
ACCOUNTS = ("root", "zomg-ssh", "zomg-ssh-resolver", "zomg-ssh-recorder", "zomg-ssh-kubernetes",
            "zomg-ssh-kubectl", "zomg-ssh-session", "zomg-ssh-metrics")


@pytest.fixture(scope="module", name="directory")
def directory_of_the_gateway(tmp_path_factory):
    """With a gateway whose limits a box reaches easily: without, a box takes what it may have itself."""
    directory = tmp_path_factory.mktemp("counted")
    directory.chmod(0o711)
    (directory / "recordings").mkdir(mode=0o700)
    os.chown(directory / "recordings", pwd.getpwnam(RECORDER).pw_uid, -1)
    (directory / "revoked").touch()
    program = directory / "program"
    program.write_text(f"#!/bin/sh\nexec prlimit --nofile={FILES}:{FILES} --nproc={PROCESSES}:{PROCESSES} "
                       f"setpriv --bounding-set -sys_resource '{paths.GATEWAY}' \"$@\"\n", encoding="ascii")
    program.chmod(0o755)
    return directory


@pytest.fixture(scope="module", name="other_key")
def key_to_be_revoked(directory):
    (directory / "other").mkdir()
    return keys.make_user_key(directory / "other")


@pytest.fixture(scope="module", name="flood")
def hostile_box(directory, node):
    """A function by which a box uses up what users may have: flood([(uid, what, how many)])."""
    with node.box("hostile", "box1") as hostile:
        attacker.put(hostile, "/flood", attacker.build(directory, "flood"))
        said = pathlib.Path(f"{attacker.root_of(hostile)}/said")
        said.touch()

        def run(orders):
            full = said.read_text() + "full\n" * len(orders)
            for order in orders:
                command = " ".join(map(str, ("/flood", *order)))
                code, _, err = node.instance.exec(
                    hostile.container.id, ["/bin/sh", "-c", f"{command} </dev/null >>/said 2>&1 &"])
                assert code == 0, err
            waiting.until(lambda: said.read_text() == full, 20, said.read_text)
        yield run


@pytest.fixture(scope="module", name="gateway")
def gateway_beside_a_hostile_box(directory, node, box, user_key, other_key, flood):
    with contextlib.ExitStack() as stack:
        api = stack.enter_context(ApiServer(directory / "api"))
        api.add(*box.login.split("--"), box.pod.name)
        gateway = stack.enter_context(Gateway(
            directory / "gateway", node,
            f"{keys.public_half(user_key)}\n{keys.public_half(other_key)}\n", directory / "program",
            ZOMG_SSH_REVOKED_KEYS_FILE=str(directory / "revoked"),
            ZOMG_SSH_RECORD_DIR=str(directory / "recordings"), **api.settings))
        flood([(pwd.getpwnam(name).pw_uid, "descriptors", FILES + 50) for name in ACCOUNTS])
        flood([(pwd.getpwnam("zomg-ssh").pw_uid, "processes", PROCESSES + 20)])
        yield gateway


@pytest.fixture(name="client")
def client_of_a_user(gateway, box, connect):
    return connect(gateway, box.login)


def test_a_user_logs_in(client):
    assert client.sh("echo in") == "in\n"


def test_many_users_log_in(gateway, client):
    for _ in range(10):
        client.ssh("true").ok()
    assert "broke the contract" not in gateway.log()


def test_a_session_is_recorded(client, directory):
    with terminal.shell(client, command=["echo in; exit 5"]) as screen:
        screen.expect("in\r\n")
        assert screen.wait() == 5
    assert list((directory / "recordings").iterdir())


def test_a_session_by_kubectl_begins(gateway, directory, user_key):
    client = Client(directory / "afar", gateway, user_key, ApiServer.login)
    with client.start("echo in") as session:
        try:
            waiting.until(lambda: gateway.pids("kubectl"), 20, gateway.log)
        finally:
            session.kill()


def test_a_key_is_revoked(gateway, box, connect, other_key, directory):
    client = connect(gateway, box.login, key=other_key)
    client.ssh("true").ok()
    (directory / "new").write_text(keys.public_half(other_key) + "\n", encoding="ascii")
    os.replace(directory / "new", directory / "revoked")
    waiting.until(lambda: client.ssh("true").status == 255, 10, gateway.log)


def test_the_audit_trail_goes_on_in_a_new_file(gateway, client):
    trail = gateway.directory / "audit.jsonl"
    trail.rename(gateway.directory / "audit.jsonl.1")
    gateway.send_signal(signal.SIGHUP)
    waiting.until(trail.exists, 10, gateway.log)

    def is_told():
        client.ssh("true").ok()
        return trail.read_text(encoding="utf-8")
    waiting.until(is_told, 20, gateway.log)


@pytest.mark.parametrize("program", [LISTENER, RESOLVER, FILE_READER, MONITOR])
def test_what_dies_is_started_again(gateway, client, program):
    for pid in gateway.pids(program):
        gateway.kill(pid)
    waiting.until(lambda: gateway.pids(program), 20, "it is started again")
    waiting.until(lambda: client.ssh("true").status == 0, 20, gateway.log)


def real_user(pid):
    """As whom it is counted. Root of a box finds it by trying all numbers; this is shorter."""
    user = int(processes.status(pid)["Uid"].split()[0])
    assert process_facts.is_own_user(user)
    return user


@pytest.fixture(name="talk")
def conversation_that_runs(client):
    with client.start("cat; echo the end; exit 42") as session:
        try:
            talk = Conversation(session)
            talk.goes_on()
            yield talk
        finally:
            session.kill()


@pytest.mark.parametrize("what, count", [("descriptors", FILES + 50), ("processes", PROCESSES + 20)])
def test_the_monitor_is_found_out(gateway, client, flood, talk, what, count):
    monitor, user = gateway.pid, real_user(gateway.pid)
    flood([(user, what, count)])
    # The second time comes sooner than anybody could find the number out (kLeastTimeToBeFoundOut).
    waiting.until(lambda: client.ssh("true").status == 0 and real_user(monitor) != user, 20, gateway.log)
    assert gateway.pid == monitor
    talk.goes_on()
    talk.ends_well()


def test_the_supervisor_is_found_out(gateway, client, flood, talk):
    supervisor = gateway.process.pid
    user = real_user(supervisor)
    flood([(user, "descriptors", FILES + 50), (user, "processes", PROCESSES + 20)])
    gateway.kill(gateway.pid)
    waiting.until(lambda: client.ssh("true").status == 0, 20, gateway.log)
    assert real_user(supervisor) != user
    talk.goes_on()
    talk.ends_well()


def test_the_listener_is_found_out(gateway, client, flood, talk):
    listener = gateway.one(LISTENER)
    since = gateway.log_size()
    flood([(real_user(listener), "processes", PROCESSES + 20)])
    # It may have run for less than kLeastTimeToBeFoundOut.
    waiting.until(lambda: client.ssh("true").status == 0, 15, gateway.log)
    assert gateway.one(LISTENER) != listener
    gateway.wait_for_log(f"{LISTENER} starts anew", since)
    talk.goes_on()
    talk.ends_well()


def test_the_resolver_is_found_out(gateway, client, flood, talk):
    resolver = gateway.one(RESOLVER)
    since = gateway.log_size()
    flood([(real_user(resolver), "descriptors", FILES + 50)])
    client.ssh("true").ok()
    assert gateway.one(RESOLVER) != resolver
    gateway.wait_for_log(f"{RESOLVER} starts anew", since)
    talk.goes_on()
    talk.ends_well()


def test_the_recorder_of_a_session_is_found_out(gateway, client, flood):
    with terminal.shell(client, command=["cat"]) as screen:
        screen.send("before\n")
        screen.expect("before\r\nbefore\r\n")
        [recorder] = gateway.pids(RECORDER)
        flood([(real_user(recorder), "descriptors", FILES + 50)])
        screen.send("after\n")
        screen.expect("after\r\nafter\r\n")
        with terminal.shell(client, command=["echo in; exit 5"]) as another:
            another.expect("in\r\n")
            assert another.wait() == 5
