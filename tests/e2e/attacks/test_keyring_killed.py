"""kill -9 of the keyring in the middle of keeping keys loses none."""

import subprocess

import pytest

from harness import github, processes, waiting
from harness.gateway import KEYRING
from harness.github import public, saved

pytest_plugins = ["harness.github_fixtures"]


def kill_at(pid, call):
    """Has the kernel kill the process when it next makes this system call."""
    tracer = subprocess.Popen(  # pylint: disable=consider-using-with
        ["strace", "-f", "-p", str(pid), "-e", f"trace={call}", "-e",
         f"inject={call}:signal=KILL"], stderr=subprocess.PIPE, text=True)
    assert "attached" in tracer.stderr.readline()
    return tracer


@pytest.mark.parametrize("call", ["pwrite64", "ftruncate", "fsync"])
def test_killed_while_writing(hub, start, user, make_key, call):
    key, later = make_key("key"), [make_key(f"later{number}") for number in range(2)]
    hub.users = {"alice": public(key)}
    gateway = start("alice,bob")
    assert user(gateway, key).soon_gets_in()
    saved(gateway, [key])
    # Twice, as there are two files.
    for new in later:
        pid = gateway.one(KEYRING)
        with kill_at(pid, call) as tracer:
            hub.users = {**hub.users, "bob": public(new)}
            waiting.until(lambda gone=pid: not processes.alive(gone), 20, f"it dies in {call}")
            tracer.wait(10)
        assert user(gateway, key).gets_in()
        assert user(gateway, new).soon_gets_in()
    gateway.stop()
    hub.stop()
    assert user(start("alice,bob"), key).soon_gets_in()


def test_killed_again_and_again(hub, start, user, make_key):
    """The state is never worse than what was saved last, whenever the keyring dies."""
    key = make_key("key")
    hub.users = {"alice": public(key)}
    gateway = start("alice,bob")
    assert user(gateway, key).soon_gets_in()
    saved(gateway, [key])
    for number in range(12):
        # Ever another length, and a write as soon as the keyring is back.
        line = public(key).split()
        hub.users["bob"] = "".join(f"{line[0]} {line[1]} {number}\n" for _ in range(1 + number * 7))
        seen = len(hub.requests_of("bob"))
        waiting.until(lambda before=seen: len(hub.requests_of("bob")) > before, 40, "it asks")
        gateway.kill(gateway.one(KEYRING))
    gateway.stop()
    hub.stop()
    assert user(start("alice,bob"), key).soon_gets_in()


def test_garbage_in_both_state_files(hub, start, user, make_key, tmp_path):
    key = make_key("key")
    hub.users = {"alice": public(key)}
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    for number in (0, 1):
        (state / f"github-keys.{number}").write_bytes(b"garbage" * 1000)
        (state / f"github-keys.{number}").chmod(0o600)
    gateway = start("alice")
    gateway.wait_for_log("a state file is not whole")
    assert user(gateway, key).soon_gets_in()
    saved(gateway, [key])


def test_state_directory_that_others_may_write(hub, start, user, make_key, tmp_path):
    """Nothing is kept there; the rest works."""
    key = make_key("key")
    hub.users = {"alice": github.good(public(key))}
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o777)
    gateway = start("alice")
    assert "others than root can write there" in gateway.log()
    assert user(gateway, key).soon_gets_in()
    assert not list((tmp_path / "state").iterdir())
