"""The host key signs key exchanges of this gateway, and nothing else: also for a connection process
that was taken over."""

import base64
import hashlib
import os
import struct
import subprocess

import paramiko
import pytest

from harness import keys, processes, sanitizers
from harness.gateway import Gateway
from harness.key_exchange import COOKIE, KeyExchange, string
from harness.played_connection import (Ended, PlayedConnection, field, message, programs,
                                       sign_exchange)

DOCUMENT = b"I owe the bearer a box.\n"
# OpenSSH's PROTOCOL.sshsig: what is signed of a document. It has 64 bytes, as SHA-512's hashes have.
SIGNED_FILE = (b"SSHSIG" + string(b"file") + string(b"") + string(b"sha256")
               + string(hashlib.sha256(DOCUMENT).digest()))


@pytest.fixture(scope="module")
def played_gateway(tmp_path_factory, node, user_key):
    directory = tmp_path_factory.mktemp("signing")
    directory.chmod(0o711)
    with Gateway(directory / "gateway", node, keys.public_half(user_key),
                 program=programs(directory / "bin")) as running:
        yield running


def is_a_file_signature(signature, host_key, directory):
    """Whether ssh-keygen takes the 64 bytes for the host's signature under DOCUMENT."""
    public = base64.b64decode(host_key.split()[1])
    blob = (b"SSHSIG" + struct.pack(">I", 1) + string(public) + string(b"file") + string(b"")
            + string(b"sha256") + string(string(b"ssh-ed25519") + string(signature)))
    text = base64.b64encode(blob).decode()
    lines = [text[at:at + 70] for at in range(0, len(text), 70)]
    (directory / "document.sig").write_text("\n".join(
        ["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""]))
    (directory / "signers").write_text(f"host {host_key}\n")
    done = subprocess.run(
        ["ssh-keygen", "-Y", "verify", "-f", directory / "signers", "-I", "host", "-n", "file",
         "-s", directory / "document.sig"], input=DOCUMENT, capture_output=True, check=False)
    print(done)
    return done.returncode == 0


def test_the_test_knows_a_file_signature(tmp_path):
    key = keys.make_user_key(tmp_path)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "file", "-O",
                    "hashalg=sha256", "-"], input=DOCUMENT, check=True, capture_output=True)
    signed = paramiko.Ed25519Key.from_private_key_file(str(key)).sign_ssh_data(SIGNED_FILE).asbytes()
    assert is_a_file_signature(signed[-64:], keys.public_half(key), tmp_path)


# Wherever a connection process can put the bytes of its choice. The first is the request of the
# gateway that signed them: it has the number of SignExchange today.
PLACES = {
    "as a hash": message("SignExchange", field(SIGNED_FILE)),
    "as a version": sign_exchange(KeyExchange(COOKIE, client_version=SIGNED_FILE)),
    "as a KEXINIT": sign_exchange(KeyExchange(COOKIE, client_kexinit=SIGNED_FILE)),
    "in a KEXINIT": sign_exchange(KeyExchange(COOKIE, client_kexinit=b"\x14" + SIGNED_FILE)),
    "as a secret": sign_exchange(KeyExchange(COOKIE, secret=SIGNED_FILE)),
}


@pytest.mark.parametrize("place", PLACES)
def test_no_file_is_signed(played_gateway, tmp_path, place):
    with PlayedConnection(played_gateway) as played:
        try:
            answer = played.ask(PLACES[place].replace(COOKIE, played.cookie))
        except Ended:
            return
    assert not is_a_file_signature(answer[-64:], keys.public_half(played_gateway.host_key), tmp_path)


def test_what_is_signed_is_the_hash_of_an_exchange_with_this_host(played_gateway):
    """Hashed by the monitor, over its own version string and host key."""
    with PlayedConnection(played_gateway) as played:
        exchange = KeyExchange(played.cookie)
        signature = played.sign(exchange)
        public = paramiko.Ed25519Key(data=played.host_key)
    wire = paramiko.Message(string(b"ssh-ed25519") + string(signature))
    assert public.verify_ssh_sig(exchange.hash(played.host_key), wire)


def test_one_connection_is_one_client(played_gateway):
    """Nor does it sign for a client that said another version string than the first."""
    with PlayedConnection(played_gateway) as played:
        played.sign()
        with pytest.raises(Ended):
            played.sign(KeyExchange(played.cookie, client_version=b"SSH-2.0-another"))


@pytest.mark.skipif(sanitizers.ENABLED, reason="there is shadow memory to search")
def test_the_monitor_forgets_the_secret(played_gateway):
    secret = os.urandom(32)
    with PlayedConnection(played_gateway) as played:
        played.sign(KeyExchange(played.cookie, client_version=b"SSH-2.0-remembered", secret=secret))
        assert processes.memory_contains(played_gateway.pid, b"SSH-2.0-remembered")
        assert not processes.memory_contains(played_gateway.pid, secret)
