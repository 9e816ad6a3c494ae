"""borg 1.2, whose other end is borg in the box, by ssh."""

import shlex

import pytest

from harness import leaks, tried

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(name="borg")
def borg_of(client):
    """borg(word, …): runs it, for a repository in the far home."""
    def environment(options):
        return {"BORG_RSH": shlex.join(client.command("ssh", options=options)),
                "BORG_REPO": "ssh://box/./folder/repository", "LC_ALL": "C.UTF-8"}

    def run(*words, cwd="/", **options):
        return tried.run(client, "env", "-C", cwd, "borg", *words, **environment(options))
    run.environment = environment
    return run


@pytest.fixture(name="repository")
def empty_repository(borg, home):
    tried.empty(home / "folder")
    borg("init", "-e", "none").ok()


@pytest.mark.usefixtures("repository")
def test_large_files(borg, bulk, tmp_path):
    """An archive, what it has, and all of it back."""
    borg("create", "-C", "none", "::one", bulk).ok()
    assert "bulk" in borg("list", "::one").ok().text
    borg("check", "--verify-data").ok()
    borg("extract", "::one", cwd=tmp_path).ok()
    assert tried.digest(tmp_path / bulk.relative_to("/")) == tried.digest(bulk)


@pytest.mark.usefixtures("repository")
def test_new_keys(borg, bulk):
    borg("create", "-C", "none", "::one", bulk, **tried.OFTEN).ok()
    borg("check", "--verify-data", **tried.OFTEN).ok()


@pytest.mark.usefixtures("repository")
def test_cut_off(client, borg, box, gateway, home):
    def is_writing():
        return any(tried.has_bytes(path, tried.MIB)
                   for path in (home / "folder/repository/data").rglob("*") if path.is_file())
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, "borg", "create", "-C", "none", "::cut", "-", when=is_writing,
                          feed="/dev/urandom", **borg.environment({})):
            pass
