"""Forwarding is refused, with a reason where the protocol carries one, and the session lives on."""

import socket

import pytest

from harness import waiting
from harness.gateway import free_port


@pytest.fixture
def target():
    """A port that something listens on, on the gateway's own host."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


def lives_on(session):
    out, _ = session.communicate(b"alive\n", timeout=15)
    assert (out, session.returncode) == (b"alive\n", 0)


def connect_through(port):
    """What comes from a forwarded connection: nothing, and its end."""
    def connected():
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except ConnectionRefusedError:
            return None
    with waiting.until(connected, 10, "the client listens") as through:
        try:
            return through.recv(10)
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("flag", ["-L", "-D"])
def test_local_and_dynamic(client, target, gateway, flag):
    port = free_port()
    argument = f"{port}:127.0.0.1:{target.getsockname()[1]}" if flag == "-L" else str(port)
    since = gateway.log_size()
    with client.start("cat", program="ssh", options={
            "LocalForward" if flag == "-L" else "DynamicForward":
            f"{port} 127.0.0.1:{target.getsockname()[1]}" if flag == "-L" else argument}) as session:
        try:
            if flag == "-L":
                assert connect_through(port) == b""
            else:
                def socks():
                    try:
                        return socket.create_connection(("127.0.0.1", port), timeout=5)
                    except ConnectionRefusedError:
                        return None
                with waiting.until(socks, 10, "the client listens") as proxy:
                    where = socket.inet_aton("127.0.0.1")
                    number = target.getsockname()[1].to_bytes(2, "big")
                    proxy.sendall(b"\x04\x01" + number + where + b"\x00")
                    assert proxy.recv(8)[:2] != b"\x00\x5a" or proxy.recv(1) == b""
            gateway.wait_for_log("forwarding request was refused", since)
            lives_on(session)
        finally:
            session.kill()
    target.settimeout(0)
    with pytest.raises(BlockingIOError):
        target.accept()


def test_remote(client, target):
    where = f"0 127.0.0.1:{target.getsockname()[1]}"
    done = client.ssh("echo alive", options={"RemoteForward": where})
    assert (done.status, done.out) == (0, b"alive\n")
    strict = client.ssh("echo alive", options={"RemoteForward": where,
                                               "ExitOnForwardFailure": "yes"})
    assert strict.status == 255
    assert "remote port forwarding failed" in strict.errors


def test_standard_input_and_output(client, target):
    done = client.ssh(flags=["-W", f"127.0.0.1:{target.getsockname()[1]}"],
                      options={"LogLevel": "INFO"})
    assert done.status == 255
    assert "administratively prohibited: Port forwarding is off" in done.errors


def test_unix_sockets(client, tmp_path):
    local = tmp_path / "local.sock"
    with client.start("cat", options={"LocalForward": f"{local} /run/some.sock"}) as session:
        try:
            waiting.until(local.exists, 10, "the client listens")
            with socket.socket(socket.AF_UNIX) as through:
                through.settimeout(10)
                through.connect(str(local))
                assert through.recv(10) == b""
            lives_on(session)
        finally:
            session.kill()
    done = client.ssh("echo alive", options={"RemoteForward": f"/tmp/x.sock {tmp_path}/y.sock",
                                             "ExitOnForwardFailure": "yes"})
    assert done.status == 255


def test_agent(client, tmp_path):
    """The session has no agent, and works."""
    with socket.socket(socket.AF_UNIX) as agent:
        agent.bind(str(tmp_path / "agent"))
        agent.listen()
        done = client.ssh("echo agent=$SSH_AUTH_SOCK.",
                          options={"ForwardAgent": str(tmp_path / "agent")})
    assert (done.status, done.out) == (0, b"agent=.\n")


def test_x11(client):
    done = client.ssh("echo display=$DISPLAY.", options={"ForwardX11": "yes",
                                                         "ForwardX11Trusted": "yes"},
                      flags=["-X"])
    assert (done.status, done.out) == (0, b"display=.\n")


def test_tunnel_device(client):
    done = client.ssh("echo alive", options={"Tunnel": "point-to-point", "TunnelDevice": "any:any"})
    assert done.status in (0, 255)
    assert client.sh("echo alive") == "alive\n"
