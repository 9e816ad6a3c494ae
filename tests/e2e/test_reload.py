"""SIGHUP: the settings file is read again while sessions go on."""

import signal
import subprocess

from harness import keys, waiting
from harness.gateway import Gateway


def reload(gateway, expected):
    seen = len(gateway.log())
    gateway.process.send_signal(signal.SIGHUP)
    waiting.until(lambda: expected in gateway.log()[seen:], 20,
                  lambda: f"`{expected}` in the log:\n{gateway.log()}")


def test_a_changed_setting_is_in_force_and_sessions_stay(node, box, user_key, connect, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("log_level: info\n", encoding="utf-8")
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_CONFIG=str(config)) as gateway:
        client = connect(gateway, box.login)
        with client.start("cat", stdin=subprocess.PIPE) as session:
            config.write_text("log_level: debug\nchroot: /elsewhere\n", encoding="utf-8")
            reload(gateway, "the settings were read again")
            assert "ZOMG_SSH_CHROOT was changed: in force when" in gateway.log()
            assert session.poll() is None
        seen = len(gateway.log())
        assert client.sh("echo in") == "in\n"
        assert " debug " in gateway.log()[seen:]


def test_a_broken_file_changes_nothing(node, box, user_key, connect, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("log_level: info\n", encoding="utf-8")
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_CONFIG=str(config)) as gateway:
        config.write_text("log_level: [\n", encoding="utf-8")
        reload(gateway, "the settings stay as they were")
        assert "config.yaml line" in gateway.log()
        assert connect(gateway, box.login).sh("echo in") == "in\n"
