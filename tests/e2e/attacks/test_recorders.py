"""A recorder that outlives its session counts as that session."""

import contextlib

import paramiko
import pytest

from harness import keys, sanitizers, second_client, waiting
from harness.gateway import RECORDER, Gateway
from harness.recordings import directory_apart

pytest_plugins = ["harness.crowd"]
pytestmark = [pytest.mark.timeout(200), sanitizers.other_build]

# More than the recorder's terminal takes, and less than its terminal, the box's and itself do.
COMMAND = "stty -opost; head -c 22000 /dev/zero | tr '\\0' x"
MOST_OF_A_KEY = 8  # with a pids.max of 132


@pytest.fixture
def directory(tmp_path_factory):
    return directory_apart(tmp_path_factory)


@pytest.fixture
def one_byte_windows(monkeypatch):
    """A client may announce any window."""
    monkeypatch.setattr(paramiko.transport, "MIN_WINDOW_SIZE", 1)


def sessions_whose_output_nobody_reads(stack, client, each):
    """On as many connections as the client may have."""
    channels = []
    for _ in range(5):
        try:
            connection = stack.enter_context(second_client.paramiko_connection(client))
            for _ in range(each):
                channel = connection.get_transport().open_session(window_size=1)
                channel.get_pty()
                channel.exec_command(COMMAND)
                waiting.until(lambda channel=channel: channel.recv_ready() or channel.recv_stderr_ready(), 20)
                channels.append(channel)
        except (paramiko.SSHException, EOFError, OSError):
            pass  # it has as many connections as it may have
    return channels


def begun(channels):
    return [channel for channel in channels if channel.recv_ready() and channel.recv(1) == b"x"]


@pytest.mark.parametrize("each, keys_of_login", [(32, 1), (10, 2)])
@pytest.mark.usefixtures("one_byte_windows")
def test_recorders_that_stay_count_as_their_sessions(node, box, user_key, connect, tmp_path, crowd, directory,
                                                     each, keys_of_login):
    """So that others have theirs."""
    cgroup, program = crowd
    other, second = (keys.make_user_key(tmp_path, name=name) for name in ("other", "second"))
    lines = "\n".join(keys.public_half(key) for key in (user_key, second, other))
    with Gateway(tmp_path / "gateway", node, lines, program, ZOMG_SSH_RECORD_DIR=str(directory),
                 ZOMG_SSH_MAX_SESSIONS=str(each)) as gateway:
        other_client = connect(gateway, box.login, key=other)
        assert other_client.sh("echo in") == "in\n"
        clients = [connect(gateway, box.login, key=key) for key in (user_key, second)[:keys_of_login]]
        with contextlib.ExitStack() as stack:
            channels = []
            for client in clients:
                channels += sessions_whose_output_nobody_reads(stack, client, each)
            waiting.until(lambda: not gateway.sessions(), 20, "their sessions have ended")
            # The output of some of them did fit.
            assert 0 < len(gateway.pids(RECORDER)) <= MOST_OF_A_KEY * keys_of_login
            assert int((cgroup / "pids.current").read_text()) < 132 / 2
            assert len(begun(channels)) < len(channels)
            for _ in range(3):
                assert other_client.sh("echo in") == "in\n"
        waiting.until(lambda: not gateway.pids(RECORDER), 20, "they end with their connections")
        for client in clients:
            assert client.sh("echo in") == "in\n"
