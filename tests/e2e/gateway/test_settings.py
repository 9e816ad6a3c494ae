"""Settings from a YAML file and the environment."""

from harness import keys
from harness.gateway import Gateway, free_port


def test_yaml_file_alone(node, box, user_key, connect, tmp_path):
    config = tmp_path / "config.yaml"
    port = free_port()
    key = keys.public_half(user_key)
    config.write_text(f"""# all that there is
listen: 127.0.0.1:{port}
cri_socket: {node.socket}
authorized_keys: |
  # the team
  {key}
log_level: debug
""", encoding="utf-8")
    with Gateway(tmp_path / "gateway", node, None, ZOMG_SSH_CONFIG=str(config), ZOMG_SSH_LISTEN=None,
                 ZOMG_SSH_CRI_SOCKET=None) as gateway:
        gateway.port = port
        assert connect(gateway, box.login).sh("echo in") == "in\n"
        assert " debug " in gateway.log()


def test_environment_wins(node, box, user_key, connect, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("chroot: /nowhere\nlog_level: error\n", encoding="utf-8")
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_CONFIG=str(config), ZOMG_SSH_CHROOT="/volumes",
                 ZOMG_SSH_LOG_LEVEL="info") as gateway:
        assert connect(gateway, box.login).sh("echo in") == "in\n"


def test_empty_variable_is_not_set(node, box, user_key, connect, tmp_path):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), ZOMG_SSH_CHROOT="",
                 ZOMG_SSH_NAMESPACE="") as gateway:
        assert connect(gateway, box.login).sh("echo in") == "in\n"


def test_several_addresses(node, box, user_key, connect, tmp_path):
    ports = free_port(), free_port()
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_LISTEN=f"127.0.0.1:{ports[0]},[::1]:{ports[1]}") as gateway:
        assert f"listening on 127.0.0.1:{ports[0]} [::1]:{ports[1]}" in gateway.log()
        gateway.port = ports[0]
        assert connect(gateway, box.login).sh("echo four") == "four\n"
        gateway.port = ports[1]
        seen = connect(gateway, box.login).sh("echo $SSH_CONNECTION", options={"HostName": "::1"})
        assert seen.split()[::2] == ["::1", "::1"]


def test_namespace_narrows(node, user_key, connect, tmp_path):
    with node.box("narrow", "box", namespace="mine", env={"WHERE": "mine"}) as box, \
            node.box("narrow", "box", namespace="theirs", env={"WHERE": "theirs"}), \
            Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                    ZOMG_SSH_NAMESPACE="mine") as gateway:
        assert connect(gateway, box.login).sh("echo $WHERE") == "mine\n"


def test_namespace_that_has_no_such_box(node, box, user_key, connect, tmp_path):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_NAMESPACE="empty") as gateway:
        assert "no such box" in connect(gateway, box.login).ssh("true").errors


def test_no_secret_in_the_log(gateway, client, user_key):
    """Fingerprints are named, keys are not."""
    client.ssh("true").ok()
    log = gateway.log()
    assert "SHA256:" in log
    assert keys.public_half(user_key).split()[1] not in log
