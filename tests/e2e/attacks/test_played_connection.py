"""A connection process that was taken over gets nothing from the monitor that its user has not proved."""

import base64
import os
import struct

import pytest

from harness import keys
from harness.audit import Trail
from harness.gateway import Gateway
from harness.key_exchange import COOKIE, KeyExchange
from harness.played_connection import Ended, PlayedConnection, message, programs, proof, sign_exchange


@pytest.fixture(scope="module")
def played_gateway(tmp_path_factory, node, user_key):
    directory = tmp_path_factory.mktemp("played")
    directory.chmod(0o711)
    with Gateway(directory / "gateway", node, keys.public_half(user_key),
                 program=programs(directory / "bin")) as running:
        yield running


@pytest.fixture
def played(played_gateway):
    with PlayedConnection(played_gateway) as connection:
        yield connection


@pytest.fixture(autouse=True)
def others_live(played_gateway, box, user_key):
    """Whatever one connection does, one that was there before can still log in and open a session."""
    with PlayedConnection(played_gateway) as other:
        other.sign()
        yield
        assert other.verify(box.login, user_key)
        assert other.open_session() == 1


def test_a_valid_signature_opens_a_session(played, box, user_key):
    """So a refusal in the tests below is not for a reason of the test's own making."""
    played.sign()
    assert played.verify(box.login, user_key)
    assert played.open_session() == 1


def test_a_breach_is_in_the_audit_trail(played, played_gateway):
    trail = Trail(played_gateway.settings["ZOMG_SSH_AUDIT_LOG"])
    played.sign()
    with pytest.raises(Ended):
        played.open_session()
    broken = trail.wait_for("contract_broken")
    assert "OpenSession" in broken["violation"]
    trail.wait_for("connection_end", connection=broken["connection"], authenticated=False)


def test_a_session_without_a_signature(played, played_gateway):
    played.sign()
    since = played_gateway.log_size()
    with pytest.raises(Ended):
        played.open_session()
    played_gateway.wait_for_log("OpenSession", since)


def test_a_session_after_a_refused_signature(played, box, user_key, tmp_path):
    played.sign()
    assert not played.verify(box.login, user_key, signing=keys.make_user_key(tmp_path))
    with pytest.raises(Ended):
        played.open_session()


def test_a_signature_of_another_connection(played, box, user_key):
    """A gateway that a user logged in to elsewhere cannot use that login here."""
    played.sign()
    assert not played.verify(box.login, user_key, session_id=os.urandom(32))
    with pytest.raises(Ended):
        played.open_session()


def test_a_later_exchange_hash_is_no_session_identifier(played, box, user_key):
    """Nor can it choose the identifier after it has seen a signature."""
    played.sign()
    later = KeyExchange()
    played.sign(later)
    assert not played.verify(box.login, user_key, session_id=later.hash(played.host_key))


def test_a_login_that_was_recorded(played, played_gateway, box, user_key):
    """Who owned the connection process of a login has every byte of it, and sends them again."""
    exchange = KeyExchange(played.cookie)
    played.sign(exchange)
    login = proof(played.session_id, box.login, user_key)
    assert played.claim(box.login, *login)
    with PlayedConnection(played_gateway) as another:
        since = played_gateway.log_size()
        with pytest.raises(Ended):
            another.sign(exchange)
            assert not another.claim(box.login, *login)
        played_gateway.wait_for_log("a first KEXINIT without the cookie that was given", since)


def test_a_signature_for_another_box(played, box, user_key):
    played.sign()
    assert not played.verify("demo--stranger", user_key, signed_login=box.login)


def test_a_valid_signature_of_a_key_that_is_not_authorized(played, box, tmp_path):
    played.sign()
    assert not played.verify(box.login, keys.make_user_key(tmp_path))


@pytest.mark.parametrize("signature", [b"", b"\0", b"\xff" * 83, bytes(1024)], ids=len)
def test_signatures_that_are_none(played, box, user_key, signature):
    played.sign()
    public = base64.b64decode(keys.public_half(user_key).split()[1])
    assert not played.claim(box.login, public, signature)


def test_a_login_before_the_key_exchange(played, box, user_key):
    with pytest.raises(Ended):
        played.verify(box.login, user_key, session_id=bytes(32))


def test_a_second_login_on_one_connection(played, box, user_key):
    """It cannot become somebody else after it was authenticated."""
    played.sign()
    assert played.verify(box.login, user_key)
    with pytest.raises(Ended):
        played.verify("demo--stranger", user_key)


def test_signing_without_end(played):
    """The host key signs a handful of exchanges for who has not logged in."""
    with pytest.raises(Ended):
        for _ in range(100):
            played.sign()


HASH = sign_exchange(KeyExchange(COOKIE))


@pytest.mark.parametrize("packet", [
    HASH[:-1], HASH + b"\0", HASH[:4], b"\x01", struct.pack("<I", 0xffffffff),
    struct.pack("<I", 10_000) + HASH[4:], message("Welcome", bytes(32)),
    message("UserVerified", b"\1\1\0\0\0\0"), message("SessionOpened", bytes(5)),
    message("ReportSftp", bytes(43)),
    message("SignExchange", struct.pack("<I", 0xffffffff)),
    sign_exchange(KeyExchange(COOKIE, client_version=b"SSH-2.0-" + b"x" * 246)),
    sign_exchange(KeyExchange(COOKIE, client_kexinit=b"\x14" * (32 * 1024 + 1))),
    message("Report", struct.pack("<I", 999_999)), bytes(200_000),
], ids=lambda packet: f"{packet[:6].hex()}+{len(packet)}")
def test_packets_that_break_the_contract(played, packet):
    with pytest.raises(Ended):
        played.ask(packet.replace(COOKIE, played.cookie))


@pytest.mark.parametrize("descriptors", [1, 8])
def test_descriptors_where_none_belong(played, descriptors):
    with pytest.raises(Ended):
        played.ask(HASH.replace(COOKIE, played.cookie), descriptors)
