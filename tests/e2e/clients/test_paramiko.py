"""paramiko 2.12, a second implementation of the protocol."""

import io
import time

import pytest

from harness import leaks, second_client, tried


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


def test_long_input(connection):
    stdin, stdout, _ = connection.exec_command("sha256sum")
    stdin.write(tried.LONG_INPUT)
    stdin.channel.shutdown_write()
    assert stdout.read().split()[0].decode() == tried.LONG_INPUT_DIGEST


def test_large_files(connection, bulk, tmp_path):
    sftp = connection.open_sftp()
    sftp.put(str(bulk), "paramiko-file")
    _, stdout, _ = connection.exec_command("sha256sum paramiko-file")
    assert stdout.read().split()[0].decode() == tried.digest(bulk)
    sftp.get("paramiko-file", str(tmp_path / "back"))
    assert tried.digest(tmp_path / "back") == tried.digest(bulk)
    sftp.remove("paramiko-file")


def test_list_rename_resume(connection):
    sftp = connection.open_sftp()
    content = bytes(range(256)) * 20_000
    sftp.putfo(io.BytesIO(content[:1_000_000]), "paramiko-file")
    sftp.rename("paramiko-file", "renamed")
    assert "renamed" in sftp.listdir(".")
    with sftp.open("renamed", "ab") as file:
        file.write(content[1_000_000:])
    back = io.BytesIO()
    sftp.getfo("renamed", back)
    assert back.getvalue() == content
    sftp.remove("renamed")


def test_keepalive(connection):
    connection.get_transport().set_keepalive(1)
    assert connection.exec_command("sleep 4; echo alive")[1].read() == b"alive\n"


def test_terminal(connection):
    shell = connection.invoke_shell(term="xterm-256color", width=90, height=30)
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


def test_new_keys(connection):
    stdin, stdout, _ = connection.exec_command("cat")
    stdin.write("before ")
    stdin.flush()
    connection.get_transport().renegotiate_keys()
    stdin.write("after")
    stdin.channel.shutdown_write()
    assert stdout.read() == b"before after"


def test_cut_off(client, box, gateway):
    with leaks.LeakCheck(box, gateway), second_client.paramiko_connection(client) as connection:
        _, stdout, _ = connection.exec_command("head -c 1G /dev/zero")
        assert stdout.read(tried.MIB)
        connection.get_transport().sock.close()
