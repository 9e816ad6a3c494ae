"""The way of docs/deploy.md from nothing to a login on a plain host, on a machine that is one: its own systemd and
containerd."""

import shutil
import pathlib
import subprocess

import pytest

from harness import paths, readme

LOGIN = "ssh demo--box1@localhost -p 2222"
# These were run in the tree of Debian 13 that this package was built in.
DONE_BEFORE = ("deploy/tools/packages.sh build", "cmake --preset release", "(cd build/release && cpack)")


@pytest.mark.timeout(900)
def test_its_commands_lead_to_a_login(this_node):
    commands = [command for command in readme.commands("On a plain host")
                if not command.startswith(DONE_BEFORE)]
    assert commands[0].startswith("apt-get install") and commands[-1] == LOGIN
    commands[-1] = f"{LOGIN} <<'END'\necho typed in the box: $(whoami)\nEND"
    ssh = pathlib.Path.home() / ".ssh"
    (ssh / "config").write_text("StrictHostKeyChecking accept-new\nBatchMode yes\n", encoding="ascii")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ssh / "id_ed25519"], check=True)
    with this_node.box("demo", "box1"):
        done = subprocess.run(["sh", "-eux"], input="\n".join(commands), text=True, check=False,
                              cwd=paths.ROOT, timeout=800, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "typed in the box: root" in done.stdout


def test_other_suites_have_the_packages_programs():
    """A directory of them, as a build leaves one."""
    assert not paths.BINARIES.exists()
    paths.BINARIES.mkdir(parents=True)
    for program in [pathlib.Path("/usr/sbin/zomg-ssh-gateway"),
                    *pathlib.Path("/usr/libexec/zomg-ssh-gateway").iterdir()]:
        shutil.copy(program, paths.BINARIES)
    assert len(list(paths.BINARIES.iterdir())) > 10


def test_sessions_of_all_kinds(this_node, user, tmp_path):
    with this_node.box("demo", "kinds") as box:
        login = box.login
        assert user.ok(login, "echo in") == "in\n"
        assert user.run(login, "exit 7").returncode == 7
        assert user.ok(login, "tty", flags=["-tt"]).startswith("/dev/pts/")
        there = tmp_path / "there"
        there.write_bytes(b"as it was" * 1000)
        user.ok(login, str(there), f"{login}@localhost:/tmp/there", program="scp")
        user.ok(login, f"{login}@localhost:/tmp/there", str(tmp_path / "back"), program="scp")
        assert (tmp_path / "back").read_bytes() == there.read_bytes()
