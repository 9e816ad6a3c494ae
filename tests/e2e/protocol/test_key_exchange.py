"""Post-quantum key exchange is offered first; what is weak is not offered at all."""

import hashlib
import re
import socket
import subprocess

import pytest

import test_malformed_ssh
from harness import paths

WEAK = re.compile(r"sha1|cbc|3des|arcfour|dss|md5|umac-64|group1-|group14-sha1|ecdh-sha2|none,|,none")


def negotiated(client, program="ssh", **options):
    """What `ssh -vv` says was chosen: key exchange, host key, cipher."""
    done = client.ssh("true", flags=["-vv"], options={"LogLevel": "DEBUG2", **options},
                      program=program).ok()
    return re.findall(r"kex: (?:algorithm|host key algorithm|server->client cipher): (\S+)",
                      done.errors), done.errors


def test_debians_client_gets_sntrup(client):
    chosen, _ = negotiated(client)
    assert re.fullmatch("sntrup761x25519-sha512(@openssh.com)?", chosen[0])
    assert chosen[1] == "ssh-ed25519"


@pytest.fixture(scope="session")
def openssh10():
    """The ssh of Debian's backports, fetched and unpacked, not installed."""
    script = paths.ROOT / "tests" / "openssh10.sh"
    done = subprocess.run([script], capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    return done.stdout.strip()


def test_current_client_gets_mlkem(client, openssh10):
    chosen, debug = negotiated(client, openssh10)
    assert chosen[0] == "mlkem768x25519-sha256"
    assert "post-quantum" not in debug  # the warning of OpenSSH >= 10.1


def test_current_client_works(client, openssh10, bulk):
    with open(bulk, "rb") as file:
        done = client.ssh("tee /dev/stderr | sha256sum", stdin=file, program=openssh10, timeout=90)
    assert done.text.split()[0] == hashlib.sha256(bulk.read_bytes()).hexdigest()
    assert hashlib.sha256(done.err).hexdigest() == done.text.split()[0]
    assert client.ssh("exit 42", program=openssh10).status == 42


@pytest.mark.parametrize("algorithm", [
    "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "curve25519-sha256@libssh.org"])
def test_key_exchanges(client, algorithm):
    assert negotiated(client, KexAlgorithms=algorithm)[0][0] == algorithm


def test_offer_of_the_server(client):
    _, debug = negotiated(client)
    peer = debug.split("peer server KEXINIT proposal")[1]
    offer = dict(re.findall(r"debug2: ([A-Za-z ]+): (\S+)", peer.split("debug1: kex: algorithm")[0]))
    exchanges = offer["KEX algorithms"].split(",")
    assert exchanges[0] == "mlkem768x25519-sha256"
    assert "sntrup761x25519-sha512@openssh.com" in exchanges[:3]
    assert "kex-strict-s-v00@openssh.com" in exchanges
    for name, algorithms in offer.items():
        if not name.startswith("compression"):
            assert not WEAK.search(algorithms), name


@pytest.mark.parametrize("options", [
    {"KexAlgorithms": "diffie-hellman-group14-sha1"},
    {"KexAlgorithms": "diffie-hellman-group-exchange-sha256"},
    {"KexAlgorithms": "ecdh-sha2-nistp256"}, {"KexAlgorithms": "ecdh-sha2-nistp521"},
    {"Ciphers": "aes128-cbc"}, {"Ciphers": "3des-cbc"},
    {"Ciphers": "aes128-ctr", "MACs": "hmac-sha1"},
    {"HostKeyAlgorithms": "ssh-rsa"}, {"HostKeyAlgorithms": "ecdsa-sha2-nistp256"},
])
def test_weak_ones_are_refused(client, options):
    done = client.ssh("true", options={**options, "LogLevel": "INFO"})
    assert done.status == 255
    assert "no matching" in done.errors


def test_the_offer_comes_before_the_end(gateway):
    """Also to a client whose own offer was there at once: it can tell its user what is missing."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as link:
        received = link.recv(4096)
        link.sendall(test_malformed_ssh.BANNER + test_malformed_ssh.kexinit())
        while chunk := link.recv(65536):
            received += chunk
    packet = received.split(b"\r\n", 1)[1]
    assert packet[5:6] == b"\x14" and b"mlkem768x25519-sha256" in packet  # SSH_MSG_KEXINIT


def test_strict_key_exchange(client):
    """The answer to CVE-2023-48795."""
    _, debug = negotiated(client)
    assert "kex-strict-s-v00@openssh.com" in debug


def test_banner_tells_little(client, gateway):
    _, debug = negotiated(client)
    software = re.search(r"remote software version (\S+)", debug)
    assert software


def test_compression_is_off(client):
    assert client.sh("echo plain", options={"Compression": "yes"}) == "plain\n"
