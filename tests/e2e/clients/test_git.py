"""git 2.39, whose other end is git in the box, by ssh."""

import shlex

import pytest

from harness import leaks, tried
from harness.control_master import master

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(name="git")
def git_of(client, tmp_path):
    """git(word, …): runs it in `work`, as somebody. What is sent is random, so nothing is compressed."""
    (tmp_path / "work").mkdir()

    def environment(options):
        return {"GIT_SSH_COMMAND": shlex.join(client.command("ssh", options=options))}

    def command(*words):
        return ["git", "-C", tmp_path / "work", "-c", "user.name=a", "-c", "user.email=a@example.org",
                "-c", "core.compression=0", *words]

    def run(*words, **options):
        return tried.run(client, *command(*words), **environment(options))
    run.command, run.environment = command, environment
    return run


@pytest.fixture(name="work")
def work_to_push(git, bulk, client, home, tmp_path):
    """Where 64 MiB are committed to the branch `here`; the far `folder` is a repository without any. It
    keeps a pack as it comes, as it does with many objects."""
    tried.empty(home / "folder")
    client.sh("git init -q --bare folder; git -C folder config receive.unpackLimit 1")
    git("init", "-q").ok()
    (tmp_path / "work/bulk").write_bytes(bulk.read_bytes())
    git("add", ".").ok()
    git("commit", "-q", "-m", "bulk").ok()
    git("branch", "-m", "here").ok()
    return tmp_path / "work"


@pytest.mark.usefixtures("work")
def test_large_files(git, bulk, tmp_path):
    """A push, and a clone of it."""
    git("push", "-q", "box:folder", "here").ok()
    git("clone", "-q", "-b", "here", "box:folder", tmp_path / "copy").ok()
    assert tried.digest(tmp_path / "copy/bulk") == tried.digest(bulk)


@pytest.mark.usefixtures("work")
def test_new_keys(git, bulk, tmp_path):
    git("push", "-q", "box:folder", "here", **tried.OFTEN).ok()
    git("clone", "-q", "-b", "here", "box:folder", tmp_path / "copy", **tried.OFTEN).ok()
    assert tried.digest(tmp_path / "copy/bulk") == tried.digest(bulk)


def test_over_a_shared_connection(git, client, work, tmp_path):
    with master(client, tmp_path) as options:
        git("push", "-q", "box:folder", "here", **options).ok()
        (work / "more").write_bytes(b"more")
        git("add", ".").ok()
        git("commit", "-q", "-m", "more").ok()
        git("push", "-q", "box:folder", "here", **options).ok()
        tip = git("rev-parse", "here").ok().text
        assert git("ls-remote", "box:folder", **options).ok().text == \
            tip.replace("\n", "\trefs/heads/here\n")


@pytest.mark.usefixtures("work")
def test_what_the_far_end_says(git, home):
    """A hook's words, and that it refuses, beside the protocol on one channel."""
    hook = home / "folder/hooks/update"
    hook.write_text("#!/bin/sh\necho nobody pushes here\nexit 1\n", encoding="ascii")
    hook.chmod(0o755)
    done = git("push", "box:folder", "here")
    assert done.status == 1 and "remote: nobody pushes here" in done.errors


@pytest.mark.usefixtures("work")
def test_cut_off(client, git, box, gateway, home):
    def is_writing():
        return any(tried.has_bytes(path, tried.MIB) for path in (home / "folder").rglob("tmp_pack_*"))
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, *git.command("push", "box:folder", "here"), when=is_writing,
                          **git.environment({})):
            pass
