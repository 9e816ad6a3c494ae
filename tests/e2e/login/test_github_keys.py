"""Keys of GitHub users, against a stand-in for GitHub: what it says is what holds, and what it fails
to say changes nothing."""

import re
import signal

import pytest

from harness import github, waiting
from harness.gateway import KEYRING
from harness.github import public, saved

pytest_plugins = ["harness.github_fixtures"]


def test_users_get_in_with_any_of_their_keys(hub, start, user, make_key):
    one, two, other, stranger = map(make_key, ("one", "two", "other", "stranger"))
    hub.users = {"alice": public(one, two), "bob": public(other)}
    gateway = start("alice,bob")
    for key in (one, two, other):
        assert user(gateway, key).soon_gets_in()
    assert user(gateway, stranger).is_refused()
    assert re.search(r"authenticated .*\(GitHub user alice\)", gateway.log())


def test_keys_come_beside_static_ones(hub, start, user, make_key):
    static, fetched = make_key("static"), make_key("fetched")
    hub.users = {"alice": public(fetched)}
    gateway = start("alice", ZOMG_SSH_AUTHORIZED_KEYS=public(static))
    assert user(gateway, static).gets_in()
    assert user(gateway, fetched).soon_gets_in()


def test_nothing_is_sent_twice(hub, start, user, make_key):
    hub.users = {"alice": public(make_key("one"))}
    gateway = start("alice")
    waiting.until(lambda: len(hub.requests_of("alice")) >= 4, 20, "four requests")
    first, *later = hub.requests_of("alice")
    assert (first.status, first.if_none_match) == (200, None)
    assert {(request.status, bool(request.if_none_match)) for request in later} == {(304, True)}
    assert user(gateway, make_key("two")).is_refused()


def test_changed_keys_replace_the_old_ones(hub, start, user, make_key):
    old, new = make_key("old"), make_key("new")
    hub.users = {"alice": public(old)}
    gateway = start("alice")
    assert user(gateway, old).soon_gets_in()
    hub.users = {"alice": public(new)}
    assert user(gateway, new).soon_gets_in()
    assert user(gateway, old).is_refused()


@pytest.mark.parametrize("answer", ["", None], ids=["empty", "404"])
def test_no_keys_or_no_user_takes_the_keys_away(hub, start, user, make_key, answer):
    key, other = make_key("key"), make_key("other")
    hub.users = {"alice": public(key), "bob": public(other)}
    gateway = start("alice,bob")
    assert user(gateway, key).soon_gets_in() and user(gateway, other).soon_gets_in()
    hub.users = {**hub.users, "alice": answer}
    assert user(gateway, key).is_soon_refused()
    assert user(gateway, other).gets_in()


LINE = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEa+JESGZBIXSarqkem4yiGA1TVLeITpCtq0gdrGBDpA\n"
FAILURES = {
    "500": (github.status(500), "status 500"),
    "503": (github.status(503), "status 503"),
    "403": (github.status(403), "status 403"),
    "429": (github.status(429, {"Retry-After": "1"}), "status 429"),
    "redirect": (github.status(302, {"Location": "/mallory.keys"}), "status 302"),
    "page": (github.status(200), "no list of keys"),
    "options": (github.status(200, body=b'command="id" ' + LINE), "no list of keys"),
    "cut-in-a-line": (github.status(200, body=LINE + LINE[:60]), "no list of keys"),
    "truncated": (github.truncated(LINE, 1000), "transfer closed|SSL_read|unexpected eof"),
    "reset": (github.reset, "Connection reset|SSL_ERROR|Recv failure|Empty reply"),
    "10-MiB": (github.endless, "over its bound"),
    "slow-drip": (github.drip(LINE * 100), "too slow"),
}


@pytest.mark.timeout(240)
def test_failures_keep_the_last_good_keys(hub, start, user, make_key):
    """Before, during and after, a user for each failure; and nobody else is touched."""
    old = {name: make_key(f"old-{name}") for name in FAILURES}
    new = {name: make_key(f"new-{name}") for name in FAILURES}
    other, mallory = make_key("other"), make_key("mallory")
    hub.users = {"bob": public(other), "mallory": public(mallory),
                 **{f"u-{name}": public(key) for name, key in old.items()}}
    gateway = start("bob," + ",".join(f"u-{name}" for name in FAILURES))
    assert user(gateway, other).soon_gets_in()
    assert [name for name in FAILURES if not user(gateway, old[name]).soon_gets_in()] == []

    since = gateway.log_size()
    hub.users = {"mallory": public(mallory),
                 **{f"u-{name}": answer for name, (answer, _) in FAILURES.items()}}
    for name, (_, reason) in FAILURES.items():
        gateway.wait_for_log(rf"GitHub user u-{name}: .*({reason})", since, 30)
    assert user(gateway, other).is_soon_refused()
    assert [name for name in FAILURES if not user(gateway, old[name]).gets_in()] == []

    hub.users = {f"u-{name}": public(key) for name, key in new.items()}
    gateway.send_signal(signal.SIGHUP)  # on a slow machine the waits have grown long by now
    assert [name for name in FAILURES if not user(gateway, new[name]).soon_gets_in()] == []
    assert [name for name in FAILURES if not user(gateway, old[name]).is_refused()] == []
    assert user(gateway, mallory).is_refused() and not hub.requests_of("mallory")


