"""Nobody waits for what is stuck: with each thing that the gateway writes to, reads, or talks to at a
standstill, users log in, sessions go on and renew their keys, and its health is told."""

import contextlib
import signal
import socket
import threading
import types

import pytest

from harness import keys, paths, waiting
from harness.client import Client
from harness.conversation import Conversation
from harness.gateway import (AUDIT, CONNECTION, KEYRING, LISTENER, LOG, METRICS, RESOLVER, Gateway,
                             free_port)
from harness.hanging_disk import HangingDisk
from harness.log_pipe import LogPipe
from harness.scraper import Scraper

pytestmark = pytest.mark.timeout(180)

# Enough for any login on a busy machine, and less than any wait that this is about.
PATIENCE = 20


class Scene:
    """What a stuck thing is made of: a directory, and the gateway's settings and options."""

    def __init__(self, directory):
        self.directory = directory
        self.stack = contextlib.ExitStack()
        self.settings = {"ZOMG_SSH_LOG_LEVEL": "debug", "ZOMG_SSH_DRAIN_SECS": "0"}
        self.options = {}
        # Called with the gateway, and a client of it, when it serves; and before it ends.
        self.stop = lambda gateway, client: None
        self.go_on = lambda: None
        # What nobody can have then: "login", "health".
        self.without = ()

    def disk(self, **files):
        """A file system that hangs from stop() on, with files; SIGHUP then has the gateway read them."""
        disk = self.stack.enter_context(HangingDisk(self.directory / "disk", **files))

        def stop(gateway, _):
            disk.stop()
            # Twice, for what still waits from the first time.
            for _ in range(2):
                gateway.send_signal(signal.SIGHUP)
                gateway.wait_for_log("reading the keys again", since=gateway.log_size() - 1000)
        self.stop, self.go_on = stop, disk.go_on
        return disk.path

    def stops(self, program):
        """SIGSTOP for a program of the gateway."""
        self.stop = lambda gateway, _: gateway.kill(gateway.one(program), signal.SIGSTOP)


def log_that_nobody_reads(scene):
    pipe = scene.stack.enter_context(LogPipe(scene.directory / "gateway.log"))
    scene.options["stderr"] = pipe.fd
    scene.stop = lambda gateway, client: pipe.stop_reading()


def audit_trail_that_nobody_reads(scene):
    pipe = scene.stack.enter_context(LogPipe(scene.directory / "audit.jsonl"))
    scene.options["stdout"] = pipe.fd
    scene.settings["ZOMG_SSH_AUDIT_LOG"] = "-"
    scene.stop = lambda gateway, client: pipe.stop_reading()


def audit_trail_on_a_disk(scene):
    scene.settings["ZOMG_SSH_AUDIT_LOG"] = str(scene.disk(audit=b"") / "audit")


def standard_output_on_a_disk(scene):
    # Not opened here: each client that this process starts would wait for the disk.
    program = scene.directory / "gateway"
    file = scene.disk(audit=b"") / "audit"
    program.write_text(f"#!/bin/sh\nexec {paths.GATEWAY} >>{file}\n", encoding="ascii")
    program.chmod(0o755)
    scene.options["program"] = program
    scene.settings["ZOMG_SSH_AUDIT_LOG"] = "-"


def authorized_keys_on_a_disk(scene):
    line = keys.public_half(scene.key).encode() + b"\n"
    scene.settings["ZOMG_SSH_AUTHORIZED_KEYS"] = None
    scene.settings["ZOMG_SSH_AUTHORIZED_KEYS_FILE"] = str(scene.disk(keys=line) / "keys")


def revoked_keys_on_a_disk(scene):
    scene.without = ("login",)  # after a while: test_hanging_disk.py
    scene.settings["ZOMG_SSH_REVOKED_KEYS_FILE"] = str(scene.disk(revoked=b"# none\n") / "revoked")


def settings_on_a_disk(scene):
    scene.settings["ZOMG_SSH_CONFIG"] = str(scene.disk(config=b"max_sessions: 9\n") / "config")


def banner_on_a_disk(scene):
    scene.settings["ZOMG_SSH_BANNER_FILE"] = str(scene.disk(banner=b"welcome\n") / "banner")


