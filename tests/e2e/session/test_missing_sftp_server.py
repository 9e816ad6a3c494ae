"""An image without sftp-server says so, and everything else works in it."""

import pytest


@pytest.fixture(scope="module")
def bare(node):
    with node.box("bare", "no-sftp", image="localhost/box:no-sftp") as box:
        yield box


def test_sftp_says_what_to_do(gateway, bare, connect):
    done = connect(gateway, bare.login).sftp("ls\n")
    assert done.status == 255
    assert "The box has no sftp-server" in done.errors
    assert "openssh-sftp-server" in done.errors


def test_status_of_the_subsystem(gateway, bare, connect):
    assert connect(gateway, bare.login).ssh("sftp", flags=["-s"]).status == 127


def test_scp_says_so_and_the_old_protocol_works(gateway, bare, connect, tmp_path):
    mine = connect(gateway, bare.login)
    (tmp_path / "file").write_bytes(b"content")
    done = mine.run("scp", tmp_path / "file", "box:file")
    assert done.status != 0 and "scp -O" in done.errors
    mine.run("scp", "-O", tmp_path / "file", "box:file").ok()
    assert mine.sh("cat file") == "content"
