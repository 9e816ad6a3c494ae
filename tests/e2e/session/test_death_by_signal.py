"""A program that a signal kills is reported as such (RFC 4254 §6.10), as OpenSSH's sshd does."""

import pytest

from harness import second_client


@pytest.mark.parametrize("name", ["KILL", "TERM", "SEGV", "ABRT", "HUP"])
def test_the_client_sees_no_exit_status(client, name):
    """OpenSSH's client knows no word for it and ends with 255."""
    assert client.ssh(f"kill -{name} $$").status == 255


@pytest.mark.parametrize("name", ["KILL", "TERM", "SEGV", "INT", "USR1", "ABRT"])
def test_exit_signal_names_the_signal(client, name):
    ended = second_client.run(client, f"ulimit -c 0; kill -{name} $$")
    assert ended.exit_signal[0] == name
    assert ended.exit_signal[1] is False  # no core was dumped


def test_a_child_of_the_shell_that_is_killed_is_the_shells_news(client):
    assert client.ssh("bash -c 'kill -9 $$'; echo $?").out == b"137\n"


def test_output_before_the_signal_is_whole(client):
    done = client.ssh("head -c 300000 /dev/zero; kill -9 $$")
    assert (done.status, len(done.out)) == (255, 300000)
