"""Several sessions on one connection, as editors and ControlMaster use them."""

import contextlib

import pytest

from harness.control_master import master


def test_sessions_follow_one_another(client, tmp_path):
    with master(client, tmp_path) as options:
        for number in range(25):
            assert client.ssh(f"exit {number}", options=options).status == number


def test_ten_at_once_and_an_eleventh_is_refused(client, gateway, tmp_path):
    with master(client, tmp_path) as options, contextlib.ExitStack() as stack:
        sessions = []
        for number in range(10):
            process = stack.enter_context(client.start(f"echo {number}; cat", options=options))
            stack.callback(process.kill)
            assert process.stdout.readline() == f"{number}\n".encode()
            sessions.append(process)
        # Its client falls back to a connection of its own unless told not to.
        eleventh = client.ssh("true", options={**options, "ProxyCommand": "false"})
        assert eleventh.status == 255
        assert "open failed" in eleventh.errors or "refused" in eleventh.errors
        for number, process in enumerate(sessions):
            out, _ = process.communicate(f"line {number}\n".encode(), timeout=15)
            assert (out, process.returncode) == (f"line {number}\n".encode(), 0)
        # There is room again.
        assert client.ssh("exit 4", options={**options, "ProxyCommand": "false"}).status == 4


def test_sessions_do_not_wait_for_one_another(client, tmp_path):
    """One that is full of unread output holds no other up."""
    with master(client, tmp_path) as options:
        with client.start("yes", options=options) as stuck:
            try:
                stuck.stdout.read(1)
                assert client.ssh("echo prompt", options=options, timeout=10).out == b"prompt\n"
            finally:
                stuck.kill()


def test_sftp_beside_a_shell(client, tmp_path):
    with master(client, tmp_path) as options:
        with client.start(options=options) as shell:
            try:
                assert "etc" in client.sftp("ls /\n", options=options).ok().text
                out, _ = shell.communicate(b"echo still here\n", timeout=15)
            finally:
                shell.kill()
        assert out == b"still here\n"


def test_one_connection_process_serves_all(client, gateway, tmp_path):
    before = set(gateway.pids("zomg-ssh-connection"))
    with master(client, tmp_path) as options:
        client.ssh("true", options=options).ok()
        client.ssh("true", options=options).ok()
        assert len(set(gateway.pids("zomg-ssh-connection")) - before) == 1


@pytest.mark.parametrize("transfers", [4])
def test_transfers_at_once_are_whole(client, bulk, tmp_path, transfers):
    size = bulk.stat().st_size
    with master(client, tmp_path) as options, contextlib.ExitStack() as stack:
        running = []
        for _ in range(transfers):
            with open(bulk, "rb") as file:
                process = stack.enter_context(client.start("wc -c", options=options, stdin=file))
            stack.callback(process.kill)
            running.append(process)
        for process in running:
            assert int(process.communicate(timeout=90)[0]) == size
