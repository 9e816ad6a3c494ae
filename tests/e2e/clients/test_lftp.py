"""lftp 4.9, which speaks sftp through ssh."""

import shlex

import pytest

from harness import leaks, tried

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(name="lftp")
def lftp_of(client):
    """lftp(command, …): the command line."""
    def words(*commands, **options):
        ssh = shlex.join(client.command("ssh", "-a", "-x", options=options))
        before = f'set sftp:connect-program "{ssh}"; set cmd:fail-exit yes; open sftp://box; '
        return ["lftp", "--norc", "-c", before + "\n".join(commands)]
    return words


def test_large_files(client, lftp, bulk, home, tmp_path):
    tried.run(client, *lftp(f"put {bulk} -o large", f"get large -o {tmp_path}/back")).ok()
    assert tried.digest(home / "large") == tried.digest(bulk)
    assert tried.digest(tmp_path / "back") == tried.digest(bulk)
    (home / "large").unlink()


def test_list_rename_resume(client, lftp, home, tmp_path):
    whole = tried.random_file(tmp_path / "whole", 3_000_000)
    folder = tried.empty(home / "folder")
    (folder / "part").write_bytes(whole.read_bytes()[:1_000_000])
    (tmp_path / "back").write_bytes(whole.read_bytes()[:1_000_000])
    done = tried.run(client, *lftp("cd folder", "mv part renamed", "cls -1",
                                   f"put -c {whole} -o renamed",
                                   f"get -c renamed -o {tmp_path}/back")).ok()
    assert "renamed" in done.text.split()
    assert tried.digest(folder / "renamed") == tried.digest(whole)
    assert tried.digest(tmp_path / "back") == tried.digest(whole)


def test_mirror(client, lftp, home, tmp_path):
    here = tried.tree(tmp_path / "here", 100)
    tried.empty(home / "folder")
    tried.run(client, *lftp(f"mirror -R -P 4 {here} folder/there",
                            f"mirror -P 4 folder/there {tmp_path}/back")).ok()
    assert tried.files(home / "folder/there") == tried.files(tmp_path / "back") == tried.files(here)


def test_new_keys(client, lftp, bulk, home):
    tried.run(client, *lftp(f"put {bulk} -o large", **tried.OFTEN)).ok()
    assert tried.digest(home / "large") == tried.digest(bulk)
    (home / "large").unlink()


def test_keepalive(client, lftp):
    tried.run(client, *lftp("cls", "!sleep 4", "cls", ServerAliveInterval=1, ServerAliveCountMax=1)).ok()


def test_cut_off(client, lftp, bulk, box, gateway, home):
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, *lftp("set net:limit-rate 4000000", f"put {bulk} -o cut"),
                          when=lambda: tried.has_bytes(home / "cut", tried.MIB)):
            pass
    (home / "cut").unlink()
