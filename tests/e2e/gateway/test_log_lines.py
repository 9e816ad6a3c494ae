"""Text that others chose is one word of a log line, or in quotes: it cannot pass for the rest of it."""

import re

import paramiko
import pytest

from harness import certificates, keys
from harness.audit import Trail
from harness.gateway import Gateway

# As a regular expression and back: what a reader of the log goes by.
WORD = r'([^\s"=(),]+|"(?:[^"\\]|\\.)*")'
REFUSED = re.compile(rf"connection \d+ from {WORD} port \d+: refused user {WORD} with key "
                     r"(SHA256:[A-Za-z0-9+/]{43}): ")
HOSTILE = {
    "blanks": "demo--box1 with key SHA256:" + "A" * 43 + ": the key is not authorized",
    "another field": "demo--box1 port=22", "quotes": 'demo" with key "', "backslash": 'demo\\" x',
    "newline": "demo\nconnection 1 from 10.0.0.1 port 1: authenticated root", "umlauts": "gr\u00fc\u00dfe",
    "bidi": "demo\u202e1xob--omed\u202c", "escape": "\x1b[2K\rdemo", "empty": "", "blank": " ",
}
ANNOTATION = "kubectl.kubernetes.io/default-container"


def read(word):
    """What a word of the log stands for."""
    if not word.startswith('"'):
        return word
    raw = re.sub(rb"\\x([0-9a-f]{2})|\\(.)",
                 lambda found: bytes.fromhex(found[1].decode()) if found[1] else found[2],
                 word[1:-1].encode("ascii"))
    return raw.decode()


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_name_of_a_stranger(gateway, user_key, name):
    since = gateway.log_size()
    with paramiko.Transport(("127.0.0.1", gateway.port)) as transport:
        transport.start_client(timeout=15)
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_publickey(name, paramiko.Ed25519Key.from_private_key_file(str(user_key)))
    gateway.wait_for_log("refused user", since)
    refused = [line for line in gateway.log()[since:].splitlines() if "refused user" in line]
    assert len(refused) == 1 and refused[0].isascii() and refused[0].isprintable()
    _, user, key = REFUSED.search(refused[0]).groups()
    assert read(user) == name
    assert key == keys.fingerprint(user_key)


def test_the_audit_trail_has_them_whole(tmp_path, node, user_key):
    path = tmp_path / "audit.jsonl"
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_AUDIT_LOG=str(path)) as gateway:
        trail = Trail(path)
        for name in HOSTILE.values():
            with paramiko.Transport(("127.0.0.1", gateway.port)) as transport:
                transport.start_client(timeout=15)
                with pytest.raises(paramiko.AuthenticationException):
                    transport.auth_publickey(
                        name, paramiko.Ed25519Key.from_private_key_file(str(user_key)))
        for name in HOSTILE.values():
            assert not trail.wait_for("authentication", user=name)["accepted"]
    assert path.read_bytes().isascii()


def test_the_identity_of_a_certificate(tmp_path, node, user_key, box, connect):
    authority = keys.make_user_key(tmp_path, name="authority")
    identity = 'me" serial 1 of CA SHA256:forged (/etc/keys line 1) \u202e'
    certificate = certificates.sign(authority, user_key, "demo--box1", key_id=identity)
    line = f'cert-authority,principals="demo--box1" {keys.public_half(authority)}'
    with Gateway(tmp_path / "gateway", node, line) as gateway:
        assert connect(gateway, box.login, certificate,
                       CertificateFile=certificates.certificate_of(certificate)).sh("echo in") == "in\n"
        found = re.search(rf"authenticated {WORD} with {WORD} SHA256:\S+ ID {WORD} serial (\d+) of CA "
                          r"(SHA256:\S+) \(ZOMG_SSH_AUTHORIZED_KEYS line 1\)$", gateway.log(), re.M)
    assert read(found[3]) == identity and found[4] == "0"


def test_a_line_of_the_file_of_keys(tmp_path, node, user_key):
    file = tmp_path / "the keys"
    option = "restrict\u202e line 7: accepted (GitHub"
    file.write_text(f'{keys.public_half(user_key)}\n"{option}" {keys.public_half(user_key)}\n',
                    encoding="utf-8")
    with Gateway(tmp_path / "gateway", node, None,
                 ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(file)) as gateway:
        skipped = re.search(rf"{WORD} line 2: skipped: (.*)$", gateway.log(), re.M)
        assert read(skipped[1]) == str(file)
        assert "accepted (GitHub" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", skipped[2])


def test_what_a_box_says_of_itself(node, own_gateway, connect, user_key):
    named = "x of pod ns/other, by kubectl: \u202e\n2026 info: authenticated root"
    with node.box("demo", "named", annotations={ANNOTATION: named}) as box:
        since = own_gateway.log_size()
        assert connect(own_gateway, box.login).ssh("true").status == 255
        own_gateway.wait_for_log("no box|not ready|has no running container", since)
        for line in own_gateway.log()[since:].splitlines():
            assert line.isascii() and line.isprintable()
            assert "by kubectl" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", line), line
