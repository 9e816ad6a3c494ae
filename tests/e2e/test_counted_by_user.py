"""Much the kernel counts by user, on the whole host. Root of a box without a user namespace is root's user
there, and can become every account of the gateway. What it uses up of them hurts nobody."""

import contextlib
import os
import pathlib
import pwd
import signal

import pytest

from harness import attacker, keys, paths, terminal, waiting
from harness.api_server import ApiServer
from harness.client import Client
from harness.gateway import FILE_READER, LISTENER, MONITOR, RECORDER, RESOLVER, Gateway

pytestmark = pytest.mark.timeout(180)

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


@pytest.fixture(scope="module", name="gateway")
def gateway_beside_a_hostile_box(directory, node, box, user_key, other_key):
    with contextlib.ExitStack() as stack:
        api = stack.enter_context(ApiServer(directory / "api"))
        api.add(*box.login.split("--"), box.pod.name)
        gateway = stack.enter_context(Gateway(
            directory / "gateway", node,
            f"{keys.public_half(user_key)}\n{keys.public_half(other_key)}\n", directory / "program",
            ZOMG_SSH_REVOKED_KEYS_FILE=str(directory / "revoked"),
            ZOMG_SSH_RECORD_DIR=str(directory / "recordings"), **api.settings))
        hostile = stack.enter_context(node.box("hostile", "box"))
        attacker.put(hostile, "/flood", attacker.build(directory, "flood"))
        runs = [f"/flood {pwd.getpwnam(name).pw_uid} descriptors {FILES + 50}" for name in ACCOUNTS]
        runs.append(f"/flood {pwd.getpwnam('zomg-ssh').pw_uid} processes {PROCESSES + 20}")
        said = pathlib.Path(f"{attacker.root_of(hostile)}/said")
        for run in runs:
            code, _, err = node.instance.exec(hostile.container.id,
                                              ["/bin/sh", "-c", f"{run} </dev/null >>/said 2>&1 &"])
            assert code == 0, err
        waiting.until(lambda: said.read_text() == "full\n" * len(runs), 20, said.read_text)
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
