"""What a session says where the kernel does not execute its program: sshd's words, and the right reason."""

import subprocess

import pytest

from harness import second_client

MAX_ARG_STRLEN = 128 * 1024  # execve(2), with the NUL; ssh(1) itself could not pass a longer one on


def run(connection, command):
    _, stdout, stderr = connection.exec_command(command)
    text = stdout.read().decode(), stderr.read().decode()
    return stdout.channel.recv_exit_status(), *text


@pytest.fixture
def connection(client):
    with second_client.paramiko_connection(client) as made:
        yield made


def command_of(size):
    return "echo ran #".ljust(size, "x")


def test_the_longest_command_runs(connection):
    assert run(connection, command_of(MAX_ARG_STRLEN - 1)) == (0, "ran\n", "")


@pytest.mark.parametrize("size", [MAX_ARG_STRLEN, MAX_ARG_STRLEN + 100_000])
def test_a_longer_one_is_too_long(connection, size):
    status, output, errors = run(connection, command_of(size))
    assert (status, output) == (1, "")
    assert errors.startswith("Argument list too long.")


def test_a_shell_of_another_machine_is_not_called_missing(gateway, own_box, connect):
    own_box.exec("mkdir -p /usr/local/bin; printf '\\177ELFno program' >/usr/local/bin/odd; chmod 755 /usr/local/bin/odd; "
                 "sed -i 's#^\\(root:.*:\\).*#\\1/usr/local/bin/odd#' /etc/passwd")
    done = connect(gateway, own_box.login).ssh("true")
    assert done.status == 126 and "does not let the user's shell" in done.errors


def test_a_shell_that_is_missing_is_called_so(gateway, own_box, connect):
    own_box.exec("sed -i 's#^\\(root:.*:\\).*#\\1/usr/local/bin/none#' /etc/passwd")
    done = connect(gateway, own_box.login).ssh("true")
    assert done.status == 127 and "could not be started" in done.errors


def test_a_shell_on_a_mount_without_exec_is_not_called_missing(gateway, own_box, connect):
    subprocess.run(["nsenter", f"--target={own_box.container.pid}", "--mount", "sh", "-c",
                    "mount -n -o bind /volumes /volumes && "
                    "mount -n -o remount,bind,noexec /volumes /volumes"], check=True)
    done = connect(gateway, own_box.login).ssh("true")
    assert done.status == 126 and "mounted noexec" in done.errors
