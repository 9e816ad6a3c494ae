"""PROXY headers: who the client is, as a load balancer says it."""

import os
import signal
import socket
import struct

import pytest

from harness import keys, proxy, sanitizers, waiting
from harness.audit import Trail
from harness.gateway import CONNECTION, Gateway

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
V1 = b"PROXY TCP4 192.0.2.1 198.51.100.2 5000 22\r\n"
V2 = (SIGNATURE + b"\x21\x11" + struct.pack(">H", 12) + socket.inet_aton("192.0.2.1")
      + socket.inet_aton("198.51.100.2") + struct.pack(">HH", 5000, 22))
LOCAL = SIGNATURE + b"\x20\x00\x00\x00"


@pytest.fixture
def balanced(tmp_path, node, user_key):
    """A gateway whose load balancer is 127.0.0.9; and its audit trail."""
    path = tmp_path / "audit.jsonl"
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_PROXY_PROTOCOL_FROM="127.0.0.9",
                 ZOMG_SSH_PER_SOURCE_PENALTIES="authfail:1m crash:2m noauth:1s min:1m",
                 ZOMG_SSH_AUDIT_LOG=str(path)) as running:
        running.trail = Trail(path)
        yield running


def first_bytes(gateway, sent, source="127.0.0.9"):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=15,
                                  source_address=(source, 0)) as link:
        link.sendall(sent)
        try:
            return link.recv(4)
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("header", [V1, V2], ids=["v1", "v2"])
def test_the_real_client_is_seen(balanced, box, connect, header):
    with proxy.HeaderProxy(balanced.port, header, "127.0.0.9") as balancer:
        user = connect(balanced, box.login, Port=balancer.port)
        assert user.sh("echo $SSH_CLIENT") == "192.0.2.1 5000 22\n"
    connection = balanced.trail.wait_for("connection")
    assert (connection["client"], connection["client_port"]) == ("192.0.2.1", 5000)
    assert (connection["server"], connection["server_port"]) == ("198.51.100.2", 22)


def test_the_real_client_gets_the_penalty(balanced, box, connect, tmp_path):
    stranger = keys.make_user_key(tmp_path, name="stranger")
    with proxy.HeaderProxy(balanced.port, V2, "127.0.0.9") as balancer:
        attacker = connect(balanced, box.login, key=stranger, Port=balancer.port)
        assert "Permission denied" in attacker.ssh("true").errors
    waiting.until(lambda: first_bytes(balanced, V2) == b"Not ", 10, "the client is refused")
    refused = balanced.trail.wait_for("connection_refused", reason="penalty")
    assert refused["client"] == "192.0.2.1"
    assert first_bytes(balanced, V1.replace(b"192.0.2.1", b"192.0.2.7")) == b"SSH-"


@sanitizers.other_build  # their run-time library handles the signal
@pytest.mark.parametrize("header", [V1, V2], ids=["v1", "v2"])
def test_a_crash_is_held_against_the_real_client(balanced, header):
    """Also when the connection's end is seen before the listener tells how its process died."""
    neighbour = V1.replace(b"192.0.2.1", b"192.0.2.7")
    with socket.create_connection(("127.0.0.1", balanced.port), timeout=15,
                                  source_address=("127.0.0.9", 0)) as link:
        link.sendall(header)
        assert link.recv(4) == b"SSH-"
        os.kill(balanced.one(CONNECTION), signal.SIGSEGV)
        waiting.until(lambda: "died by" in balanced.log(), 10, "the listener sees it")
    waiting.until(lambda: first_bytes(balanced, header) == b"Not ", 10, "the client is refused")
    assert balanced.trail.wait_for("connection_refused", reason="penalty")["client"] == "192.0.2.1"
    assert first_bytes(balanced, neighbour) == b"SSH-"


def test_from_elsewhere_a_header_is_not_looked_for(balanced, box, connect):
    assert first_bytes(balanced, V1 + b"SSH-2.0-x\r\n", "127.0.0.8") == b"SSH-"
    assert connect(balanced, box.login).sh("echo $SSH_CLIENT").startswith("127.0.0.1 ")
    assert not balanced.trail.events("connection", client="192.0.2.1")


def test_without_a_header_the_balancer_is_not_served(balanced):
    assert first_bytes(balanced, b"SSH-2.0-OpenSSH_9.2\r\n") == b""
    balanced.wait_for_log("no PROXY header")
    balanced.trail.wait_for("disconnect", reason="proxy_header")


def test_health_checks_of_the_balancer(balanced):
    assert first_bytes(balanced, LOCAL) == b"SSH-"
    socket.create_connection(("127.0.0.1", balanced.port), timeout=10,
                             source_address=("127.0.0.9", 0)).close()
    assert first_bytes(balanced, V1) == b"SSH-"
    assert not balanced.trail.events("connection_refused")


def test_a_slow_header_holds_nobody_up(balanced, box, connect):
    with socket.create_connection(("127.0.0.1", balanced.port), timeout=15,
                                  source_address=("127.0.0.9", 0)) as slow:
        slow.sendall(V1[:10])
        assert connect(balanced, box.login).sh("echo in") == "in\n"
        assert slow.recv(1) == b"", "it is dropped when its time is up"
