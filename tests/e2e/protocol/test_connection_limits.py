"""How much of the gateway one user can have, and who has to go when it is full."""

import contextlib
import fcntl
import os
import signal
import socket
import struct
import termios
import threading
import time

import paramiko
import pytest

from harness import keys, packet_log, processes, sanitizers, second_client, waiting
from harness.audit import Trail
from harness.gateway import CONNECTION, Gateway

pytestmark = pytest.mark.timeout(180)

MIB = 1024 * 1024


@contextlib.contextmanager
def gateway_with(tmp_path, node, authorized_keys, **settings):
    path = tmp_path / "audit.jsonl"
    with Gateway(tmp_path / "gateway", node, authorized_keys, ZOMG_SSH_AUDIT_LOG=str(path),
                 **settings) as running:
        running.trail = Trail(path)
        yield running


class Crowd:
    """Connections that stay, as a context."""

    def __init__(self, gateway, login, key):
        self.gateway, self.login, self.key = gateway, login, key
        self.made = []

    def add(self, count=1):
        for _ in range(count):
            self.made.append(packet_log.LoggedConnection(self.gateway.port, self.login, self.key))
        return self.made[-count:]

    def active(self):
        return [made for made in self.made if made.transport.is_active()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for made in self.made:
            made.close()


def running_session(connection):
    """One more; the channel is to be kept, as paramiko closes one that nobody has."""
    channel = connection.get_transport().open_session()
    channel.settimeout(30)
    channel.exec_command("echo in; cat")
    assert channel.recv(3) == b"in\n", channel.recv_stderr(1000)
    return channel


def told(gateway, box, connect, key):
    """What a client of ssh(1) is told by a gateway that does not let it stay."""
    done = connect(gateway, box.login, key=key).ssh("true")
    assert done.status == 255
    return done.errors


def test_one_key_has_no_more_connections_than_it_may(tmp_path, node, user_key, box, own_box, connect):
    other = keys.make_user_key(tmp_path, name="other")
    both = f"{keys.public_half(user_key)}\n{keys.public_half(other)}"
    with gateway_with(tmp_path, node, both, ZOMG_SSH_MAX_CONNECTIONS_PER_KEY="3") as gateway, \
            Crowd(gateway, box.login, user_key) as crowd:
        crowd.add(3)
        assert "Your key has as many connections" in told(gateway, box, connect, user_key)
        assert "Your key has as many connections" in told(gateway, own_box, connect, user_key)
        assert gateway.trail.events("authentication", accepted=False)
        assert connect(gateway, box.login, key=other).sh("echo in") == "in\n"
        assert len(crowd.active()) == 3
        crowd.made[0].close()
        waiting.until(lambda: connect(gateway, box.login).ssh("true").status == 0, 20, "a place")


def test_one_key_has_no_more_than_twice_as_many_sessions(tmp_path, node, user_key, box, own_box,
                                                         connect):
    """Whatever boxes they are in: it could have all that there may be."""
    other = keys.make_user_key(tmp_path, name="other")
    both = f"{keys.public_half(user_key)}\n{keys.public_half(other)}"
    with gateway_with(tmp_path, node, both, ZOMG_SSH_MAX_CONNECTIONS_PER_KEY="2") as gateway, \
            contextlib.ExitStack() as stack:
        channels = []
        for login in (box.login, own_box.login):
            connection = stack.enter_context(
                second_client.paramiko_connection(connect(gateway, login)))
            channels += [running_session(connection) for _ in range(2)]
        assert len(channels) == 4
        refused = connection.get_transport().open_session()
        refused.exec_command("true")
        assert refused.recv_exit_status() == 255
        assert b"Your key has as many sessions" in refused.recv_stderr(1000)
        assert connect(gateway, box.login, key=other).sh("echo in") == "in\n"


def test_one_login_name_has_no_more_connections_than_it_may(tmp_path, node, user_key, box, own_box,
                                                            connect):
    with gateway_with(tmp_path, node, keys.public_half(user_key),
                      ZOMG_SSH_MAX_CONNECTIONS_PER_USER="3") as gateway, \
            Crowd(gateway, box.login, user_key) as crowd:
        crowd.add(3)
        assert "This login name has as many connections" in told(gateway, box, connect, user_key)
        # Whatever container it chooses.
        chosen = connect(gateway, f"{box.login}+any").ssh("true")
        assert "This login name has as many connections" in chosen.errors
        assert connect(gateway, own_box.login).sh("echo in") == "in\n"


def test_one_key_cannot_have_all_by_default(own_gateway, box, user_key):
    """It did: 4,096 connections, as many as there may be; and then all that its box may have."""
    with Crowd(own_gateway, box.login, user_key) as crowd:
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            crowd.add(60)
        waiting.until(lambda: len(own_gateway.pids(CONNECTION)) <= 40, 20,
                      lambda: f"{len(own_gateway.pids(CONNECTION))} connections of one key")


def test_one_key_has_no_more_sessions_than_it_may(tmp_path, node, user_key, box, connect):
    """One that waits ahead of being asked for is none, and there is none ahead of what would be refused."""
    with gateway_with(tmp_path, node, keys.public_half(user_key),
                      ZOMG_SSH_MAX_CONNECTIONS_PER_KEY="2") as gateway, \
            Crowd(gateway, box.login, user_key) as crowd:
        crowd.add()
        waiting.until(lambda: len(gateway.prepared_sessions()) == 1, 20, "one waits")
        with second_client.paramiko_connection(connect(gateway, box.login)) as connection:
            channels = [running_session(connection) for _ in range(4)]
            refused = connection.get_transport().open_session()
            refused.exec_command("true")
            assert refused.recv_exit_status() == 255
            assert b"Your key has as many sessions" in refused.recv_stderr(1000)
            assert len(channels) == len(gateway.sessions())
            assert len(gateway.prepared_sessions()) == 1


def test_who_has_no_session_goes_first(tmp_path, node, user_key, box, caplog):
    caplog.set_level("INFO", "paramiko")  # which logs why it was disconnected
    with gateway_with(tmp_path, node, keys.public_half(user_key),
                      ZOMG_SSH_MAX_CONNECTIONS="16") as gateway, \
            Crowd(gateway, box.login, user_key) as crowd:
        busy, = crowd.add()
        channel = busy.transport.open_session()
        channel.exec_command("cat")
        idle = crowd.add(2)
        # Beyond seven eighths of 16, and all of them a while without a session.
        more = crowd.add(12)
        waiting.until(lambda: not idle[0].transport.is_active(), 40, "the first one is ended")
        assert len(crowd.active()) == 14
        assert busy in crowd.active() and more[-1] in crowd.active()
        assert idle[0].packets(ours=False)[-1].name == "DISCONNECT"
        assert "The gateway is full, and your connection" in caplog.text
        channel.sendall(b"alive")
        assert channel.recv(5) == b"alive"


def test_there_are_no_more_than_twice_as_many_sessions(tmp_path, node, user_key, box, connect):
    with gateway_with(tmp_path, node, keys.public_half(user_key),
                      ZOMG_SSH_MAX_CONNECTIONS="2") as gateway, \
            second_client.paramiko_connection(connect(gateway, box.login)) as connection:
        served = [running_session(connection) for _ in range(4)]
        assert len(served) == 4
        refused = connection.get_transport().open_session()
        refused.exec_command("true")
        assert refused.recv_exit_status() == 255
        assert b"The gateway has as many sessions as it may" in refused.recv_stderr(1000)


def test_strangers_go_first_and_drive_nobody_out(tmp_path, node, user_key, box, connect):
    with gateway_with(tmp_path, node, keys.public_half(user_key), ZOMG_SSH_MAX_CONNECTIONS="16",
                      ZOMG_SSH_MAX_STARTUPS="100") as gateway, \
            Crowd(gateway, box.login, user_key) as crowd, contextlib.ExitStack() as stack:
        idle = crowd.add(4)
        strangers = [stack.enter_context(waiting_client(gateway)) for _ in range(12)]
        assert all(stranger.recv(8) == b"SSH-2.0-" for stranger in strangers)
        # Full; but a stranger of some seconds makes room for whoever comes.
        waiting.until(lambda: connect(gateway, box.login).ssh("true").status == 0, 30, "a place")
        assert crowd.active() == idle


@contextlib.contextmanager
def waiting_client(gateway, address="127.0.0.1"):
    with socket.create_connection(("127.0.0.1", gateway.port), 20,
                                  source_address=(address, 0)) as link:
        yield link


def is_served(gateway, address):
    with waiting_client(gateway, address) as link, contextlib.suppress(ConnectionError):
        return link.recv(8) == b"SSH-2.0-"
    return False


def test_who_is_not_let_in_drives_nobody_out(tmp_path, node, user_key):
    """Not even a stranger."""
    with gateway_with(tmp_path, node, keys.public_half(user_key), ZOMG_SSH_MAX_CONNECTIONS="16",
                      ZOMG_SSH_MAX_STARTUPS="100",
                      ZOMG_SSH_PER_SOURCE_PENALTIES="noauth:1h min:1s") as gateway, \
            contextlib.ExitStack() as stack:
        with waiting_client(gateway, "127.0.0.2") as scanner:
            scanner.sendall(b"SSH-2.0-scan\r\n")
            assert scanner.recv(8) == b"SSH-2.0-"
        waiting.until(lambda: not is_served(gateway, "127.0.0.2"), 20, "it has a penalty")
        waiting.until(lambda: not gateway.pids(CONNECTION), 20, "nobody is left")
        strangers = [stack.enter_context(waiting_client(gateway)) for _ in range(14)]
        assert all(stranger.recv(8) == b"SSH-2.0-" for stranger in strangers)
        held = set(gateway.pids(CONNECTION))
        old = time.monotonic() + 3
        waiting.until(lambda: time.monotonic() > old, 20, "they may be ended for others")
        assert not any(is_served(gateway, "127.0.0.2") for _ in range(10))
        assert set(gateway.pids(CONNECTION)) == held


def resident_mib(pid):
    return int(processes.status(pid)["VmRSS"].split()[0]) / 1024


@sanitizers.other_build  # AddressSanitizer keeps for a while what is freed
def test_windows_of_all_channels_have_one_budget(own_gateway, box, connect):
    """Programs that keep up until each window is 8 MiB, and then read no more."""
    client = connect(own_gateway, box.login)
    with second_client.paramiko_connection(client) as connection:
        pid, = own_gateway.pids(CONNECTION)
        before = resident_mib(pid)
        channels = []
        for _ in range(6):
            channel = connection.get_transport().open_session()
            channel.exec_command("head -c 20000000 >/dev/null; echo read; sleep 1000")
            channels.append(channel)

        def fill(channel):
            channel.settimeout(5)
            with contextlib.suppress(OSError):
                while True:
                    channel.sendall(bytes(256 * 1024))
        threads = [threading.Thread(target=fill, args=(channel,)) for channel in channels]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        grown = resident_mib(pid) - before
        print(f"grown by {grown:.1f} MiB")
        # 8 MiB of the memory for windows, 512 KiB of an even share, 32 KiB for each.
        assert grown < 16


def waiting_in(pipe):
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


def processor_seconds(pid):
    fields = processes.read(pid, "stat").rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def enlarged_input(box):
    """The standard input of the box's `wc -c`, which is stopped meanwhile, made as large as it may make it."""
    waiting.until(lambda: count_programs(box), 20, "its program")
    program, = count_programs(box)
    os.kill(program, signal.SIGSTOP)
    pipe = os.open(f"/proc/{program}/fd/0", os.O_RDONLY | os.O_NONBLOCK)
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, MIB)
        yield pipe
    finally:
        os.close(pipe)
        os.kill(program, signal.SIGCONT)


