"""curl 7.88 with libssh2 1.10: sftp and scp."""

import pytest

from harness import leaks, tried

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(name="curl")
def curl_of(client):
    """curl(word, …): the command line."""
    known = tried.known_hosts(client)
    assert known.parent == client.directory / ".ssh"
    return lambda *words: ["curl", "-sS", "--user", f"{client.login}:", "--key", client.key,
                           "--pubkey", f"{client.key}.pub", *words]


@pytest.fixture(name="url")
def url_of(client):
    return lambda scheme, path: f"{scheme}://127.0.0.1:{client.gateway.port}/~/{path}"


@pytest.mark.parametrize("scheme", ["sftp", "scp"])
def test_large_files(client, curl, url, scheme, bulk, home, tmp_path):
    tried.run(client, *curl("-T", bulk, url(scheme, "large"))).ok()
    assert tried.digest(home / "large") == tried.digest(bulk)
    tried.run(client, *curl("-o", tmp_path / "back", url(scheme, "large"))).ok()
    assert tried.digest(tmp_path / "back") == tried.digest(bulk)
    (home / "large").unlink()


def test_list_rename_resume(client, curl, url, home, tmp_path):
    whole = tried.random_file(tmp_path / "whole", 3_000_000)
    folder = tried.empty(home / "folder")
    (folder / "part").write_bytes(whole.read_bytes()[:1_000_000])
    done = tried.run(client, *curl("-Q", "rename folder/part folder/renamed", "--list-only",
                                   url("sftp", "folder/"))).ok()
    assert "renamed" in done.text.split()
    tried.run(client, *curl("-C", "-", "-T", whole, url("sftp", "folder/renamed"))).ok()
    assert tried.digest(folder / "renamed") == tried.digest(whole)
    (tmp_path / "back").write_bytes(whole.read_bytes()[:1_000_000])
    tried.run(client, *curl("-C", "-", "-o", tmp_path / "back", url("sftp", "folder/renamed"))).ok()
    assert tried.digest(tmp_path / "back") == tried.digest(whole)


def test_cut_off(client, curl, url, bulk, box, gateway, home):
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, *curl("--limit-rate", "4M", "-T", bulk, url("sftp", "cut")),
                          when=lambda: tried.has_bytes(home / "cut", tried.MIB)):
            pass
    (home / "cut").unlink()