def test_failures_are_followed_by_longer_and_longer_waits(hub, start):
    hub.users = {"alice": github.status(500)}
    start("alice")
    waiting.until(lambda: len(hub.requests_of("alice")) >= 4, 30, "four requests")
    times = [request.at for request in hub.requests_of("alice")]
    waits = [after - before for before, after in zip(times, times[1:])]
    # 1, 2 and 4 s, give or take a tenth, and what a loaded machine adds.
    assert waits[0] >= 0.85 and waits[1] >= 1.7 and waits[2] >= 3.4


def test_retry_after_is_obeyed(hub, start, user, make_key):
    key = make_key("key")
    hub.users = {"alice": github.status(429, {"Retry-After": "5"})}
    gateway = start("alice")
    waiting.until(lambda: hub.requests_of("alice"), 20, "a request")
    hub.users = {"alice": public(key)}
    assert user(gateway, key).soon_gets_in()
    first, second = hub.requests_of("alice")[:2]
    assert second.at - first.at >= 4.9


def test_certificate_of_another_ca_is_not_trusted(hub, start, user, make_key, tmp_path):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    other, _, _ = github.make_ca(tmp_path, "other")
    gateway = start("alice", ZOMG_SSH_GITHUB_CA=str(other))
    gateway.wait_for_log("GitHub user alice: .*certificate", seconds=20)
    assert user(gateway, key).is_refused()
    assert not hub.requests


def test_private_ca_is_not_trusted_by_default(hub, start, user, make_key):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    gateway = start("alice", ZOMG_SSH_GITHUB_CA=None)
    gateway.wait_for_log("GitHub user alice: .*certificate", seconds=20)
    assert user(gateway, key).is_refused()


def test_start_in_an_outage_with_no_keys(hub, start, user, make_key):
    """It starts, refuses, says why, and recovers by itself."""
    key = make_key("key")
    hub.users = {"alice": public(key)}
    hub.stop()
    gateway = start("alice")
    assert user(gateway, key).is_refused()
    gateway.wait_for_log("nobody can log in before GitHub user alice's keys come: the server cannot")
    hub.start()
    assert user(gateway, key).soon_gets_in()


def test_restart_in_an_outage(hub, start, user, make_key):
    key, other = make_key("key"), make_key("other")
    hub.users = {"alice": public(key), "bob": public(other)}
    gateway = start("alice,bob")
    assert user(gateway, key).soon_gets_in() and user(gateway, other).soon_gets_in()
    hub.users = {"alice": public(key)}
    assert user(gateway, other).is_soon_refused()
    saved(gateway, [key], [other])
    gateway.stop()
    hub.stop()
    gateway = start("alice,bob")
    assert user(gateway, key).soon_gets_in()
    assert user(gateway, other).is_refused()


def test_kept_keys_have_an_age_limit(hub, start, user, make_key):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    gateway = start("alice", ZOMG_SSH_KEYS_MAX_STALE_SECS="3")
    assert user(gateway, key).soon_gets_in()
    saved(gateway, [key])
    # While the gateway runs ...
    hub.stop()
    assert user(gateway, key).is_soon_refused()
    gateway.wait_for_log("keys are dropped")
    gateway.stop()
    # ... and in what it kept.
    assert user(start("alice", ZOMG_SSH_KEYS_MAX_STALE_SECS="3"), key).is_refused()


def test_kept_keys_are_of_one_server(hub, start, user, make_key):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    gateway = start("alice")
    assert user(gateway, key).soon_gets_in()
    saved(gateway, [key])
    gateway.stop()
    hub.stop()
    gateway = start("alice", ZOMG_SSH_GITHUB_URL=f"https://127.0.0.1:{hub.port}/enterprise")
    gateway.wait_for_log("GitHub user alice: ")
    assert user(gateway, key).is_refused()


def test_dead_keyring_takes_no_keys_along(hub, start, user, make_key):
    old, new = make_key("old"), make_key("new")
    hub.users = {"alice": public(old)}
    gateway = start("alice")
    assert user(gateway, old).soon_gets_in()
    killed = gateway.one(KEYRING)
    gateway.kill(killed)
    assert user(gateway, old).gets_in()
    hub.users = {"alice": public(new)}
    assert user(gateway, new).soon_gets_in()
    assert gateway.one(KEYRING) != killed


def test_user_with_a_pattern_reaches_what_matches(hub, start, user, make_key, node):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    with node.box("teama", "web") as inside, node.box("teamb", "web") as outside:
        gateway = start("alice=teama--*,alice=*--db")
        assert user(gateway, key, inside.login).soon_gets_in()
        assert user(gateway, key, outside.login).is_refused()


def test_sighup_fetches_at_once(hub, start, user, make_key):
    old, new = make_key("old"), make_key("new")
    hub.users = {"alice": public(old)}
    gateway = start("alice", ZOMG_SSH_KEYS_REFRESH_SECS="86400")
    assert user(gateway, old).soon_gets_in()
    hub.users = {"alice": public(new)}
    assert user(gateway, new).is_refused()
    gateway.send_signal(signal.SIGHUP)
    assert user(gateway, new).soon_gets_in()
    assert user(gateway, old).is_refused()
