"""sshfs 3.7, which speaks sftp through ssh."""

import contextlib
import os
import shutil
import signal
import subprocess

import pytest

from harness import leaks, tried, waiting

pytestmark = pytest.mark.timeout(180)


@contextlib.contextmanager
def mounted(client, directory, **options):
    """The far home, mounted; the process of sshfs."""
    directory.mkdir()
    settings = {**options, "ssh_command": f"ssh -F {client.config}"}
    words = [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
    with subprocess.Popen(["sshfs", "-f", "box:", directory, *words], env=client.environment,
                          stdin=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            waiting.until(lambda: os.path.ismount(directory) or process.poll() is not None, 20)
            assert process.poll() is None
            yield process
        finally:
            subprocess.run(["fusermount3", "-u", "-z", directory], check=False, capture_output=True)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def test_large_files(client, bulk, home, tmp_path):
    with mounted(client, tmp_path / "far"):
        shutil.copyfile(bulk, tmp_path / "far/large")
        assert tried.digest(home / "large") == tried.digest(bulk)
        (home / "large").rename(home / "large2")
        assert tried.digest(tmp_path / "far/large2") == tried.digest(bulk)
        (tmp_path / "far/large2").unlink()


def test_list_rename_resume(client, home, tmp_path):
    folder = tried.empty(home / "folder")
    whole = tried.random_file(tmp_path / "whole", 3_000_000).read_bytes()
    with mounted(client, tmp_path / "far"):
        there = tmp_path / "far/folder"
        (there / "part").write_bytes(whole[:1_000_000])
        (there / "part").rename(there / "renamed")
        assert os.listdir(there) == ["renamed"]
        with open(there / "renamed", "ab") as file:
            file.write(whole[1_000_000:])
        assert (folder / "renamed").read_bytes() == whole
        os.truncate(there / "renamed", 10)
        os.chmod(there / "renamed", 0o600)
        assert ((folder / "renamed").stat().st_size, (folder / "renamed").stat().st_mode & 0o777) == \
            (10, 0o600)
        (there / "renamed").unlink()
        assert os.listdir(folder) == []


def test_new_keys(client, bulk, home, tmp_path):
    with mounted(client, tmp_path / "far", **tried.OFTEN):
        shutil.copyfile(bulk, tmp_path / "far/large")
    assert tried.digest(home / "large") == tried.digest(bulk)
    (home / "large").unlink()


def test_keepalive(client, home, tmp_path):
    tried.empty(home / "folder")
    with mounted(client, tmp_path / "far", ServerAliveInterval=1, ServerAliveCountMax=1) as process:
        assert waiting.stays(lambda: process.poll() is None, 4)
        assert "folder" in os.listdir(tmp_path / "far")


def test_cut_off(client, bulk, box, gateway, home, tmp_path):
    with leaks.LeakCheck(box, gateway):
        with mounted(client, tmp_path / "far") as process, \
                subprocess.Popen(["cp", bulk, tmp_path / "far/cut"], stderr=subprocess.PIPE) as copy:
            waiting.until(lambda: tried.has_bytes(home / "cut", tried.MIB), 20)
            os.killpg(process.pid, signal.SIGKILL)
            copy.communicate(timeout=20)
    (home / "cut").unlink()
