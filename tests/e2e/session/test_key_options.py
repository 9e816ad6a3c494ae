"""What the options of a key's line in authorized_keys let it do, as sshd(8) has it."""

import pytest

from harness import keys
from harness.gateway import Gateway

ECHO = 'command="echo forced: $SSH_ORIGINAL_COMMAND"'


@pytest.fixture(scope="module")
def optioned(tmp_path_factory, node):
    """A gateway with a key for each of these options; `optioned(options)` gives gateway and key."""
    folder = tmp_path_factory.mktemp("optioned")
    folder.chmod(0o711)
    rows = [
        ECHO,
        'command="printf \\"<%s>\\" \\"$0\\""',
        'command="exec ${SSH_ORIGINAL_COMMAND:-echo none}"',
        'command="env; tty"',
        'environment="LC_NAME=of the key"',
        'boxes="demo--box*,!demo--box2"',
        'boxes="other--*"',
        'from="127.0.0.0/8"',
        'from="*,!127.0.0.1"',
        'from="192.0.2.0/24,2001:db8::/32"',
        'expiry-time="20200101"',
        'expiry-time="29991231235959Z"',
        "restrict," + ECHO,
        "no-agent-forwarding,no-port-forwarding,no-user-rc,no-X11-forwarding,"
        'permitopen="localhost:80",permitlisten="8080",tunnel="0"',
    ]
    made = {row: keys.make_user_key(folder, name=f"k{number}") for number, row in enumerate(rows)}
    lines = [f"{row} {keys.public_half(key)}" for row, key in made.items()]
    twice = keys.make_user_key(folder, name="twice")
    lines += [f'boxes="other--*",command="echo first" {keys.public_half(twice)}',
              f'boxes="demo--box1",command="echo second" {keys.public_half(twice)}',
              f"{keys.public_half(twice)}"]
    with Gateway(folder / "gateway", node, "\n".join(lines)) as gateway:
        assert "skipped" not in gateway.log()
        yield lambda row: (gateway, twice if row == "twice" else made[row])


@pytest.fixture
def user(optioned, connect, box):
    def make(row, login=box.login, **options):
        gateway, key = optioned(row)
        return connect(gateway, login, key, **options)
    return make


def denied(done):
    return done.status == 255 and "Permission denied" in done.errors


def test_forced_command_in_the_place_of_a_shell(user):
    assert user(ECHO).ssh().ok().text == "forced:\n"


def test_forced_command_in_the_place_of_a_command(user):
    assert user(ECHO).sh("rm -rf 'a  b'") == "forced: rm -rf 'a b'\n"


def test_forced_command_in_the_place_of_sftp(user):
    mine = user(ECHO)
    assert mine.ssh("sftp", flags=["-s"]).text == "forced: /usr/lib/openssh/sftp-server\n"
    assert mine.sftp("pwd").status != 0


def test_forced_command_can_run_what_was_asked_for(user, tmp_path):
    mine = user('command="exec ${SSH_ORIGINAL_COMMAND:-echo none}"')
    assert mine.sh("echo ran") == "ran\n"
    assert mine.ssh().text == "none\n"
    file = tmp_path / "file"
    file.write_text("through sftp\n", encoding="ascii")
    mine.sftp(f"put {file} /tmp/forced-sftp").ok()
    assert mine.sh("cat /tmp/forced-sftp") == "through sftp\n"


def test_quotes_in_a_forced_command(user):
    assert user('command="printf \\"<%s>\\" \\"$0\\""').ssh("x").text == "<bash>"


def test_forced_command_with_a_terminal(user):
    text = user('command="env; tty"').ssh(flags=["-tt"]).text
    assert "/dev/pts/" in text and "SSH_TTY=" in text
    assert "SSH_ORIGINAL_COMMAND" not in text


def test_forced_command_without_a_terminal_when_restricted(user):
    mine = user("restrict," + ECHO)
    assert "PTY allocation request failed" in mine.ssh("tty", flags=["-tt"]).errors
    assert mine.sh("x") == "forced: x\n"


def test_environment_of_the_key_wins(user):
    mine = user('environment="LC_NAME=of the key"', SetEnv="LC_NAME=client LC_TIME=client")
    assert mine.sh("echo $LC_NAME, $LC_TIME") == "of the key, client\n"


def test_boxes(user, node):
    mine = 'boxes="demo--box*,!demo--box2"'
    assert user(mine).sh("echo in") == "in\n"
    assert denied(user(mine, "demo--box2").ssh("true"))
    assert denied(user(mine, "other--box1").ssh("true"))
    assert denied(user('boxes="other--*"').ssh("true"))
    with node.box("other", "web"):
        assert user('boxes="other--*"', "other--web").sh("echo in") == "in\n"


@pytest.mark.parametrize("row, enters", [
    ('from="127.0.0.0/8"', True), ('from="*,!127.0.0.1"', False),
    ('from="192.0.2.0/24,2001:db8::/32"', False)])
def test_from(user, row, enters):
    done = user(row).ssh("true")
    assert done.status == 0 if enters else denied(done)


@pytest.mark.parametrize("row, enters", [
    ('expiry-time="20200101"', False), ('expiry-time="29991231235959Z"', True)])
def test_expiry(user, row, enters):
    done = user(row).ssh("true")
    assert done.status == 0 if enters else denied(done)


def test_forwarding_options_take_nothing_away(user):
    row = ("no-agent-forwarding,no-port-forwarding,no-user-rc,no-X11-forwarding,"
           'permitopen="localhost:80",permitlisten="8080",tunnel="0"')
    assert "/dev/pts/" in user(row).ssh("tty", flags=["-tt"]).text


def test_first_line_that_lets_the_client_in_counts(user):
    assert user("twice").sh("x") == "second\n"
    assert denied(user("twice", "x--y").ssh("true")) is False
