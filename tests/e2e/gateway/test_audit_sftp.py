"""ZOMG_SSH_AUDIT_SFTP: the audit trail tells what sftp and scp do to files."""

import pytest

from harness import keys
from harness.audit import Trail
from harness.gateway import Gateway


@pytest.fixture(scope="module")
def watching(tmp_path_factory, node, user_key):
    """Its `forced_key` has a command that runs what was asked for."""
    path = tmp_path_factory.mktemp("watching")
    path.chmod(0o711)
    forced = keys.make_user_key(path, name="forced")
    lines = (f"{keys.public_half(user_key)}\n"
             f'command="exec $SSH_ORIGINAL_COMMAND" {keys.public_half(forced)}')
    with Gateway(path / "gateway", node, lines, ZOMG_SSH_AUDIT_SFTP="yes") as gateway:
        gateway.trail = Trail(path / "gateway" / "audit.jsonl")
        gateway.forced_key = forced
        yield gateway


def test_files_with_paths_and_sizes(watching, own_box, connect, tmp_path):
    client = connect(watching, own_box.login)
    (tmp_path / "up").write_bytes(b"u" * 100_000)
    client.sftp(f"put {tmp_path}/up first\nrename first second\nget second {tmp_path}/down\n"
                "mkdir d\nrmdir d\nln -s second link\nrm second\n").ok()
    watching.trail.wait_for("session_end")
    assert (tmp_path / "down").read_bytes() == b"u" * 100_000
    told = [(event["operation"], event["path"].rsplit("/", 1)[-1], event["succeeded"])
            for event in watching.trail.events("sftp")]
    assert told == [("open", "first", True), ("close", "first", True), ("rename", "first", True),
                    ("open", "second", True), ("close", "second", True), ("mkdir", "d", True),
                    ("rmdir", "d", True), ("link", "second", True), ("remove", "second", True)]
    put, got = watching.trail.events("sftp", operation="close")
    assert (put["bytes_written"], put["bytes_read"]) == (100_000, 0)
    assert (got["bytes_written"], got["bytes_read"]) == (0, 100_000)
    assert put["claimed_by"] == "connection"
    assert watching.trail.events("sftp", operation="rename")[0]["target"].endswith("second")


def test_copies_and_attributes(watching, own_box, connect, tmp_path):
    (tmp_path / "up").write_bytes(b"u" * 1000)
    connect(watching, own_box.login).sftp(
        f"put {tmp_path}/up original\ncp original duplicate\nchmod 600 duplicate\n"
        f"chown 7 duplicate\nput -p {tmp_path}/up timed\n").ok()
    copy = watching.trail.wait_for("sftp", operation="copy", succeeded=True)
    assert copy["path"].endswith("original") and copy["target"].endswith("duplicate")
    for attributes, name in ((["mode"], "duplicate"), (["owner"], "duplicate"),
                             (["mode", "times"], "timed")):
        event = watching.trail.wait_for("sftp", operation="setstat", attributes=attributes)
        assert event["path"].endswith(name) and event["succeeded"]
    assert watching.trail.events("sftp", attributes=["mode"])[0]["mode"] == "0600"


def test_what_failed(watching, own_box, connect):
    connect(watching, own_box.login).sftp("-rm missing\n").ok()
    event = watching.trail.wait_for("sftp", operation="remove", succeeded=False)
    assert event["path"].endswith("missing")


def test_scp_speaks_it(watching, own_box, connect, tmp_path):
    (tmp_path / "bulk").write_bytes(b"b" * 5_000_000)
    connect(watching, own_box.login).run("scp", tmp_path / "bulk", "box:bulk-copy").ok()
    event = watching.trail.wait_for("sftp", operation="close", bytes_written=5_000_000)
    assert event["path"].endswith("bulk-copy")


def test_by_a_forced_command(watching, own_box, connect):
    connect(watching, own_box.login, watching.forced_key).sftp("mkdir by-force\n").ok()
    watching.trail.wait_for("sftp", operation="mkdir", path="/root/by-force", succeeded=True)


def test_a_stream_that_is_none_of_sftp(watching, node, connect):
    with node.box("demo", "odd-sftp") as box:
        box.exec("printf '#!/bin/sh\\nexec cat\\n' >/usr/lib/openssh/sftp-server")
        done = connect(watching, box.login).ssh("sftp", flags=["-s"], stdin=b"GET / HTTP/1.0\r\n\r\n")
    assert done.out == b"GET / HTTP/1.0\r\n\r\n"
    watching.trail.wait_for("sftp", operation="not_followed")


def test_it_is_off_by_default(gateway, box, connect):
    trail = Trail(gateway.directory / "audit.jsonl")
    connect(gateway, box.login).sftp("ls\nmkdir off\nrmdir off\n").ok()
    trail.wait_for("session_end")
    assert not trail.events("sftp")
