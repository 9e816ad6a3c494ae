"""ZOMG_SSH_CLOSE_REVOKED: what becomes of a connection when its key may log in no more."""

import pytest

from harness import github, keys, waiting
from harness.gateway import Gateway
from harness.github import public

pytest_plugins = ["harness.github_fixtures"]


def talk(client):
    session = client.start("echo ready; cat", options={"LogLevel": "INFO"})
    assert session.stdout.readline() == b"ready\n"
    return session


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
        try:
            hub.users = {**hub.users, "alice": github.status(500)}
            gateway.wait_for_log("GitHub user alice: status 500", seconds=20)
            assert answers(revoked)
            hub.users = {**hub.users, "alice": ""}
            assert revoked.wait(20) == 255
            assert b"may log in no more" in revoked.stderr.read()
            assert answers(other)
        finally:
            revoked.kill()
            other.kill()
    gateway.wait_for_log("ended, as .* may log in no more: the key is not authorized")


@pytest.mark.parametrize("setting", [None, "no"])
def test_connections_stay_by_default(hub, start, user, make_key, connect, box, setting):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    gateway = start("alice", ZOMG_SSH_CLOSE_REVOKED=setting)
    assert user(gateway, key).soon_gets_in()
    with talk(connect(gateway, box.login, key)) as session:
        try:
            hub.users = {}
            assert user(gateway, key).is_soon_refused()
            assert answers(session)
        finally:
            session.kill()


def test_line_that_was_taken_out_of_the_file(node, connect, own_box, user_key, tmp_path):
    other = keys.make_user_key(tmp_path, name="other")
    path = tmp_path / "authorized_keys"
    path.write_text(public(user_key, other), encoding="ascii")
    with Gateway(tmp_path / "gateway", node, None, ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(path),
                 ZOMG_SSH_CLOSE_REVOKED="yes") as gateway:
        with talk(connect(gateway, own_box.login, user_key)) as revoked, \
                talk(connect(gateway, own_box.login, other)) as stays:
            try:
                path.write_text(public(other), encoding="ascii")
                assert revoked.wait(20) == 255
                assert answers(stays)
            finally:
                revoked.kill()
                stays.kill()


def test_nothing_of_the_session_is_left_in_the_box(hub, start, user, make_key, connect, own_box):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    gateway = start("alice", ZOMG_SSH_CLOSE_REVOKED="yes")
    assert user(gateway, key).soon_gets_in()
    with connect(gateway, own_box.login, key).start("sleep 123454399") as session:
        try:
            waiting.until(lambda: own_box.running("123454399"), 15, "it runs")
            hub.users = {}
            assert session.wait(20) == 255
        finally:
            session.kill()
    waiting.until(lambda: not own_box.running("123454399"), 15, "it is gone")
