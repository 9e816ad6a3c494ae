"""Nobody waits for what is stuck: with each thing that the gateway writes to, reads, or talks to at a
standstill, users log in, sessions go on and renew their keys, and its health is told."""

import contextlib
import threading
import types

import pytest

from harness import keys, waiting
from harness.conversation import Conversation
from harness.gateway import Gateway, free_port
from harness.log_pipe import LogPipe
from harness.scraper import Scraper

pytestmark = pytest.mark.timeout(180)

# Enough for any login on a busy machine, and less than any wait that this is about.
PATIENCE = 20


class Scene:
    """What a stuck thing is made of: a directory, and the gateway's settings and descriptors."""

    def __init__(self, directory):
        self.directory = directory
        self.stack = contextlib.ExitStack()
        self.settings = {"ZOMG_SSH_LOG_LEVEL": "debug", "ZOMG_SSH_DRAIN_SECS": "0"}
        self.descriptors = {}
        self.stop = None


def unread_log(scene):
    pipe = scene.stack.enter_context(LogPipe(scene.directory / "gateway.log"))
    scene.descriptors["stderr"] = pipe.fd
    scene.stop = lambda gateway: pipe.stop_reading()


STUCK = {stick.__name__: stick for stick in (unread_log,)}


@pytest.fixture(scope="module", name="stuck", params=STUCK)
def a_gateway_that_could_wait(request, tmp_path_factory, node, box, user_key):
    """A gateway with a session that runs, and then something at a standstill."""
    directory = tmp_path_factory.mktemp("stuck")
    directory.chmod(0o711)
    scene = Scene(directory)
    with scene.stack:
        STUCK[request.param](scene)
        port = free_port()
        gateway = Gateway(directory, node, scene.settings.pop("ZOMG_SSH_AUTHORIZED_KEYS",
                                                              keys.public_half(user_key)),
                          ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{port}", **scene.descriptors,
                          **scene.settings)
        from harness.client import Client
        with gateway:
            client = Client(directory / "client", gateway, user_key, box.login)
            scraper = Scraper(port)
            waiting.until(lambda: scraper.get("/readyz")[0] == 200, 20, "it is ready")
            with client.start("cat; echo the end; exit 42") as session:
                try:
                    talk = Conversation(session)
                    talk.goes_on()
                    scene.stop(gateway)
                    yield types.SimpleNamespace(gateway=gateway, client=client, scraper=scraper,
                                                talk=talk, name=request.param)
                finally:
                    session.kill()


def test_a_user_logs_in(stuck):
    assert stuck.client.ssh("echo in", timeout=PATIENCE).ok().out == b"in\n"


def test_many_users_log_in(stuck):
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
    done = stuck.client.ssh("head -c 8000000 /dev/zero; exit 3", timeout=3 * PATIENCE,
                            options={"RekeyLimit": "1M", "KexAlgorithms": "curve25519-sha256"})
    assert (done.status, len(done.out)) == (3, 8000000)


def test_it_is_alive(stuck):
    assert stuck.scraper.get("/healthz")[0] == 200


def test_it_is_measured(stuck):
    before = stuck.scraper.value("zomg_ssh_connections_total")
    stuck.client.ssh("true", timeout=PATIENCE).ok()
    waiting.until(lambda: stuck.scraper.value("zomg_ssh_connections_total") > before, PATIENCE,
                  "the login is counted")
