"""64 MiB go through byte by byte, each way and both ways at once."""

import hashlib
import subprocess

import pytest

pytestmark = pytest.mark.timeout(180)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def test_up_and_down(client, bulk):
    original = digest(bulk.read_bytes())
    with open(bulk, "rb") as file:
        up = client.ssh("tee bulk | sha256sum; sha256sum <bulk", stdin=file, timeout=90).ok()
    assert up.text.split()[::2] == [original, original]
    down = client.ssh("cat bulk; rm bulk", timeout=90).ok()
    assert digest(down.out) == original


def test_both_ways_at_once(client, bulk):
    with open(bulk, "rb") as file:
        echoed = client.ssh("cat", stdin=file, timeout=120).ok()
    assert digest(echoed.out) == digest(bulk.read_bytes())


def test_on_stderr(client):
    done = client.ssh("head -c 67108864 /dev/zero | tee /dev/stderr", timeout=120).ok()
    zeros = digest(bytes(64 << 20))
    assert (digest(done.out), digest(done.err)) == (zeros, zeros)


def test_a_slow_reader_gets_all(client):
    """The window fills, and the program waits."""
    with client.start("head -c 20000000 /dev/zero | tr '\\0' x; echo end >&2",
                      bufsize=0) as process:
        try:
            first = process.stdout.read(100)
            assert process.poll() is None
            rest, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (len(first) + len(rest), errors) == (20000000, b"end\n")


def test_a_reader_that_leaves_ends_the_program(client):
    """`ssh box yes | head -1` ends."""
    with client.start("yes", stderr=subprocess.DEVNULL) as process:
        try:
            process.stdout.read(100)
            process.stdout.close()
            assert process.wait(20) != 0
        finally:
            process.kill()
