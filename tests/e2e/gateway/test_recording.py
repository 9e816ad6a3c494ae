"""ZOMG_SSH_RECORD_DIR: sessions with a terminal are recorded as asciicasts, by a process apart."""

import json
import os
import pwd
import shutil
import signal

import pytest

from harness import keys, processes, sanitizers, second_client, terminal, waiting
from harness.gateway import RECORDER, RESOLVER, Gateway
from harness.recordings import directory_apart

# It stops the recorder by ptrace(2) at its end, and the SIGCONT of a hangup takes that stop away.
hangs_in_leak_sanitizer = pytest.mark.skipif(sanitizers.ENABLED, reason="sanitizers: a terminal that hangs up")


def recordings(directory):
    return sorted(directory.glob("*.cast"))


def events(path):
    """The header of a recording and its events."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return lines[0], lines[1:]


def shown(path):
    return "".join(text for _, code, text in events(path)[1] if code == "o")


@pytest.fixture
def directory(tmp_path_factory):
    return directory_apart(tmp_path_factory)


@pytest.fixture
def recording_gateway(tmp_path, node, user_key, directory):
    def start(**settings):
        return Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                       **{"ZOMG_SSH_RECORD_DIR": str(directory), **settings})
    return start


@hangs_in_leak_sanitizer
def test_what_a_terminal_shows_is_recorded(recording_gateway, directory, box, connect):
    with recording_gateway() as gateway:
        client = connect(gateway, box.login)
        with terminal.shell(client, rows=30, columns=100) as screen:
            screen.expect(r"[#$] ")
            screen.send("echo 'gr\u00fc\u00dfe \u20ac' | tee /dev/null; tty; stty size\n")
            screen.expect("gr\u00fc\u00dfe \u20ac\r\n")
            screen.expect(r"/dev/pts/\d+\r\n30 100\r\n")
            screen.resize(40, 132)
            screen.send("stty -echo; echo ready; read secret; stty echo; stty size\n")
            screen.expect("\rready\r\n")
            screen.send("hunter2\n")
            screen.expect(r"40 132\r\n")
            screen.send("exit 5\n")
            assert screen.wait() == 5
        waiting.until(lambda: not gateway.pids(RECORDER), 30, "the recorder ends")
        path, = recordings(directory)
    assert path.stat().st_uid == pwd.getpwnam(RECORDER).pw_uid
    assert path.stat().st_mode & 0o777 == 0o600
    assert box.login in path.name
    header, lines = events(path)
    assert (header["version"], header["width"], header["height"]) == (2, 100, 30)
    assert ["r", "132x40"] in [line[1:] for line in lines]
    assert "gr\u00fc\u00dfe \u20ac\r\n" in shown(path) and "hunter2" not in shown(path)
    assert [line[0] for line in lines] == sorted(line[0] for line in lines)


def test_asciinema_plays_it(recording_gateway, directory, box, connect):
    if not shutil.which("asciinema"):
        pytest.fail("asciinema is missing: deploy/tools/packages.sh test")
    with recording_gateway() as gateway, terminal.shell(connect(gateway, box.login)) as screen:
        screen.expect(r"[#$] ")
        screen.send("echo played=$((1 + 1)); exit\n")
        screen.wait()
        waiting.until(lambda: not gateway.pids(RECORDER), 10, "the recorder ends")
        path, = recordings(directory)
    with terminal.Terminal(["asciinema", "play", "-i", "0.1", str(path)],
                           {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(path.parent)}) as screen:
        screen.expect("played=2")
        assert screen.wait() == 0


@hangs_in_leak_sanitizer
def test_the_end_comes_after_the_last_byte(recording_gateway, directory, box, connect):
    with recording_gateway() as gateway:
        client = connect(gateway, box.login)
        for _ in range(10):
            with terminal.shell(client, command=["seq 1 20000; exit 3"]) as screen:
                assert screen.wait() == 3
                assert screen.text.rstrip().endswith("19999\r\n20000")
        waiting.until(lambda: not gateway.pids(RECORDER), 10, "the recorders end")
    assert len(recordings(directory)) == 10
    assert all(shown(path).endswith("20000\r\n") for path in recordings(directory))


def test_keys_that_come_before_the_program_do_not_end_the_recorder(recording_gateway, box, connect):
    with recording_gateway() as gateway:
        client = connect(gateway, box.login)
        for _ in range(5):
            with second_client.paramiko_connection(client) as connection:
                channel = connection.get_transport().open_session()
                channel.settimeout(20)
                channel.get_pty()
                channel.exec_command("trap '' QUIT; echo there")
                channel.sendall(b"\x1c")
                # That of the program's own terminal may end the program.
                assert b"The box was stopped" not in channel.makefile().read()
        assert f"{RECORDER} ended with" not in gateway.log()


def test_without_a_terminal_nothing_is_recorded(recording_gateway, directory, box, connect):
    with recording_gateway() as gateway:
        assert connect(gateway, box.login).sh("echo in") == "in\n"
        assert not gateway.pids(RECORDER)
    assert not recordings(directory)


def test_a_session_without_a_box_has_no_recorder(recording_gateway, box, connect):
    """Only then has it a place that its recorder counts for."""
    with recording_gateway() as gateway:
        resolver = gateway.one(RESOLVER)
        gateway.kill(resolver, signal.SIGSTOP)
        try:
            with terminal.shell(connect(gateway, box.login)) as screen:
                gateway.wait_for_log("authenticated")
                assert waiting.stays(lambda: not gateway.pids(RECORDER), 1.5)
                gateway.kill(resolver, signal.SIGCONT)
                screen.expect(r"[#$] ")
                assert len(gateway.pids(RECORDER)) == 1
        finally:
            gateway.kill(resolver, signal.SIGCONT)


def test_a_recording_goes_on_in_another_file(recording_gateway, directory, box, connect):
    with recording_gateway() as gateway:
        with terminal.shell(connect(gateway, box.login),
                            command=["head -c 18000000 /dev/zero | tr '\\0' m"]) as screen:
            assert screen.wait(60) == 0
        waiting.until(lambda: not gateway.pids(RECORDER), 10, "the recorder ends")
    names = recordings(directory)
    assert len(names) == 2 and names[0].name.endswith(".2.cast") != names[1].name.endswith(".2.cast")
    assert sum(shown(name).count("m") for name in names) == 18_000_000


def test_a_session_that_cannot_be_recorded_ends(recording_gateway, directory, box, connect):
    with recording_gateway(ZOMG_SSH_RECORD_MAX_MIB="1") as gateway:
        with terminal.shell(connect(gateway, box.login),
                            command=["head -c 3000000 /dev/zero | tr '\\0' m"]) as screen:
            assert screen.wait(30) == 255
            assert "have to be recorded here, and this one could not be" in screen.text
        gateway.wait_for_log("ends because it cannot be recorded: .*ZOMG_SSH_RECORD_MAX_MIB")
        os.chown(directory, 0, 0)
        with terminal.shell(connect(gateway, box.login)) as screen:
            assert screen.wait() == 255
            assert "could not be" in screen.text


def test_it_goes_on_where_that_is_wanted(recording_gateway, directory, box, connect):
    with recording_gateway(ZOMG_SSH_RECORD_FAIL="open") as gateway:
        os.chown(directory, 0, 0)
        with terminal.shell(connect(gateway, box.login)) as screen:
            screen.send("echo on=$((1 + 1)); exit 0\n")
            screen.expect("on=2")
            assert screen.wait() == 0
        gateway.wait_for_log("goes on without being recorded")


@pytest.mark.parametrize("on_failure", ["closed", "open"])
def test_a_recorder_that_dies_ends_its_session(recording_gateway, box, connect, on_failure):
    """Whatever is set: the terminal that the client has was the recorder's."""
    with recording_gateway(ZOMG_SSH_RECORD_FAIL=on_failure) as gateway:
        with terminal.shell(connect(gateway, box.login)) as screen:
            screen.send("echo in=$((1 + 1))\n")
            screen.expect("in=2")
            gateway.kill(gateway.one(RECORDER))
            assert screen.wait() == 255
        gateway.wait_for_log("zomg-ssh-recorder ended with signal 9")
        waiting.until(lambda: not gateway.sessions(), 20, "nothing of the session is left")
        assert connect(gateway, box.login).sh("echo on") == "on\n"


