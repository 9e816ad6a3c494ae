"""Nothing of the host gets into a box by a session: no descriptor, no directory."""

import re

from harness import terminal

def shell_fds(client, **options):
    """Of the user's shell, as a child of it sees them."""
    return set(client.ssh("ls /proc/$$/fd; true", **options).ok().text.split())


def test_three_descriptors(client):
    assert shell_fds(client) == {"0", "1", "2"}


def test_what_they_are(client):
    seen = client.sh("readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2; true").split()
    assert all(re.fullmatch(r"pipe:\[\d+\]", target) for target in seen)
    assert len(set(seen)) == 3


def test_at_a_terminal(client):
    with terminal.shell(client, command=("readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2; echo end",)) as screen:
        seen = screen.expect("(?s)(.*)end")[1].decode().split()
    assert len(seen) == 3 and len(set(seen)) == 1 and seen[0].startswith("/dev/pts/")


def test_second_session_of_a_connection(client, tmp_path):
    """Descriptors of one session do not show up in another."""
    from harness.control_master import master
    with master(client, tmp_path) as options:
        with client.start("cat", options=options) as first:
            try:
                assert shell_fds(client, options=options) == {"0", "1", "2"}
            finally:
                first.kill()


def test_sftp_server_has_three(client, box):
    import os
    with terminal.Terminal(client.command("sftp", "box"), client.environment) as screen:
        screen.expect("sftp> ")
        [server] = box.running("sftp-server")
        assert sorted(os.listdir(f"/proc/{server}/fd")) == ["0", "1", "2"]
        screen.send("bye\n")
        screen.wait()


def test_working_and_root_directory(client, box):
    """Neither is the host's, by any way up (CVE-2024-21626)."""
    assert client.sh("readlink /proc/self/cwd") == "/root\n"
    assert client.sh("cd ../../../..; pwd") == "/\n"
    assert "No such file" in client.ssh("ls /volumes /proc/self/cwd/../../volumes").errors


def test_executable_is_the_boxs(client):
    assert client.sh("readlink /proc/$$/exe; true") == "/usr/bin/bash\n"


def test_session_of_its_own(client):
    """No process of the gateway shares the program's session or group."""
    pid, group, session, parent = client.sh("ps -o pid=,pgid=,sid=,ppid= -p $$").split()
    assert (group, session, parent) == (pid, pid, "0")


def test_no_mount_of_the_host_shows(client, box):
    """The mounts of the session are the container's, seen from /volumes."""
    code, out, _ = box.node.instance.exec(box.container.id, ["cat", "/proc/self/mountinfo"])
    assert code == 0
    of_container = {(line.split(" - ")[1].split()[0]) for line in out.decode().splitlines()}
    of_session = {(line.split(" - ")[1].split()[0])
                  for line in client.sh("cat /proc/self/mountinfo").splitlines()}
    assert of_session <= of_container


def test_mounts_of_the_container_stay_as_they_were(client, box):
    def mounts():
        return box.node.instance.exec(box.container.id, ["cat", "/proc/1/mountinfo"])[1]
    before = mounts()
    client.sh("true")
    with terminal.shell(client, command=("true",)) as screen:
        screen.wait()
    assert mounts() == before