def service_manager_that_does_not_listen(scene):
    manager = scene.stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    path = str(scene.directory / "notify")
    manager.bind(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.setblocking(False)
        try:
            while True:
                other.sendto(b"X=1", path)
        except BlockingIOError:
            pass
    scene.settings["NOTIFY_SOCKET"] = path


def stopped_writer_of_the_log(scene):
    scene.stops(LOG)


def stopped_audit(scene):
    scene.stops(AUDIT)


def stopped_keyring(scene):
    scene.settings.update(ZOMG_SSH_GITHUB_USERS="nobody", ZOMG_SSH_GITHUB_URL="https://127.0.0.1:1")
    scene.stops(KEYRING)


def stopped_metrics(scene):
    scene.stops(METRICS)
    scene.without = ("health",)


def stopped_resolver(scene):
    scene.stops(RESOLVER)
    scene.without = ("login",)


def stopped_listener(scene):
    scene.stops(LISTENER)
    scene.without = ("login",)


def stopped_session(scene):
    """Another user's: its connection process, and its sessiond."""
    def stop(gateway, client):
        connections, sessions = set(gateway.pids(CONNECTION)), set(gateway.sessions())
        other = scene.stack.enter_context(client.start("echo ready; cat"))
        scene.stack.callback(other.kill)
        other.stdout.readline()
        mine = waiting.until(lambda: set(gateway.sessions()) - sessions, 20, "it runs")
        for pid in {*mine, *set(gateway.pids(CONNECTION)) - connections}:
            gateway.kill(pid, signal.SIGSTOP)
    scene.stop = stop


STUCK = {scene.__name__: scene for scene in (
    log_that_nobody_reads, audit_trail_that_nobody_reads, audit_trail_on_a_disk, standard_output_on_a_disk,
    authorized_keys_on_a_disk, revoked_keys_on_a_disk, settings_on_a_disk, banner_on_a_disk,
    service_manager_that_does_not_listen, stopped_writer_of_the_log, stopped_audit, stopped_keyring,
    stopped_metrics, stopped_resolver, stopped_listener, stopped_session)}


@pytest.fixture(scope="module", name="stuck", params=STUCK)
def a_gateway_that_could_wait(request, tmp_path_factory, node, box, user_key):
    """A gateway with a session that runs, and then something at a standstill."""
    directory = tmp_path_factory.mktemp("stuck")
    directory.chmod(0o711)
    scene = Scene(directory)
    scene.key = user_key
    with scene.stack:
        STUCK[request.param](scene)
        port = free_port()
        settings = {"ZOMG_SSH_AUTHORIZED_KEYS": keys.public_half(user_key), **scene.settings}
        with Gateway(directory, node, None, ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{port}",
                     **scene.options, **settings) as gateway:
            client = Client(directory / "client", gateway, user_key, box.login)
            scraper = Scraper(port)
            waiting.until(lambda: scraper.get("/readyz")[0] == 200, 20, "it is ready")
            with client.start("cat; echo the end; exit 42") as session, \
                    client.start("read go; head -c 4000000 /dev/zero; read go; "
                                 "head -c 4000000 /dev/zero; exit 3",
                                 options={"RekeyLimit": "1M",
                                          "KexAlgorithms": "curve25519-sha256"}) as rekeying:
                try:
                    talk = Conversation(session)
                    talk.goes_on()
                    ask(rekeying)
                    scene.stop(gateway, client)
                    yield types.SimpleNamespace(gateway=gateway, client=client, scraper=scraper,
                                                talk=talk, rekeying=rekeying,
                                                without=scene.without)
                finally:
                    session.kill()
                    rekeying.kill()
                    scene.go_on()


def ask(session):
    """The next four million bytes, with keys renewed four times."""
    session.stdin.write(b"go\n")
    session.stdin.flush()
    assert session.stdout.read(4000000) == bytes(4000000)


@pytest.fixture(autouse=True)
def only_what_can_be_had(request, stuck):
    for part in stuck.without:
        if part in request.node.name:
            pytest.skip(f"no {part} without it")


def test_a_login_works(stuck):
    assert stuck.client.ssh("echo in", timeout=PATIENCE).ok().out == b"in\n"


def test_many_login_at_once(stuck):
    """More than what is said of them has room in any queue: a debug log has ten lines of each."""
    statuses = []

    def log_in():
        for _ in range(10):
            statuses.append(stuck.client.ssh("true", timeout=3 * PATIENCE).status)
    threads = [threading.Thread(target=log_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [0] * 40


def test_a_session_goes_on(stuck):
    stuck.talk.goes_on()


def test_keys_are_renewed(stuck):
    ask(stuck.rekeying)


def test_health_is_told(stuck):
    assert stuck.scraper.get("/healthz")[0] == 200


def test_a_login_is_counted_with_health(stuck):
    before = stuck.scraper.value("zomg_ssh_connections_total")
    stuck.client.ssh("true", timeout=PATIENCE).ok()
    waiting.until(lambda: stuck.scraper.value("zomg_ssh_connections_total") > before, PATIENCE,
                  "the login is counted")
