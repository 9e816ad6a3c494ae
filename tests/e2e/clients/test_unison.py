"""unison 2.52, whose other end is unison in the box, by ssh."""

import pytest

from harness import leaks, tried

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(name="unison")
def unison_of(client, home):
    """unison(directory, …): the command line that brings it and the far `folder` to agree."""
    tried.empty(home / "folder")

    def words(here, **options):
        flags = " ".join(client.command("ssh", options=options)[1:])
        return ["unison", here, "ssh://box/folder", "-sshargs", flags, "-batch", "-confirmbigdel=false"]
    return words


def test_both_ways(client, unison, home, tmp_path):
    here = tried.tree(tmp_path / "here", 50)
    tried.run(client, *unison(here)).ok()
    assert tried.files(home / "folder") == tried.files(here)
    (here / "file-1").unlink()
    (home / "folder/file-2").write_bytes(b"changed")
    (home / "folder/file-3").rename(home / "folder/renamed")
    tried.run(client, *unison(here)).ok()
    assert tried.files(home / "folder") == tried.files(here)
    assert (here / "file-2").read_bytes() == b"changed" and (here / "renamed").exists()
    assert not (home / "folder/file-1").exists()


def test_large_files(client, unison, bulk, home, tmp_path):
    here = tried.empty(tmp_path / "here")
    (here / "up").write_bytes(bulk.read_bytes())
    (home / "folder/down").write_bytes(bulk.read_bytes()[::-1])
    tried.run(client, *unison(here)).ok()
    assert tried.files(home / "folder") == tried.files(here)


def test_new_keys(client, unison, bulk, home, tmp_path):
    here = tried.empty(tmp_path / "here")
    (here / "up").write_bytes(bulk.read_bytes())
    tried.run(client, *unison(here, **tried.OFTEN)).ok()
    assert tried.files(home / "folder") == tried.files(here)


def test_cut_off(client, unison, bulk, box, gateway, home, tmp_path):
    here = tried.empty(tmp_path / "here")
    (here / "cut").write_bytes(bulk.read_bytes())
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, *unison(here), when=lambda: any(
                tried.has_bytes(path, tried.MIB) for path in (home / "folder").iterdir())):
            pass
