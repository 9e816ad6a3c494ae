"""ZOMG_SSH_REVOKED_KEYS_FILE: a list of public keys, or a KRL as ssh-keygen makes it."""

import os
import subprocess

import pytest

from harness import certificates, keys, waiting
from harness.gateway import Gateway


@pytest.fixture(scope="module")
def revoking(tmp_path_factory, node, user_key):
    """A gateway with a user and an authority, and its file of revoked keys."""
    folder = tmp_path_factory.mktemp("revoking")
    folder.chmod(0o711)
    authority = keys.make_user_key(folder, name="authority")
    revoked = folder / "revoked"
    revoked.write_text("", encoding="ascii")
    lines = f"{keys.public_half(user_key)}\ncert-authority {keys.public_half(authority)}\n"
    with Gateway(folder / "gateway", node, lines,
                 ZOMG_SSH_REVOKED_KEYS_FILE=str(revoked)) as gateway:
        yield gateway, authority, revoked


@pytest.fixture
def revoke(revoking, tmp_path):
    """Replaces the file: by text, or by a KRL of this specification."""
    revoked = revoking[2]

    def replace(text=None, krl=None, flags=()):
        new = tmp_path / "new"
        if krl is None:
            new.write_text(text, encoding="ascii")
        else:
            specification = tmp_path / "specification"
            specification.write_text(krl, encoding="ascii")
            subprocess.run(["ssh-keygen", "-q", "-k", *flags, "-f", new, specification], check=True)
        os.replace(new, revoked)
    yield replace
    replace("")


@pytest.fixture
def enters(revoking, connect, box):
    def attempt(key, certificate=False):
        with_it = {"CertificateFile": certificates.certificate_of(key)} if certificate else {}
        return connect(revoking[0], box.login, key, **with_it).ssh("true").status == 0
    return attempt


@pytest.fixture
def is_soon(enters):
    """Waits until it enters, or does not: the file is read when it has changed, beside all else."""
    def check(expected, key, certificate=False):
        waiting.until(lambda: enters(key, certificate) is expected, 20,
                      "it enters" if expected else "it is refused")
    return check


def test_listed_key(revoke, enters, is_soon, user_key):
    assert enters(user_key)
    revoke(f"# gone\n{keys.public_half(user_key)}\n")
    is_soon(False, user_key)
    revoke("# back\n")
    is_soon(True, user_key)


def test_unreadable_file_refuses_everybody(revoking, revoke, is_soon, user_key):
    revoke("neither keys nor a KRL\n")
    since = revoking[0].log_size()
    is_soon(False, user_key)
    revoking[0].wait_for_log("revoked keys cannot be read", since)
    revoke("")
    os.unlink(revoking[2])
    is_soon(False, user_key)


@pytest.mark.parametrize("what", ["{key}", "sha1: {key}", "sha256: {key}"])
def test_key_in_a_krl(revoke, is_soon, user_key, what):
    revoke(krl=what.format(key=keys.public_half(user_key)) + "\n")
    is_soon(False, user_key)


@pytest.mark.parametrize("specification, enters_still", [
    ("serial: 41\n", True), ("serial: 42\n", False), ("serial: 40-50\n", False),
    ("".join(f"serial: {n}\n" for n in range(20, 60, 2)), False),
    ("".join(f"serial: {n}\n" for n in range(21, 60, 2)), True),
    ("id: someone else\n", True), ("id: me\n", False)])
@pytest.mark.parametrize("any_authority", [False, True])
def test_certificate_in_a_krl(revoking, revoke, is_soon, box, tmp_path, specification, enters_still,
                              any_authority):
    authority = revoking[1]
    made = certificates.sign(authority, keys.make_user_key(tmp_path), box.login, serial=42)
    revoke(krl=specification,
           flags=["-s", "none"] if any_authority else ["-s", f"{authority}.pub"])
    is_soon(enters_still, made, certificate=True)


def test_certificate_of_another_authority_in_a_krl(revoking, revoke, enters, box, tmp_path):
    made = certificates.sign(revoking[1], keys.make_user_key(tmp_path), box.login, serial=42)
    other = keys.make_user_key(tmp_path, name="other")
    revoke(krl="serial: 42\n", flags=["-s", f"{other}.pub"])
    assert enters(made, certificate=True)


@pytest.mark.parametrize("which", ["key", "authority"])
def test_parts_of_a_certificate(revoking, revoke, enters, is_soon, box, tmp_path, which):
    key = keys.make_user_key(tmp_path)
    made = certificates.sign(revoking[1], key, box.login)
    assert enters(made, certificate=True)
    revoke(krl=keys.public_half(key if which == "key" else revoking[1]) + "\n")
    is_soon(False, made, certificate=True)


def test_start_with_an_unreadable_file(node, user_key, tmp_path):
    with pytest.raises(AssertionError, match="ZOMG_SSH_REVOKED_KEYS_FILE.*No such file"):
        Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                ZOMG_SSH_REVOKED_KEYS_FILE="/nonexistent").__enter__()