def test_recording_goes_on_when_the_monitor_dies(recording_gateway, directory, box, connect):
    with recording_gateway() as gateway, terminal.shell(connect(gateway, box.login)) as screen:
        screen.send("echo before=$((1 + 1))\n")
        screen.expect("before=2")
        killed = gateway.pid
        gateway.kill(killed)
        waiting.until(lambda: not processes.alive(killed), 5, "it is dead")
        screen.send("echo after=$((1 + 1)); exit 6\n")
        assert screen.wait() == 6
        waiting.until(lambda: not gateway.pids(RECORDER), 10, "the recorder ends")
        path, = recordings(directory)
    assert "before=2" in shown(path) and "after=2" in shown(path)


def test_the_end_of_a_drain_is_shown_and_recorded(recording_gateway, directory, box, connect):
    with recording_gateway(ZOMG_SSH_DRAIN_SECS="0") as gateway:
        with terminal.shell(connect(gateway, box.login)) as screen:
            screen.send("echo in=$((1 + 1))\n")
            screen.expect("in=2")
            gateway.send_signal(signal.SIGTERM)
            assert screen.wait() == 255
        path, = recordings(directory)
        waiting.until(lambda: "in=2" in shown(path), 10, "it is recorded")


def test_an_option_of_a_key(tmp_path, node, user_key, directory, box, connect):
    other = keys.make_user_key(tmp_path)
    lines = f"record {keys.public_half(user_key)}\n{keys.public_half(other)}\n"
    with Gateway(tmp_path / "gateway", node, lines, ZOMG_SSH_RECORD_DIR=str(directory),
                 ZOMG_SSH_RECORD="keys") as gateway:
        for key, count in ((other, 0), (user_key, 1)):
            with terminal.shell(connect(gateway, box.login, key)) as screen:
                screen.send("exit 0\n")
                assert screen.wait() == 0
            waiting.until(lambda: not gateway.pids(RECORDER), 10, "the recorder ends")
            assert len(recordings(directory)) == count


def test_a_key_that_must_be_recorded_gets_no_terminal_without_a_directory(tmp_path, node, user_key,
                                                                          box, connect):
    with Gateway(tmp_path / "gateway", node, f"record {keys.public_half(user_key)}") as gateway:
        client = connect(gateway, box.login)
        with terminal.shell(client) as screen:
            assert screen.wait() == 255
            assert "have to be recorded" in screen.text
        assert client.sh("echo in") == "in\n"


def test_a_directory_of_somebody_else_is_an_error_at_the_start(tmp_path, node, user_key):
    (tmp_path / "mine").mkdir()
    with pytest.raises(AssertionError, match="install -d -o zomg-ssh-recorder"):
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                     ZOMG_SSH_RECORD_DIR=str(tmp_path / "mine")):
            pass
