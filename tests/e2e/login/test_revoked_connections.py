"""ZOMG_SSH_CLOSE_REVOKED: what becomes of a connection when its key may log in no more."""

import contextlib
import os
import signal
import time

import pytest

from harness import certificates, github, keys, waiting
from harness.audit import Trail
from harness.gateway import Gateway
from harness.github import public

pytest_plugins = ["harness.github_fixtures"]


@contextlib.contextmanager
def open_session(client, command):
    with client.start(command, options={"LogLevel": "INFO"}) as session:
        try:
            yield session
        finally:
            session.kill()


@contextlib.contextmanager
def talk(client):
    with open_session(client, "echo ready; cat") as session:
        assert session.stdout.readline() == b"ready\n"
        yield session


def answers(session):
    session.stdin.write(b"x\n")
    session.stdin.flush()
    return session.stdout.readline() == b"x\n"


def test_github_key_that_was_removed(hub, start, user, make_key, connect, own_box):
    gone, stays = make_key("gone"), make_key("stays")
    hub.users = {"alice": public(gone), "bob": public(stays)}
    gateway = start("alice,bob", ZOMG_SSH_CLOSE_REVOKED="yes")
    assert user(gateway, gone).soon_gets_in() and user(gateway, stays).soon_gets_in()
    with talk(connect(gateway, own_box.login, gone)) as revoked, \
            talk(connect(gateway, own_box.login, stays)) as other:
        hub.users = {**hub.users, "alice": github.status(500)}
        gateway.wait_for_log("GitHub user alice: status 500", seconds=20)
        assert answers(revoked)
        hub.users = {**hub.users, "alice": ""}
        assert revoked.wait(20) == 255
        assert b"may log in no more" in revoked.stderr.read()
        assert answers(other)
    gateway.wait_for_log("ended, as .* may log in no more: the key is not authorized")


@pytest.mark.parametrize("setting", [None, "no"])
def test_connections_stay_by_default(hub, start, user, make_key, connect, box, setting):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    gateway = start("alice", ZOMG_SSH_CLOSE_REVOKED=setting)
    assert user(gateway, key).soon_gets_in()
    with talk(connect(gateway, box.login, key)) as session:
        hub.users = {}
        assert user(gateway, key).is_soon_refused()
        assert answers(session)


def test_line_that_was_taken_out_of_the_file(node, connect, own_box, user_key, tmp_path):
    other = keys.make_user_key(tmp_path, name="other")
    path = tmp_path / "authorized_keys"
    path.write_text(public(user_key, other), encoding="ascii")
    with Gateway(tmp_path / "gateway", node, None, ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(path),
                 ZOMG_SSH_CLOSE_REVOKED="yes") as gateway:
        with talk(connect(gateway, own_box.login, user_key)) as revoked, \
                talk(connect(gateway, own_box.login, other)) as stays:
            path.write_text(public(other), encoding="ascii")
            assert revoked.wait(20) == 255
            assert answers(stays)


def test_nothing_of_the_session_is_left_in_the_box(hub, start, user, make_key, connect, own_box):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    gateway = start("alice", ZOMG_SSH_CLOSE_REVOKED="yes")
    assert user(gateway, key).soon_gets_in()
    with open_session(connect(gateway, own_box.login, key), "sleep 123454399") as session:
        waiting.until(lambda: own_box.running("123454399"), 15, "it runs")
        hub.users = {}
        assert session.wait(20) == 255
    waiting.until(lambda: not own_box.running("123454399"), 15, "it is gone")


class Ending:
    """Sessions of a gateway with ZOMG_SSH_CLOSE_REVOKED, and what the trail says of their ends."""

    def __init__(self, gateway, connect, login):
        self.gateway, self.connect, self.login = gateway, connect, login
        self.trail = Trail(gateway.settings["ZOMG_SSH_AUDIT_LOG"])

    def talk(self, key, **options):
        return talk(self.connect(self.gateway, self.login, key, **options))

    def expect_end(self, session, reason, other):
        """The session is ended for that reason, and the other one is not."""
        assert session.wait(30) == 255
        assert b"may log in no more" in session.stderr.read()
        assert reason in self.trail.wait_for("revoked", user=self.login)["reason"]
        assert answers(other)


@pytest.fixture
def closing(node, connect, own_box, tmp_path):
    """A function that starts such a gateway with these lines, and this file of revoked keys."""
    running = []

    def start(lines, revoked=None):
        running.append(Gateway(
            tmp_path / "closing", node, lines, ZOMG_SSH_CLOSE_REVOKED="yes",
            ZOMG_SSH_REVOKED_KEYS_FILE=revoked and str(revoked)).__enter__())
        return Ending(running[0], connect, own_box.login)
    yield start
    for gateway in running:
        gateway.stop()


def soon(seconds):
    """That far in the future, for expiry-time."""
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds))


def test_line_that_expires(closing, user_key, tmp_path):
    later = keys.make_user_key(tmp_path, name="later")
    ending = closing(f'expiry-time="{soon(12)}" {keys.public_half(user_key)}\n'
                     f'expiry-time="{soon(3600)}" {keys.public_half(later)}\n')
    with ending.talk(user_key) as expiring, ending.talk(later) as stays:
        ending.expect_end(expiring, "it has expired", stays)


def test_certificate_that_expires(closing, tmp_path, own_box):
    authority = keys.make_user_key(tmp_path, name="authority")
    ending = closing(f"cert-authority {keys.public_half(authority)}\n")

    def talk_for(seconds):
        key = certificates.sign(authority, keys.make_user_key(tmp_path, name=f"for-{seconds}"),
                                own_box.login, valid=f"-1h:+{seconds}s")
        return ending.talk(key, CertificateFile=certificates.certificate_of(key))
    with talk_for(12) as expiring, talk_for(3600) as stays:
        ending.expect_end(expiring, "the certificate has expired", stays)


def test_file_of_revoked_keys_that_names_it(closing, user_key, tmp_path):
    other = keys.make_user_key(tmp_path, name="other")
    revoked, new = tmp_path / "revoked", tmp_path / "new"
    revoked.write_text("", encoding="ascii")
    ending = closing(public(user_key, other), revoked)

    def replace(text):
        new.write_text(text, encoding="ascii")
        os.replace(new, revoked)
    with ending.talk(user_key) as session, ending.talk(other) as stays:
        # Of a file that cannot be read it is not known whom it names: nobody gets in or out.
        replace("neither keys nor a KRL\n")
        since = ending.gateway.log_size()
        ending.gateway.send_signal(signal.SIGHUP)
        ending.gateway.wait_for_log("reading the keys again", since)
        client = ending.connect(ending.gateway, ending.login, other)
        waiting.until(lambda: client.ssh("true").status == 255, 20, "nobody gets in")
        assert answers(session) and answers(stays)
        replace(public(user_key))
        ending.expect_end(session, "the key is revoked", stays)
