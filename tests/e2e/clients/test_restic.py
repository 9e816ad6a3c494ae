"""restic 0.14, which speaks sftp by pkg/sftp of Go through ssh."""

import shlex

import pytest

from harness import leaks, tried

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(name="restic")
def restic_of(client):
    """restic(word, …): the command line, for a repository in the far home."""
    def words(*rest, **options):
        ssh = shlex.join([*client.command("ssh", options=options), "box", "-s", "sftp"])
        return ["restic", "-q", "--no-cache", "-r", "sftp:box:folder/repository", "-o",
                f"sftp.command={ssh}", *rest]
    return words


@pytest.fixture(name="repository")
def empty_repository(client, restic, home):
    tried.empty(home / "folder")
    tried.run(client, *restic("init"), **SECRET).ok()


SECRET = {"RESTIC_PASSWORD": "tried"}


@pytest.mark.usefixtures("repository")
def test_large_files(client, restic, bulk, tmp_path):
    """A backup, what it has, and all of it back."""
    tried.run(client, *restic("backup", bulk), **SECRET).ok()
    assert str(bulk) in tried.run(client, *restic("ls", "latest"), **SECRET).ok().text
    tried.run(client, *restic("check", "--read-data"), **SECRET).ok()
    tried.run(client, *restic("restore", "latest", "--target", tmp_path), **SECRET).ok()
    assert tried.digest(tmp_path / bulk.relative_to("/")) == tried.digest(bulk)


@pytest.mark.usefixtures("repository")
def test_new_keys(client, restic, bulk):
    tried.run(client, *restic("backup", bulk, **tried.OFTEN), **SECRET).ok()
    tried.run(client, *restic("check", "--read-data", **tried.OFTEN), **SECRET).ok()


@pytest.mark.usefixtures("repository")
def test_cut_off(client, restic, box, gateway, home):
    def is_writing():
        return any((home / "folder/repository/data").rglob("*-tmp-*")) or \
            any(path.is_file() for path in (home / "folder/repository/data").rglob("*"))
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, *restic("backup", "--stdin"), when=is_writing,
                          feed="/dev/urandom", **SECRET):
            pass
