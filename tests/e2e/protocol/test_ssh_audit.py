"""What auditors of SSH servers look for: ssh-audit's findings, and the Terrapin attack."""

import json
import socket
import struct
import subprocess

import pytest

from harness.key_exchange import string

STRICT = b"kex-strict-c-v00@openssh.com"
# SSH_MSG_ numbers (RFC 4250 §4.1).
IGNORE, DEBUG, KEXINIT, NEWKEYS, ECDH_INIT = 2, 4, 20, 21, 30


def audit(gateway, *options):
    return subprocess.run(["ssh-audit", *options, "--port", str(gateway.port), "127.0.0.1"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          check=False)


def test_ssh_audit_finds_no_failure(gateway):
    report = audit(gateway, "--no-colors", "--batch", "--level", "warn").stdout
    assert report and "[fail]" not in report, report


def test_ssh_audit_sees_the_server(gateway):
    """So that the test above does not hold for a server that was not reached."""
    found = json.loads(audit(gateway, "--json").stdout)
    assert found["banner"]["protocol"] == [2, 0]
    assert "chacha20-poly1305@openssh.com" in found["enc"]


# --- Terrapin (CVE-2023-48795) ------------------------------------------------------------------
def packet(payload):
    """A packet as before the first key exchange (RFC 4253 §6)."""
    padding = 8 - (5 + len(payload)) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + bytes(padding)


def client_offer(*more):
    """KEXINIT with what the gateway has, and `more` among the key exchanges."""
    lists = [b",".join((b"curve25519-sha256", *more)), b"ssh-ed25519",
             b"chacha20-poly1305@openssh.com", b"chacha20-poly1305@openssh.com", b"", b"", b"none",
             b"none", b"", b""]
    return bytes([KEXINIT]) + bytes(16) + b"".join(map(string, lists)) + bytes(5)


def survives(gateway, *payloads):
    """Whether the gateway goes on after a key exchange that begins with these packets: an attacker in
    between adds some that the client never sent, to shift the sequence numbers, and takes others
    away later. It may end the connection at the last by the client's NEWKEYS."""
    ecdh = bytes([ECDH_INIT]) + string(b"\x09" + bytes(31))  # the base point as a public key
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as link:
        try:
            link.sendall(b"SSH-2.0-test\r\n" + b"".join(map(packet, (*payloads, ecdh))))
            received = b""
            while b"ssh-ed25519\0\0\0\x20" not in received:  # the host key, in the reply
                chunk = link.recv(65536)
                if not chunk:
                    return False
                received += chunk
            link.sendall(packet(bytes([NEWKEYS])))
            link.settimeout(1)
            while link.recv(65536):
                pass
        except TimeoutError:
            return True
        except ConnectionError:
            pass
        return False


def test_a_key_exchange_without_an_attacker(gateway):
    assert survives(gateway, client_offer(STRICT))
    assert survives(gateway, client_offer())


@pytest.mark.parametrize("injected", [bytes([IGNORE]) + string(b""), bytes([DEBUG, 1]) + bytes(8)],
                         ids=("ignore", "debug"))
@pytest.mark.parametrize("place", ["before", "after"])
def test_terrapin(gateway, injected, place):
    """With strict key exchange any packet that does not belong to it ends the connection, wherever
    in the handshake it is injected."""
    offer = client_offer(STRICT)
    order = (injected, offer) if place == "before" else (offer, injected)
    assert not survives(gateway, *order)


def test_an_ignore_packet_where_the_client_is_not_strict(gateway):
    """So that the test above is not about a server that knows no SSH_MSG_IGNORE."""
    assert survives(gateway, client_offer(), bytes([IGNORE]) + string(b""))
