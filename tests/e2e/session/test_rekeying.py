"""New keys in the middle of a transfer: nothing is lost."""

import hashlib

import pytest

pytestmark = pytest.mark.timeout(180)

# The default key exchange costs the client a tenth of a second each time.
OFTEN = {"RekeyLimit": "1M", "KexAlgorithms": "curve25519-sha256"}


def test_up(client, bulk):
    with open(bulk, "rb") as file:
        seen = client.ssh("sha256sum", stdin=file, options=OFTEN, timeout=150).ok().text
    assert seen.split()[0] == hashlib.sha256(bulk.read_bytes()).hexdigest()


def test_down(client):
    done = client.ssh("head -c 67108864 /dev/zero", options=OFTEN, timeout=150).ok()
    assert hashlib.sha256(done.out).digest() == hashlib.sha256(bytes(64 << 20)).digest()


@pytest.mark.slow
def test_both_ways_at_once(client, bulk):
    with open(bulk, "rb") as file:
        done = client.ssh("cat", stdin=file, options=OFTEN, timeout=150).ok()
    assert hashlib.sha256(done.out).digest() == hashlib.sha256(bulk.read_bytes()).digest()


def test_with_the_default_key_exchange(client):
    done = client.ssh("cat", stdin=bytes(8 << 20), options={"RekeyLimit": "1M"}, timeout=90)
    assert (done.status, len(done.out)) == (0, 8 << 20)


@pytest.mark.parametrize("cipher", ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com",
                                    "aes128-gcm@openssh.com", "aes256-ctr", "aes128-ctr"])
def test_every_cipher(client, cipher):
    done = client.ssh("head -c 8000000 /dev/zero; exit 3", options={**OFTEN, "Ciphers": cipher})
    assert (done.status, len(done.out)) == (3, 8000000)


def test_by_time(client):
    done = client.ssh("for i in 1 2 3 4; do echo $i; sleep 0.7; done; exit 3",
                      options={"RekeyLimit": "default 1"})
    assert (done.status, done.out) == (3, b"1\n2\n3\n4\n")
