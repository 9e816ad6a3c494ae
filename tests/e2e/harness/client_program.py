"""Tests of a library for SSH, by a program of tests/e2e/clients/programs that is made of it.

    PROGRAM PORT USER KEY-FILE HOST-KEY VERB ARGUMENTS

Verbs: `exec COMMAND` and `terminal` (a shell in one of 90 by 30) have the program's own streams and
exit status; `put HERE THERE`, `get THERE HERE`, `resume HERE THERE`, `list DIRECTORY`, `rename OLD NEW`.
With KEEPALIVE in the environment the program asks the server for an answer each second, with REKEY for
new keys, often. A file of tests has all of these by `import *`, and a fixture `program`: the words to
start the program by.
"""

import os

import pytest

from harness import leaks, tried

__all__ = ["call", "starting", "test_exec", "test_terminal", "test_long_input", "test_large_files",
           "test_list_rename_resume", "test_keepalive", "test_new_keys", "test_cut_off", "pytestmark"]

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def starting(client, program):
    """starting(verb, …): the command line."""
    host_key = client.known_hosts.read_text(encoding="ascii").split()[2]
    return lambda *words: [*program, client.gateway.port, client.login, client.key, host_key, *words]


@pytest.fixture
def call(client, starting):
    return lambda *words, **options: tried.run(client, *starting(*words), **options)


def test_exec(call):
    tried.check_exec(call("exec", tried.EXEC, stdin=tried.EXEC_INPUT))


def test_terminal(call):
    tried.check_terminal(call("terminal", stdin=tried.TERMINAL_INPUT), size="30 90")


def test_long_input(call):
    done = call("exec", "sha256sum", stdin=tried.LONG_INPUT)
    assert (done.status, done.text.split()[0]) == (0, tried.LONG_INPUT_DIGEST)


def test_large_files(call, bulk, home, tmp_path):
    call("put", bulk, "large").ok()
    assert tried.digest(home / "large") == tried.digest(bulk)
    call("get", "large", tmp_path / "back").ok()
    assert tried.digest(tmp_path / "back") == tried.digest(bulk)
    (home / "large").unlink()


def test_list_rename_resume(call, home, tmp_path):
    whole = tried.random_file(tmp_path / "whole", 3_000_000)
    folder = tried.empty(home / "folder")
    (folder / "part").write_bytes(whole.read_bytes()[:1_000_000])
    call("rename", "folder/part", "folder/renamed").ok()
    assert "renamed" in call("list", "folder").ok().text.split()
    call("resume", whole, "folder/renamed").ok()
    assert tried.digest(folder / "renamed") == tried.digest(whole)


def test_keepalive(call):
    done = call("exec", "sleep 4; echo alive", stdin=b"x", KEEPALIVE="yes")
    assert (done.status, done.out) == (0, b"alive\n")


def test_new_keys(call):
    content = os.urandom(24 * tried.MIB)
    done = call("exec", "sha256sum; head -c 25165824 /dev/zero; exit 3", stdin=content, REKEY="yes")
    digest, _, zeros = done.out.partition(b"  -\n")
    assert (done.status, digest.decode()) == (3, tried.digest_of(content)), done.errors
    assert zeros == bytes(24 * tried.MIB)


def test_cut_off(client, starting, bulk, box, gateway, home):
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, *starting("put", bulk, "cut"),
                          when=lambda: tried.has_bytes(home / "cut", tried.MIB)):
            pass
    (home / "cut").unlink()
