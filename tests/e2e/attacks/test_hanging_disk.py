"""Files of the gateway on a disk that stops answering, and answers again."""

import shutil
import signal
import socket

import pytest

from harness import keys, played_connection, waiting
from harness.gateway import FILE_READER, Gateway
from harness.hanging_disk import HangingDisk

pytestmark = pytest.mark.timeout(150)


def disk_with(tmp_path, **files):
    return HangingDisk(tmp_path / "disk", **{name: text.encode() for name, text in files.items()})


def test_authorized_keys_stay_and_are_read_when_it_answers(node, box, user_key, connect, tmp_path):
    (tmp_path / "other").mkdir()
    other = keys.make_user_key(tmp_path / "other")
    with disk_with(tmp_path, keys=keys.public_half(user_key) + "\n") as disk, \
            Gateway(tmp_path / "gateway", node, None,
                    ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(disk.path / "keys")) as gateway:
        try:
            disk.stop()
            disk.write("keys", keys.public_half(other).encode() + b"\n")
            gateway.wait_for_log("ZOMG_SSH_AUTHORIZED_KEYS_FILE: .* stays as it was: the disk that it "
                                 "is on does not answer", seconds=60)
            connect(gateway, box.login).ssh("true").ok()
        finally:
            disk.go_on()
        gateway.wait_for_log("is read again")
        waiting.until(lambda: connect(gateway, box.login, key=other).ssh("true").status == 0, 20,
                      gateway.log)
        assert connect(gateway, box.login).ssh("true").status == 255


def test_a_key_is_revoked_when_it_answers(node, box, user_key, connect, tmp_path):
    with disk_with(tmp_path, revoked="") as disk, \
            Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                    ZOMG_SSH_REVOKED_KEYS_FILE=str(disk.path / "revoked")) as gateway:
        try:
            disk.stop()
            disk.write("revoked", keys.public_half(user_key).encode() + b"\n")
            client = connect(gateway, box.login)
            client.ssh("true").ok()
        finally:
            disk.go_on()
        waiting.until(lambda: client.ssh("true").status == 255, 20, gateway.log)


def test_nobody_gets_in_while_the_revoked_keys_do_not_answer(node, box, user_key, connect, tmp_path):
    with disk_with(tmp_path, revoked="") as disk, \
            Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                    ZOMG_SSH_REVOKED_KEYS_FILE=str(disk.path / "revoked")) as gateway:
        client = connect(gateway, box.login)
        try:
            disk.stop()
            gateway.wait_for_log("ZOMG_SSH_REVOKED_KEYS_FILE: .* cannot be read: the disk that it is on does "
                                 "not answer", seconds=60)
            assert client.ssh("true").status == 255
        finally:
            disk.go_on()
        waiting.until(lambda: client.ssh("true").status == 0, 20, gateway.log)


def test_settings_stay_and_are_read_when_it_answers(node, user_key, tmp_path):
    with disk_with(tmp_path, config="log_level: info\n") as disk, \
            Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                    ZOMG_SSH_CONFIG=str(disk.path / "config")) as gateway:
        try:
            disk.stop()
            gateway.send_signal(signal.SIGHUP)
            gateway.wait_for_log("no answer in 10 s from the disk that it is on", seconds=40)
            gateway.wait_for_log("the settings stay as they were")
        finally:
            disk.go_on()
        gateway.send_signal(signal.SIGHUP)
        gateway.wait_for_log("the settings were read again", seconds=30)
        waiting.until(lambda: not gateway.pids(FILE_READER), 20, "no reader stays")


def test_two_hangups_at_once_read_the_last(node, user_key, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("log_level: info\n", encoding="utf-8")
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_CONFIG=str(config)) as gateway:
        gateway.send_signal(signal.SIGHUP)
        config.write_text("log_level: debug\n", encoding="utf-8")
        gateway.send_signal(signal.SIGHUP)
        since = gateway.log_size()

        def is_debug():
            socket.create_connection(("127.0.0.1", gateway.port), timeout=10).close()
            return " debug " in gateway.log()[since:]
        waiting.until(is_debug, 20, gateway.log, interval=0.2)


def test_a_reader_that_does_not_stay_is_not_taken_for_a_disk(node, user_key, tmp_path):
    program = played_connection.programs(tmp_path / "bin", FILE_READER, "played_helper.c")
    shutil.copy2("/bin/false", tmp_path / "bin" / FILE_READER)
    file = tmp_path / "authorized_keys"
    file.write_text(keys.public_half(user_key) + "\n", encoding="ascii")
    with Gateway(tmp_path / "gateway", node, None, program,
                 ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(file)) as gateway:
        gateway.wait_for_log(f"{file} stays as it was: what reads it does not run", seconds=60)
        assert "does not answer" not in gateway.log()


def test_a_reader_that_is_killed_is_started_again(node, box, user_key, connect, tmp_path):
    file = tmp_path / "authorized_keys"
    file.write_text(keys.public_half(user_key) + "\n", encoding="ascii")
    (tmp_path / "other").mkdir()
    other = keys.make_user_key(tmp_path / "other")
    with Gateway(tmp_path / "gateway", node, None,
                 ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(file)) as gateway:
        gateway.kill(gateway.one(FILE_READER))
        file.write_text(keys.public_half(other) + "\n", encoding="ascii")
        waiting.until(lambda: connect(gateway, box.login, key=other).ssh("true").status == 0, 20,
                      gateway.log)
