"""An address that misbehaves is not served for a while; its neighbour and the probes are."""

import socket

import pytest

from harness import keys, waiting
from harness.audit import Trail
from harness.gateway import CONNECTION, Gateway


@pytest.fixture
def strict(tmp_path, node, user_key):
    """A gateway that refuses an address after its second offence; and its audit trail."""
    path = tmp_path / "audit.jsonl"
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_PER_SOURCE_PENALTIES="authfail:1m noauth:1m min:90s",
                 ZOMG_SSH_AUDIT_LOG=str(path)) as running:
        running.trail = Trail(path)
        yield running


def served(gateway, address):
    """Whether a connection from that address gets the server's version."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10,
                                  source_address=(address, 0)) as link:
        try:
            return link.recv(4) == b"SSH-"
        except ConnectionResetError:
            return False


def test_attacker_and_neighbour(strict, box, connect, tmp_path):
    stranger = keys.make_user_key(tmp_path, name="stranger")
    attacker = connect(strict, box.login, key=stranger, BindAddress="127.0.0.2")
    neighbour = connect(strict, box.login, BindAddress="127.0.0.3")
    for _ in range(2):
        assert "Permission denied" in attacker.ssh("true").errors
    waiting.until(lambda: not served(strict, "127.0.0.2"), 10, "the attacker is refused")
    # OpenSSH's client shows what comes before a version to those who ask.
    assert "Not allowed at this time." in attacker.ssh("true", flags=["-v"]).errors
    assert neighbour.sh("echo in") == "in\n"
    refused = strict.trail.wait_for("connection_refused", reason="penalty")
    assert refused["client"] == "127.0.0.2"
    assert not strict.trail.events("connection_refused", client="127.0.0.3")


def test_probes_are_never_penalised(strict, box, connect):
    for _ in range(60):
        socket.create_connection(("127.0.0.1", strict.port), timeout=10,
                                 source_address=("127.0.0.2", 0)).close()
    waiting.until(lambda: not strict.pids(CONNECTION), 20, "the probes' processes are gone")
    assert connect(strict, box.login, BindAddress="127.0.0.2").sh("echo in") == "in\n"
    assert len(strict.trail.events("connection")) == 1
    assert "probe" not in strict.log()


def test_scanners_are(strict):
    """Those that send a version, but never try to log in: noauth."""
    def scan():
        with socket.create_connection(("127.0.0.1", strict.port), timeout=10,
                                      source_address=("127.0.0.4", 0)) as link:
            link.sendall(b"SSH-2.0-scanner\r\n")
            try:
                return link.recv(4) != b"SSH-"
            except ConnectionResetError:
                return True
    waiting.until(scan, 30, "the scanner is refused")
    assert served(strict, "127.0.0.5")


def test_exempt_addresses(tmp_path, node, user_key, box, connect):
    stranger = keys.make_user_key(tmp_path, name="stranger")
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_PER_SOURCE_PENALTIES="authfail:1h min:1s",
                 ZOMG_SSH_PER_SOURCE_PENALTY_EXEMPT_LIST="127.0.0.2,10.0.0.0/8") as gateway:
        attacker = connect(gateway, box.login, key=stranger, BindAddress="127.0.0.2")
        for _ in range(3):
            assert "Permission denied" in attacker.ssh("true").errors
