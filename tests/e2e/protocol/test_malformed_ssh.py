"""Bytes that are no SSH end that connection, and no other."""

import contextlib
import os
import random
import socket
import struct

import pytest

from harness import waiting
from harness.gateway import CONNECTION

BANNER = b"SSH-2.0-test\r\n"


def kexinit(lists=10, size=None):
    """A plain SSH_MSG_KEXINIT packet, or a broken one."""
    names = b"curve25519-sha256"
    payload = b"\x14" + os.urandom(16) + (struct.pack(">I", size or len(names)) + names) * lists
    payload += bytes(5)
    padding = 8 - (len(payload) + 5) % 8 + 8
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


CASES = {
    "zeros": bytes(100_000),
    "random": random.Random(1).randbytes(100_000),
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "tls": bytes.fromhex("16030100c8010000c40303") + bytes(200),
    "banner of another version": b"SSH-1.5-old\r\n",
    "very long banner": b"SSH-2.0-" + b"x" * 100_000 + b"\r\n",
    "no end of banner": b"SSH-2.0-" + b"x" * 300,
    "banner with zeros": b"SSH-2.0-\x00\x00\r\n" + bytes(100),
    "packet of zero length": BANNER + bytes(64),
    "packet of 4 GiB": BANNER + b"\xff" * 64,
    "packet of 1 MiB": BANNER + struct.pack(">IB", 1 << 20, 4) + bytes(1 << 20),
    "padding longer than the packet": BANNER + struct.pack(">IB", 12, 255) + bytes(12),
    "kexinit of random bytes": BANNER + struct.pack(">IBB", 508, 10, 20) + os.urandom(506),
    "kexinit with lengths beyond its end": BANNER + kexinit(size=0xffffffff),
    "half a kexinit": BANNER + kexinit()[:40],
    "kexinit with too few lists": BANNER + kexinit(lists=3),
    "kexinit without any algorithm in common": BANNER + kexinit(),
    "kexinit ten times": BANNER + kexinit() * 10,
    "disconnect at once": BANNER + struct.pack(">IBBI", 20, 6, 1, 2) + bytes(15),
    "userauth before keys": BANNER + struct.pack(">IBB", 28, 10, 50) + bytes(26),
    "channel open before keys": BANNER + struct.pack(">IBB", 28, 10, 90) + bytes(26),
    "unknown message": BANNER + struct.pack(">IBB", 28, 10, 255) + bytes(26),
}


def provoke(port, data):
    """Sends the bytes, closes its own side, and waits for the other's end."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        try:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            while link.recv(65536):
                pass
        except (ConnectionResetError, BrokenPipeError):
            pass


@pytest.mark.parametrize("case", CASES)
def test_others_live(client, gateway, case):
    listener, monitor = gateway.one("zomg-ssh-listener"), gateway.pid
    since = gateway.log_size()
    before = set(gateway.pids(CONNECTION))
    with client.start("echo ready; cat") as other:
        try:
            other.stdout.readline()
            mine = set(gateway.pids(CONNECTION))
            provoke(gateway.port, CASES[case])
            waiting.until(lambda: set(gateway.pids(CONNECTION)) <= mine | before, 10,
                          "its connection process ends")
            out, _ = other.communicate(b"alive\n", timeout=15)
        finally:
            other.kill()
    assert (out, other.returncode) == (b"alive\n", 0)
    assert (gateway.one("zomg-ssh-listener"), gateway.pid) == (listener, monitor)
    # A protocol error is not a crash.
    log = gateway.log().encode()[since:].decode()
    assert "died by" not in log and "bug:" not in log


def test_bytes_after_the_keys(client, gateway):
    """Garbage in the middle of an encrypted connection: a wrong MAC ends it."""
    import threading
    with socket.socket() as front:
        front.bind(("127.0.0.1", 0))
        front.listen()

        def relay():
            """Passes on what the client says, and after a while something else."""
            near, _ = front.accept()
            with near, socket.create_connection(("127.0.0.1", gateway.port)) as far:
                def back():
                    # The gateway closes with bytes unread, which resets the connection.
                    with contextlib.suppress(OSError):
                        while chunk := far.recv(65536):
                            near.sendall(chunk)
                    near.close()
                thread = threading.Thread(target=back, daemon=True)
                thread.start()
                passed = 0
                try:
                    while chunk := near.recv(65536):
                        passed += len(chunk)
                        far.sendall(chunk if passed < 100_000 else os.urandom(len(chunk)))
                except OSError:
                    pass
                thread.join(10)
        thread = threading.Thread(target=relay, daemon=True)
        thread.start()
        done = client.ssh("cat >/dev/null; echo got it", stdin=bytes(3_000_000),
                          options={"Port": front.getsockname()[1]})
        thread.join(15)
    assert done.status == 255 and b"got it" not in done.out
    assert client.sh("echo alive") == "alive\n"


def test_many_broken_connections_at_once(client, gateway):
    links = []
    try:
        for number in range(60):
            link = socket.create_connection(("127.0.0.1", gateway.port), timeout=10)
            links.append(link)
            link.sendall(BANNER if number % 2 else os.urandom(64))
        assert client.sh("echo alive") == "alive\n"
    finally:
        for link in links:
            link.close()
    waiting.until(lambda: len(gateway.pids(CONNECTION)) < 10, 15, "their processes end")
