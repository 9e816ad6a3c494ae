"""The gateway's banner before the login, and the message of the day of a box after it."""

import pytest

from harness import keys, terminal
from harness.gateway import Gateway


@pytest.fixture
def motd_box(node):
    with node.box("demo", "motd") as box:
        yield box


def shown_at_login(client, options=None):
    """All that a terminal shows of a login shell that ends at once."""
    with terminal.shell(client, options=options) as screen:
        screen.send("exit 0\n")
        assert screen.wait() == 0
        return screen.text


def test_banner_is_shown_before_the_login(node, box, user_key, connect, tmp_path):
    banner = tmp_path / "banner"
    banner.write_text("Only for \x1b[31mus\x1b[0m.\n", encoding="utf-8")
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_BANNER_FILE=str(banner)) as gateway:
        client = connect(gateway, box.login)
        done = client.ssh("echo in", options={"LogLevel": "INFO"}).ok()
        assert done.text == "in\n"
        # The client makes control characters visible, as it does those of sshd.
        assert done.errors.count("Only for") == 1 and "\x1b" not in done.errors
        stranger = connect(gateway, box.login, keys.make_user_key(tmp_path))
        assert "Only for" in stranger.ssh("true", options={"LogLevel": "INFO"}).errors


def test_a_wrong_form_of_user_name_is_explained_before_the_login(connect, gateway):
    since = gateway.log_size()
    done = connect(gateway, "box1").ssh("true", options={"LogLevel": "INFO"})
    assert done.status == 255
    assert "not of the form <project>--<box>" in done.errors
    assert "each half at most 63 letters" in done.errors
    gateway.wait_for_log(r"refused user box1 with key SHA256:\S+: .*no `--`\. Connect as", since)


def test_a_refused_key_is_in_the_log_with_its_fingerprint(connect, gateway, box, tmp_path):
    stranger = keys.make_user_key(tmp_path)
    since = gateway.log_size()
    assert connect(gateway, box.login, stranger).ssh("true").status == 255
    gateway.wait_for_log(
        r"refused user \S+ with key SHA256:\S+: the key is not authorized\. If it should, add it to "
        "ZOMG_SSH_AUTHORIZED_KEYS", since)


def test_motd_of_the_box_is_shown_to_a_login_shell(motd_box, gateway, connect):
    motd_box.exec("mkdir -p /run && echo 'dynamic news' >/run/motd.dynamic; echo 'static news' >/etc/motd")
    client = connect(gateway, motd_box.login)
    shown = shown_at_login(client)
    assert shown.index("dynamic news\r\n") < shown.index("static news\r\n") < shown.rindex("exit")
    assert "news" not in client.ssh(stdin=b"exit 0\n").ok().text
    with terminal.shell(client, command=["true"]) as screen:
        assert screen.wait() == 0
        assert "news" not in screen.text


def test_hushlogin_silences_the_motd(motd_box, gateway, connect):
    motd_box.exec("echo 'static news' >/etc/motd; touch /root/.hushlogin")
    assert "news" not in shown_at_login(connect(gateway, motd_box.login))


@pytest.mark.parametrize("hostile", [
    "mkfifo /etc/motd", "ln -s /proc/self/fd/0 /etc/motd", "ln -s motd /etc/motd", "mkdir /etc/motd",
    "ln -s /dev/zero /etc/motd",
])
def test_a_motd_that_is_no_file_holds_nobody_up(motd_box, gateway, connect, hostile):
    motd_box.exec(f"rm -rf /etc/motd; {hostile}")
    client = connect(gateway, motd_box.login)
    with terminal.shell(client) as screen:
        screen.send("echo through=$((1 + 1))\n")
        screen.expect("through=2")


def test_a_long_motd_is_cut(motd_box, gateway, connect):
    motd_box.exec("head -c 300000 /dev/zero | tr '\\0' m >/etc/motd")
    assert shown_at_login(connect(gateway, motd_box.login)).count("m") < 40_000
