"""Where pids.max lowers the number of connections, what one key may have is lowered with it."""

import contextlib

import paramiko
import pytest

from harness import keys, processes, sanitizers, second_client, waiting
from harness.gateway import Gateway

pytest_plugins = ["harness.crowd"]
pytestmark = [pytest.mark.timeout(180), sanitizers.other_build]


def open_as_many_as_it_may(stack, client):
    """Connections with ten sessions each; the sessions that there are, and what others were told."""
    kept, told = [], set()
    for _ in range(12):
        try:
            connection = stack.enter_context(second_client.paramiko_connection(client))
            for _ in range(10):
                channel = connection.get_transport().open_session()
                channel.exec_command("echo up; exec sleep 1000")
                if channel.recv(3) == b"up\n":
                    kept.append(channel)
                elif said := channel.recv_stderr(1000):
                    told.add(said.decode())
        except (paramiko.SSHException, EOFError, OSError):
            pass  # it has as many connections as it may have
    return kept, told


@pytest.mark.parametrize("most", [100, 132])
def test_one_key_does_not_fill_the_cgroup(node, box, user_key, connect, tmp_path, crowd, most):
    cgroup, program = crowd
    (cgroup / "pids.max").write_text(str(most), encoding="ascii")
    other = keys.make_user_key(tmp_path, name="other")
    both = f"{keys.public_half(user_key)}\n{keys.public_half(other)}"
    with Gateway(tmp_path / "gateway", node, both, program) as gateway, contextlib.ExitStack() as stack:
        other_client = connect(gateway, box.login, key=other)
        assert other_client.sh("echo in") == "in\n"
        sessions, told = open_as_many_as_it_may(stack, connect(gateway, box.login))
        assert sessions and told and all("as many sessions as" in one for one in told)
        assert int((cgroup / "pids.current").read_text()) < most / 2 + 32
        for _ in range(3):
            assert other_client.sh("echo in") == "in\n"
        assert "Resource temporarily unavailable" not in gateway.log()


# Room for the session's process, and not for the one that it starts; and for neither.
@pytest.mark.parametrize("room", [1, 0])
def test_who_finds_the_gateways_cgroup_full_is_not_told_that_it_is_the_box(node, box, user_key, connect,
                                                                           tmp_path, crowd, room):
    cgroup, program = crowd
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program) as gateway:
        client = connect(gateway, box.login)
        with second_client.paramiko_connection(client) as connection:
            first = connection.get_transport().open_session()
            first.exec_command("echo up; exec sleep 1000")
            assert first.recv(3) == b"up\n"
            [waits] = waiting.until(gateway.prepared_sessions, 20, "a session waits")
            processes.kill(waits)
            waiting.until(lambda: not processes.alive(waits), 20, "none waits")
            current = int((cgroup / "pids.current").read_text())
            (cgroup / "pids.max").write_text(str(current + room), encoding="ascii")
            second = connection.get_transport().open_session()
            second.exec_command("true")
            assert second.recv_stderr(1000).startswith(b"The gateway failed to start the session.")
            (cgroup / "pids.max").write_text("132", encoding="ascii")
            third = connection.get_transport().open_session()
            third.exec_command("echo in")
            assert third.recv(3) == b"in\n"
        assert "Resource temporarily unavailable" in gateway.log()
