"""The client ends with the status of the program in the box."""

import pytest

from harness import terminal


@pytest.mark.parametrize("status", [0, 1, 42, 126, 127, 254, 255])
def test_status_of_a_command(client, status):
    assert client.ssh(f"exit {status}").status == status


def test_command_that_is_not_found(client):
    done = client.ssh("no-such-command")
    assert done.status == 127
    assert "not found" in done.errors


def test_file_that_is_not_executable(client):
    assert client.ssh("/etc/passwd").status == 126


def test_status_of_a_shell_that_reads_a_script(client):
    assert client.ssh(stdin=b"false\nexit 42\n").status == 42


def test_status_of_a_login_shell_at_a_terminal(client):
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        screen.send("exit 42\n")
        assert screen.wait() == 42


def test_status_of_a_command_at_a_terminal(client):
    with terminal.shell(client, command=("exit 7",)) as screen:
        assert screen.wait() == 7


def test_status_comes_with_the_last_byte(client):
    """All output is there even if the program ends right after it wrote it."""
    for _ in range(20):
        done = client.ssh("head -c 200000 /dev/zero; exit 3")
        assert (done.status, len(done.out)) == (3, 200000)
