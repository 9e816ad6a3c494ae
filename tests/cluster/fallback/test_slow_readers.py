"""Who reads slowly gets all of it, and the status: kubectl from 1.31 on loses what it has not read yet
when the other end has closed, as it pings every 5 s."""

import concurrent.futures
import contextlib
import os
import subprocess
import time

import pytest

import websocket
from harness import keys, waiting
from harness.client import Client
from harness.gateway import Gateway

SIZE = 16 << 20
BYTES_PER_SECOND = 1 << 20
AT_ONCE = 10
COMMAND = f"head -c {SIZE} /dev/zero; exit 6"


# Of kubectl, None being the cluster's own of 1.20, and whether there is WebSocket, which it asks for
# from 1.31 on.
WAYS = {"oldest by SPDY": (None, False), "oldest by WebSocket": (31, True),
        "newest by SPDY": (36, False), "newest by WebSocket": (36, True)}


@pytest.fixture(name="box", scope="module")
def _box(node):
    """In one that others share, what a killed gateway could not end waits for ten minutes."""
    with node.box("demo", "slow") as running:
        yield running


@pytest.fixture(name="way", scope="module", params=WAYS.values(), ids=WAYS)
def _way(request, cluster, gateway_account, access, node, user_key, tmp_path_factory):
    """A gateway that uses a certain kubectl."""
    minor, by_websocket = request.param
    directory = tmp_path_factory.mktemp("way")
    directory.chmod(0o711)
    settings = {"KUBECONFIG": gateway_account,
                "ZOMG_SSH_KUBECTL": websocket.kubectl(minor) if minor else cluster.kubectl_path}
    with contextlib.ExitStack() as stack:
        if by_websocket:
            front = stack.enter_context(websocket.WebSocketFront(cluster, directory))
            settings["KUBECONFIG"] = front.kubeconfig(gateway_account)
        yield stack.enter_context(Gateway(directory / "gateway", node, keys.public_half(user_key),
                                          **{**access, **settings}))
        if by_websocket:
            assert ": WebSocket" in front.log


@pytest.fixture(name="client", scope="module")
def _client(way, box, user_key, tmp_path_factory):
    return Client(tmp_path_factory.mktemp("client"), way, user_key, box.login)


def slowly(stream):
    """Reads a stream to its end, and returns how much it was."""
    began = time.monotonic()
    size = 0
    while chunk := os.read(stream.fileno(), 65536):
        size += len(chunk)
        early = size / BYTES_PER_SECOND - (time.monotonic() - began)
        if early > 0:
            time.sleep(early)
    return size


def download(client, given, flags=()):
    """Its size, status and what came on stderr."""
    with subprocess.Popen(client.command("ssh", *flags, "box", COMMAND), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=client.environment) as session:
        if given is not None:
            session.stdin.write(given)
            session.stdin.close()
        size = slowly(session.stdout)
        session.wait(60)
        return size, session.returncode, session.stderr.read().decode()


@pytest.mark.slow
@pytest.mark.parametrize("given", [None, b"", b"x"], ids=("open", "empty", "some"))
def test_twenty_downloads_are_whole(client, way, box, given):
    """Whatever is on stdin, and whether it ends."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as threads:
        done = list(threads.map(lambda _: download(client, given), range(20)))
    assert done == [(SIZE, 6, "")] * 20
    waiting.until(lambda: not way.pids("zomg-ssh-kubectl"), 60, "nothing is left here")
    waiting.until(lambda: not box.running("zomg-ssh"), 60, "nothing is left in the box")


@pytest.mark.slow
def test_at_a_terminal(client, way, box):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as threads:
        done = list(threads.map(lambda _: download(client, None, ("-tt",)), range(AT_ONCE)))
    assert [(size, status) for size, status, _ in done] == [(SIZE, 6)] * AT_ONCE
    waiting.until(lambda: not way.pids("zomg-ssh-kubectl"), 60, "nothing is left here")
    waiting.until(lambda: not box.running("zomg-ssh"), 60, "nothing is left in the box")
