"""A session without a command is a login shell; a command runs through the user's shell."""

from harness import terminal


def test_name_begins_with_a_dash(client):
    assert client.ssh(stdin=b"echo $0; shopt login_shell\n").out == b"-bash\nlogin_shell    \ton\n"


def test_name_at_a_terminal(client):
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        screen.send("echo name=$0.\n")
        screen.expect(r"name=-bash\.")


def test_profile_is_read(client, own_box, gateway, connect):
    mine = connect(gateway, own_box.login)
    own_box.exec("echo 'export FROM_PROFILE=yes' >/root/.bash_profile")
    assert mine.ssh(stdin=b"echo $FROM_PROFILE\n").out == b"yes\n"
    assert mine.sh("echo .$FROM_PROFILE") == ".\n"


def test_starts_at_home(client):
    assert client.sh("pwd") == "/root\n"
    assert client.ssh(stdin=b"pwd\n").out == b"/root\n"


def test_command_runs_through_the_shell_of_passwd(own_box, gateway, connect):
    mine = connect(gateway, own_box.login)
    assert mine.sh("echo $BASH_VERSION").startswith("5.")
    own_box.exec("ln -s bash /bin/other && sed -i '/^root:/s#/bin/bash#/bin/other#' /etc/passwd")
    assert mine.sh("echo $SHELL $0") == "/bin/other other\n"


def test_command_line_arrives_as_it_was_typed(client):
    for command, shown in [("echo 'a  b'", "a  b\n"), ('echo "$HOME" | tr / :', ":root\n"),
                           ("printf '%s\\n' \"*\"", "*\n"), ("echo ü", "ü\n")]:
        assert client.sh(command) == shown


def test_long_command(client):
    word = "x" * 100_000
    assert client.sh(f"printf %s {word} | wc -c") == "100000\n"


def test_missing_shell(own_box, gateway, connect):
    mine = connect(gateway, own_box.login)
    own_box.exec("sed -i '/^root:/s#/bin/bash#/bin/no-such-shell#' /etc/passwd")
    done = mine.ssh("true")
    assert done.status == 127
    assert "shell could not be started" in done.errors


def test_box_without_passwd(own_box, gateway, connect):
    mine = connect(gateway, own_box.login)
    own_box.exec("rm /etc/passwd")
    assert mine.sh("echo $0 $USER $SHELL") == "bash root /bin/bash\n"


def test_missing_home(own_box, gateway, connect):
    mine = connect(gateway, own_box.login)
    own_box.exec("sed -i '/^root:/s#:/root:#:/no/home:#' /etc/passwd")
    assert mine.sh("pwd") == "/\n"
