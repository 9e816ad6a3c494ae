"""The versions that the other files name are those that are tried."""

import json
import pathlib
import re
import subprocess

import pytest

import tried_table
from harness import npm

PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"

# Debian's packages, in the order in which a file names their versions.
PACKAGES = {
    "test_ansible": ["ansible-core"], "test_asyncssh": ["python3-asyncssh"],
    "test_borg": ["borgbackup"], "test_curl": ["curl", "libssh2-1"], "test_dropbear": ["dropbear-bin"],
    "test_git": ["git"], "test_go": ["golang-golang-x-crypto-dev", "golang-github-pkg-sftp-dev"],
    "test_lftp": ["lftp"], "test_libssh": ["libssh-4"], "test_paramiko": ["python3-paramiko"],
    "test_putty": ["putty-tools"], "test_rclone": ["rclone"], "test_restic": ["restic"],
    "test_sshfs": ["sshfs"], "test_unison": ["unison-2.52"],
}
NPM = {"test_npm_ssh2": "ssh2", "test_russh": "russh"}


def named(module):
    return re.findall(r"(?<= )\d+\.\d+", tried_table.title(module))


def installed(package):
    shown = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    return re.sub(r"^\d+:", "", shown)


def test_every_file_is_here():
    assert set(tried_table.modules()) == set(PACKAGES) | set(NPM)


@pytest.mark.parametrize("module", [
    pytest.param(module, marks=pytest.mark.slow) if module == "test_go" else module
    for module in PACKAGES])
def test_debian(module):
    for version, package in zip(named(module), PACKAGES[module], strict=True):
        assert installed(package).startswith(version)


def test_ssh2():
    lock = json.loads((PROGRAMS / "package-lock.json").read_text(encoding="utf-8"))
    [version] = named("test_npm_ssh2")
    assert lock["packages"]["node_modules/ssh2"]["version"].startswith(version + ".")


def test_russh():
    """The package of npm has a number of its own; the library's is in its program."""
    [version] = named("test_russh")
    assert f"/russh-{version}.".encode() in (npm.modules() / "russh/russh.linux-x64-gnu.node").read_bytes()
