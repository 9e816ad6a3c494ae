"""What systemd passes and is told: sockets, readiness, the stop."""

import socket
import struct

from harness import keys, paths, waiting
from harness.gateway import Gateway, free_port


def received(manager):
    """The next message, and the process that sent it."""
    message, ancillary, _, _ = manager.recvmsg(1024, socket.CMSG_SPACE(12))
    [(_, _, credentials)] = ancillary
    return message, struct.unpack("3i", credentials)[0]


def test_it_says_when_it_is_ready_and_when_it_stops(node, user_key, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                     NOTIFY_SOCKET=str(tmp_path / "notify"), ZOMG_SSH_DRAIN_SECS="5") as gateway:
            # From the process that systemd started: to others it does not listen.
            assert received(manager) == (b"READY=1", gateway.process.pid)
            gateway.process.terminate()
            assert received(manager) == (b"STOPPING=1\nEXTEND_TIMEOUT_USEC=35000000",
                                         gateway.process.pid)
            assert gateway.process.wait(20) == 0


def test_one_that_does_not_listen_is_told_when_it_does(node, user_key, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.setblocking(False)
            sent = 0
            try:
                while True:
                    other.sendto(b"X=1", str(tmp_path / "notify"))
                    sent += 1
            except BlockingIOError:
                pass
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                     NOTIFY_SOCKET=str(tmp_path / "notify")):
            assert [manager.recv(100) for _ in range(sent)] == [b"X=1"] * sent
            assert manager.recv(100) == b"READY=1"


ACTIVATION = """#!/usr/bin/python3
import os, socket
listening = socket.create_server(("127.0.0.1", {port}))
os.dup2(listening.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv("{program}", ["{program}"])
"""


def test_a_passed_socket_stands_in_for_the_setting(node, box, user_key, connect, tmp_path):
    port = free_port()
    script = tmp_path / "activate"
    script.write_text(ACTIVATION.format(port=port, program=paths.GATEWAY), encoding="ascii")
    script.chmod(0o755)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program=script) as gateway:
        assert f"listening on 127.0.0.1:{port}\n" in gateway.log()
        gateway.port = port
        assert connect(gateway, box.login).sh("echo in") == "in\n"


def test_a_passed_socket_is_kept_when_the_monitor_dies(node, box, user_key, connect, tmp_path):
    port = free_port()
    script = tmp_path / "activate"
    script.write_text(ACTIVATION.format(port=port, program=paths.GATEWAY), encoding="ascii")
    script.chmod(0o755)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program=script) as gateway:
        gateway.port = port
        gateway.kill(gateway.pid)
        mine = connect(gateway, box.login)
        # Who comes before the old listener has noticed is cut off.
        waiting.until(lambda: mine.ssh("true").status == 0, 15, gateway.log)
