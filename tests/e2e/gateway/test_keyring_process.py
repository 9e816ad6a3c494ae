"""The keyring process has the network, two open files, and nothing else."""

import os
import re

import pytest

from harness import process_facts, processes, sanitizers
from harness.gateway import KEYRING
from harness.github import public

pytest_plugins = ["harness.github_fixtures"]

NONE = "0000000000000000"


@pytest.fixture
def keyring(hub, start, make_key):
    """Its pid, after it has told a user's keys."""
    hub.users = {"alice": public(make_key("key"))}
    gateway = start("alice")
    gateway.wait_for_log("GitHub user alice: 1 keys")
    return gateway.one(KEYRING)


def test_account_capabilities_and_filter(keyring):
    seen = processes.status(keyring)
    assert process_facts.account(seen) == "zomg-ssh-keyring, counted apart"
    assert seen["Groups"].split() == []
    assert {seen[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {NONE}
    assert (seen["Seccomp"], seen["NoNewPrivs"]) == ("2", "1")


@sanitizers.other_build
def test_root_has_the_resolvers_files_only(keyring):
    root = f"/proc/{keyring}/root"
    assert os.listdir(root) == ["etc"]
    assert set(os.listdir(f"{root}/etc")) <= {"resolv.conf", "hosts", "nsswitch.conf", "host.conf",
                                              "gai.conf"}
    with open(f"/proc/{keyring}/mounts", encoding="ascii") as mounts:
        assert all(re.match(r"\S+ / tmpfs ro,", line) for line in mounts)


def test_open_files(keyring, tmp_path):
    def links():
        paths = [f"/proc/{keyring}/fd/{number}" for number in os.listdir(f"/proc/{keyring}/fd")]
        return sorted(os.readlink(path) for path in paths if os.path.lexists(path))

    def files():
        return [link for link in links()
                if not re.match(r"(socket|pipe|anon_inode):|/dev/null$", link)]
    state = [str(tmp_path / "state" / f"github-keys.{number}") for number in (0, 1)]
    log = [link for link in files() if link.endswith("gateway.log")]
    assert files() == sorted(state + log)


def test_others_cannot_look_at_it(keyring):
    """Not even its own account: it is not dumpable, so its /proc files are root's."""
    assert os.stat(f"/proc/{keyring}/fd").st_uid == 0
