"""paramiko as a second implementation of the protocol."""

import io
import time

import pytest

from harness import second_client


@pytest.fixture
def connection(client):
    with second_client.paramiko_connection(client) as made:
        yield made


def test_exec(connection):
    stdin, stdout, stderr = connection.exec_command("cat; echo err >&2; exit 42")
    stdin.write("through\n")
    stdin.channel.shutdown_write()
    assert (stdout.read(), stderr.read()) == (b"through\n", b"err\n")
    assert stdout.channel.recv_exit_status() == 42


def test_sftp(connection):
    sftp = connection.open_sftp()
    content = bytes(range(256)) * 20_000
    sftp.putfo(io.BytesIO(content), "paramiko-file")
    assert sftp.stat("paramiko-file").st_size == len(content)
    back = io.BytesIO()
    sftp.getfo("paramiko-file", back)
    assert back.getvalue() == content
    sftp.rename("paramiko-file", "renamed")
    assert "renamed" in sftp.listdir(".")
    sftp.remove("renamed")


def test_shell(connection):
    shell = connection.invoke_shell(term="vt100", width=90, height=30)
    shell.settimeout(10)
    shell.send(b"echo $TERM; stty size; exit 3\n")
    shown = b""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and (chunk := shell.recv(65536)):
        shown += chunk
    assert b"xterm-256color" in shown and b"30 90" in shown
    assert shell.recv_exit_status() == 3


def test_channels_at_once(connection):
    channels = [connection.exec_command(f"echo {number}")[1] for number in range(10)]
    assert [channel.read() for channel in channels] == [f"{n}\n".encode() for n in range(10)]


def test_channels_opened_while_others_speak(connection):
    """One that comes in the middle of another's write, and one that goes."""
    for number in range(20):
        channels = [connection.exec_command(f"seq {n} 20000 | tail -c 50000")[1] for n in range(10)]
        assert {len(channel.read()) for channel in channels} == {50000}, number


def test_forwarding_is_refused_with_a_reason(connection):
    import paramiko
    with pytest.raises(paramiko.ChannelException) as refused:
        connection.get_transport().open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 1))
    assert refused.value.code == 1  # administratively prohibited
    assert connection.exec_command("echo alive")[1].read() == b"alive\n"


def test_global_forward_request_is_refused(connection):
    import paramiko
    with pytest.raises(paramiko.SSHException):
        connection.get_transport().request_port_forward("127.0.0.1", 0)
    assert connection.exec_command("echo alive")[1].read() == b"alive\n"


def test_exec_with_two_requests_on_one_channel(connection):
    """RFC 4254 §6.5: only one of them may succeed."""
    import paramiko
    channel = connection.get_transport().open_session()
    channel.exec_command("cat")
    with pytest.raises(paramiko.SSHException):
        channel.exec_command("echo second")


def test_rekey_in_mid_session(connection):
    stdin, stdout, _ = connection.exec_command("cat")
    stdin.write("before ")
    stdin.flush()
    connection.get_transport().renegotiate_keys()
    stdin.write("after")
    stdin.channel.shutdown_write()
    assert stdout.read() == b"before after"
