"""SIGHUP: the settings file is read again while sessions go on."""

import json
import signal
import subprocess

from harness import keys, terminal, waiting
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


# Of each setting that waits for a restart and shows in a session: another value.
WAITING = {"chroot": "/elsewhere", "box_user": "4711", "namespace": "other", "path": "kubectl",
           "max_sessions_per_box": "1", "cri_socket": "/nowhere", "host_key_path": "/nowhere",
           "revoked_keys_file": "/nowhere", "authorized_keys": "none",
           "proxy_protocol_from": "127.0.0.0/8", "per_source_penalties": "noauth:1h min:1s",
           "max_startups": "1:100:1", "record_dir": "/nowhere"}


def test_what_is_not_reloaded_stays_in_force(node, box, user_key, connect, tmp_path):
    """All at once, and none half: the record directory was, in the middle of a session's start."""
    config = tmp_path / "config.yaml"
    before = {"cri_socket": node.socket, "host_key_path": str(tmp_path / "gateway" / "host-ed25519"),
              "authorized_keys": keys.public_half(user_key), "per_source_penalties": "no",
              "max_startups": "100"}
    config.write_text(json.dumps(before), encoding="utf-8")
    unset = {f"ZOMG_SSH_{key.upper()}": None for key in WAITING}
    with Gateway(tmp_path / "gateway", node, None, ZOMG_SSH_CONFIG=str(config),
                 **unset) as gateway:
        client = connect(gateway, box.login)
        shown = client.sh("id -u; pwd")
        config.write_text(json.dumps(WAITING), encoding="utf-8")
        reload(gateway, "the settings were read again")
        for key in WAITING:
            assert f"ZOMG_SSH_{key.upper()} was changed: in force when" in gateway.log()
        with client.start("cat", stdin=subprocess.PIPE):
            assert client.sh("id -u; pwd") == shown
            with terminal.shell(client) as screen:
                screen.expect(r"[#$] ")
                screen.send("exit 5\n")
                assert screen.wait() == 5
        assert "cannot be recorded" not in gateway.log()
