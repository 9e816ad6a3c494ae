"""What systemd passes and is told: sockets, readiness, the stop."""

import socket

from harness import keys, paths
from harness.gateway import Gateway, free_port


def test_it_says_when_it_is_ready_and_when_it_stops(node, user_key, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                     NOTIFY_SOCKET=str(tmp_path / "notify"), ZOMG_SSH_DRAIN_SECS="5") as gateway:
            assert manager.recv(1024) == b"READY=1"
            gateway.process.terminate()
            assert manager.recv(1024) == b"STOPPING=1\nEXTEND_TIMEOUT_USEC=35000000"
            assert gateway.process.wait(20) == 0


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