def count_programs(box):
    return [pid for pid in processes.in_box(box.container.pid) if processes.arguments(pid) == ["wc", "-c"]]


def test_a_box_that_enlarges_its_pipe_has_no_more_of_the_gateways_memory(own_gateway, box, connect):
    """Nor of its time; and all comes through when it reads again."""
    with second_client.paramiko_connection(connect(own_gateway, box.login)) as connection:
        channel = connection.get_transport().open_session()
        channel.exec_command("exec wc -c")
        sender = threading.Thread(target=channel.sendall, args=(bytes(4 * MIB),))
        with enlarged_input(box) as pipe:
            sender.start()
            last = [0, time.monotonic()]

            def stands_still():
                if last[0] != waiting_in(pipe):
                    last[:] = waiting_in(pipe), time.monotonic()
                return last[0] > 0 and time.monotonic() > last[1] + 2
            process, = own_gateway.pids(CONNECTION)
            waiting.until(stands_still, 60, "no more comes")
            spent, since = processor_seconds(process), time.monotonic()
            waiting.until(lambda: time.monotonic() > since + 1, 20, "a second")
            spent = processor_seconds(process) - spent
            print(f"{last[0]} bytes wait; {spent} s of a second's processor time")
            assert MIB // 8 < last[0] <= MIB // 4
            assert spent < 0.2
        sender.join(60)
        channel.shutdown_write()
        assert channel.recv(100) == f"{4 * MIB}\n".encode()
