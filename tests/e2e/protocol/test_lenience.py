"""What a real sshd bears of clients that are wrong, and what it does not: the gateway beside it."""

import contextlib
import socket
import threading

import paramiko
import pytest
from paramiko import Message

from harness import keys, openssh, packet_log, waiting

pytestmark = pytest.mark.timeout(120)

USERAUTH_REQUEST, CHANNEL_OPEN = 50, 90
WINDOW = 2 * 1024 * 1024


@pytest.fixture(scope="module", name="servers")
def both_servers(tmp_path_factory, gateway, box, user_key):
    directory = tmp_path_factory.mktemp("sshd")
    directory.chmod(0o711)
    with openssh.Sshd(directory / "sshd", keys.public_half(user_key)) as sshd:
        yield {"gateway": (gateway.port, box.login), "sshd": (sshd.port, "root")}


@pytest.fixture(name="server", params=["gateway", "sshd"])
def one_server(request, servers):
    return servers[request.param]


def message(kind, *parts):
    made = Message()
    made.add_byte(bytes([kind]))
    for part in parts:
        (made.add_string if isinstance(part, (bytes, str)) else made.add_int)(part)
    return made


def send_past_the_window(channel, size):
    """As much as that, whatever the window is."""
    for begin in range(0, size, 32768):
        piece = bytes(min(32768, size - begin))
        # paramiko's own way of sending waits for the window.
        channel.transport._send_user_message(  # pylint: disable=protected-access
            message(packet_log.DATA, channel.remote_chanid, piece))


def test_a_request_to_log_in_after_the_login(server, user_key):
    with packet_log.connection(*server, user_key) as connection:
        connection.transport._send_message(  # pylint: disable=protected-access
            message(USERAUTH_REQUEST, server[1], "ssh-connection", "none"))
        channel = connection.transport.open_session()
        channel.exec_command("echo alive")
        assert channel.recv(100) == b"alive\n"


def test_a_window_that_is_not_kept_to(servers, user_key):
    """And the client, which still sends when it is found out, is told."""
    with packet_log.connection(*servers["gateway"], user_key) as connection:
        channel = connection.transport.open_session()
        channel.exec_command("sleep 60")

        def flood():
            with contextlib.suppress(EOFError, OSError):
                send_past_the_window(channel, 16 * WINDOW)
        sender = threading.Thread(target=flood)
        sender.start()
        waiting.until(lambda: not connection.transport.is_active(), 30, "the connection ends")
        sender.join(30)
        assert connection.packets(ours=False)[-1].name == "DISCONNECT"


class EarlyTransport(paramiko.Transport):
    """Opens a channel in the middle of the first key exchange."""

    def _send_kex_init(self):
        super()._send_kex_init()
        self.packetizer.send_message(message(CHANNEL_OPEN, "session", 0, WINDOW, 32768))


def test_nothing_is_borne_in_the_first_key_exchange(server):
    with socket.create_connection(("127.0.0.1", server[0]), 20) as link:
        transport = EarlyTransport(link)
        try:
            with pytest.raises((paramiko.SSHException, EOFError, OSError)):
                transport.start_client(timeout=20)
        finally:
            transport.close()
