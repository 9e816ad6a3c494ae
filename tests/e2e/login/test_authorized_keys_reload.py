"""ZOMG_SSH_AUTHORIZED_KEYS_FILE is read again when it changes, however it changes."""

import os
import signal

import pytest

from harness import keys, waiting
from harness.gateway import Gateway
from harness.github import public


@pytest.fixture
def path(tmp_path):
    return tmp_path / "authorized_keys"


@pytest.fixture
def other_key(tmp_path):
    return keys.make_user_key(tmp_path, name="other")


@pytest.fixture
def gateway(node, tmp_path, path, user_key):
    if not path.exists():
        path.write_text(public(user_key), encoding="ascii")
    with Gateway(tmp_path / "gateway", node, None,
                 ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(path)) as running:
        yield running


def gets_in(client):
    return client.ssh("exit 9").status == 9


def switched(connect, gateway, box, old, new):
    """Whether the new key comes in, and then the old one no more."""
    waiting.until(lambda: gets_in(connect(gateway, box.login, new)), 20, "the new key is known")
    return not gets_in(connect(gateway, box.login, old))


def test_written_over(gateway, path, connect, box, user_key, other_key):
    assert gets_in(connect(gateway, box.login, user_key))
    path.write_text(public(other_key), encoding="ascii")
    assert switched(connect, gateway, box, user_key, other_key)


def test_replaced(gateway, path, connect, box, user_key, other_key):
    fresh = path.with_name("fresh")
    fresh.write_text(public(other_key), encoding="ascii")
    fresh.rename(path)
    assert switched(connect, gateway, box, user_key, other_key)


@pytest.fixture
def volume(path, user_key):
    """A secret as kubelet lays it out: authorized_keys -> ..data/authorized_keys, ..data -> ..1."""
    (path.parent / "..1").mkdir()
    (path.parent / "..1" / path.name).write_text(public(user_key), encoding="ascii")
    (path.parent / "..data").symlink_to("..1")
    path.symlink_to(f"..data/{path.name}")
    return path.parent


def test_volume_of_kubernetes(volume, gateway, path, connect, box, user_key, other_key):
    assert gets_in(connect(gateway, box.login, user_key))
    (volume / "..2").mkdir()
    (volume / "..2" / path.name).write_text(public(other_key), encoding="ascii")
    (volume / "..data_tmp").symlink_to("..2")
    (volume / "..data_tmp").rename(volume / "..data")
    (volume / "..1" / path.name).unlink()
    (volume / "..1").rmdir()
    assert switched(connect, gateway, box, user_key, other_key)


@pytest.mark.parametrize("damage, reason", [
    (lambda path: path.unlink(), "its last keys stay: .*No such file"),
    (lambda path: path.write_text("<html>oops</html>\n"), "its last keys stay: .*no usable line"),
    (lambda path: (path.unlink(), path.mkdir()), "its last keys stay: .*not a regular file"),
    (lambda path: path.write_bytes(os.urandom(1 << 23)), "its last keys stay: .*more than"),
], ids=["gone", "garbage", "directory", "too-long"])
def test_unreadable_keeps_its_keys(gateway, path, connect, box, user_key, damage, reason):
    damage(path)
    gateway.wait_for_log(reason)
    assert gets_in(connect(gateway, box.login, user_key))


def test_emptied_takes_the_keys_away(gateway, path, connect, box, user_key):
    path.write_text("# nobody\n", encoding="ascii")
    gateway.wait_for_log("nobody can log in: no key is left")
    assert not gets_in(connect(gateway, box.login, user_key))


def test_sighup_reads_it_at_once(gateway, path, connect, box, user_key, other_key):
    path.write_text(public(other_key), encoding="ascii")
    gateway.send_signal(signal.SIGHUP)
    assert switched(connect, gateway, box, user_key, other_key)
