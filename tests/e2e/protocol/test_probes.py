"""A load balancer's health check is not an attack: a bare TCP connection does no harm."""

import socket
import struct

from harness import waiting
from harness.gateway import CONNECTION


def test_many_bare_probes(client, gateway):
    since = gateway.log_size()
    for _ in range(100):
        socket.create_connection(("127.0.0.1", gateway.port), timeout=10).close()
    assert client.sh("echo alive") == "alive\n"
    waiting.until(lambda: not gateway.pids(CONNECTION), 15, "no process of theirs stays")
    log = gateway.log().encode()[since:].decode()
    assert "warning" not in log and "error" not in log


def test_probes_that_reset(client, gateway):
    for _ in range(50):
        link = socket.create_connection(("127.0.0.1", gateway.port), timeout=10)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.close()
    assert client.sh("echo alive") == "alive\n"


def test_probe_that_reads_the_banner(client, gateway):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as link:
        banner = link.recv(256)
    assert banner.startswith(b"SSH-2.0-") and banner.split(b"\r\n")[1:]
    assert client.sh("echo alive") == "alive\n"


def test_probe_that_stays_silent_holds_nobody_up(client, gateway):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10):
        assert client.sh("echo alive") == "alive\n"
