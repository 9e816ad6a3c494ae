"""rclone 1.60: x/crypto/ssh and pkg/sftp of Go."""

import shutil

import pytest

from harness import leaks, tried

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(name="rclone")
def rclone_of(client):
    """rclone(command, …): `box:` in an argument names the far home."""
    server = client.gateway
    settings = {"TYPE": "sftp", "HOST": "127.0.0.1", "PORT": str(server.port), "USER": client.login,
                "KEY_FILE": str(client.key), "KNOWN_HOSTS_FILE": str(tried.known_hosts(client))}
    environment = {f"RCLONE_CONFIG_BOX_{name}": value for name, value in settings.items()}
    environment["RCLONE_CONFIG"] = ""

    def command(*words, **options):
        return tried.run(client, "rclone", *words, **environment, **options)
    command.environment = environment
    return command


def test_large_files(rclone, bulk, home, tmp_path):
    rclone("copyto", bulk, "box:rclone-large").ok()
    assert tried.digest(home / "rclone-large") == tried.digest(bulk)
    rclone("copyto", "box:rclone-large", tmp_path / "back").ok()
    assert tried.digest(tmp_path / "back") == tried.digest(bulk)
    rclone("deletefile", "box:rclone-large").ok()


def test_list_rename(rclone, home):
    folder = tried.empty(home / "folder")
    (folder / "old").touch()
    rclone("moveto", "box:folder/old", "box:folder/new").ok()
    assert rclone("lsf", "box:folder").ok().text.split() == ["new"]


def test_check(rclone, home, tmp_path):
    """It has the box make a digest of each file, by a command each."""
    here = tried.tree(tmp_path / "many", 100)
    shutil.copytree(here, tried.empty(home / "folder") / "many")
    rclone("check", here, "box:folder/many").ok()
    (home / "folder/many/file-7").write_bytes(b"7" * 100)
    (here / "file-7").write_bytes(b"8" * 100)
    done = rclone("check", here, "box:folder/many")
    assert done.status == 1 and "1 differences found" in done.errors


def test_sync(rclone, home, tmp_path):
    here = tried.tree(tmp_path / "many", 100)
    tried.empty(home / "folder")
    rclone("sync", here, "box:folder/many").ok()
    (here / "file-8").unlink()
    (here / "file-9").write_bytes(b"changed")
    rclone("sync", "--checksum", here, "box:folder/many").ok()
    assert tried.files(home / "folder/many") == tried.files(here)


def test_cut_off(client, rclone, bulk, box, gateway, home):
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, "rclone", "copyto", bulk, "box:cut", "--bwlimit", "8M",
                          when=lambda: tried.has_bytes(home / "cut", tried.MIB),
                          **rclone.environment):
            pass
    (home / "cut").unlink()
