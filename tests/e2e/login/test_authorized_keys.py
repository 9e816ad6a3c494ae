"""Reading authorized keys: what cannot be read is named and skipped, never fatal for the rest."""

import pytest

from harness import keys, terminal
from harness.gateway import Gateway


@pytest.fixture
def start(node, tmp_path):
    """A function that starts a gateway with this authorized_keys file."""
    running = []

    def make(text, **settings):
        path = tmp_path / f"authorized_keys{len(running)}"
        path.write_text(text, encoding="utf-8")
        gateway = Gateway(tmp_path / f"gateway{len(running)}", node, None,
                          ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(path), **settings)
        running.append(gateway)
        return gateway.__enter__()
    yield make
    for gateway in running:
        gateway.stop()


def test_file_with_unreadable_lines(start, user_key, connect, box, tmp_path):
    good = keys.public_half(user_key)
    broken = [
        "this is nothing",
        "ssh-ed25519 not+base64!! x",
        "ssh-ed25519 " + good.split()[1][:-8],
        "ssh-dss AAAAB3NzaC1kc3MAAACBAP== x",
        "ssh-rsa " + good.split()[1],
        "ssh-ed25519",
        "x" * 100_000,
    ]
    gateway = start("\n".join(["# a comment", *broken, "", "   " + good, "\ttrailing"]) + "\n")
    log = gateway.log()
    for number in range(2, 2 + len(broken)):
        assert f"line {number}: skipped" in log
    assert "line 1:" not in log and "line 9:" not in log and "line 10:" not in log
    assert connect(gateway, box.login).sh("echo in") == "in\n"


def test_windows_line_ends(start, user_key, connect, box):
    gateway = start(f"# x\r\n{keys.public_half(user_key)}\r\n")
    assert connect(gateway, box.login).sh("echo in") == "in\n"


def test_no_line_end_at_the_end(start, user_key, connect, box):
    assert connect(start(keys.public_half(user_key)), box.login).sh("echo in") == "in\n"


def test_both_sources(start, user_key, connect, box, tmp_path):
    second = keys.make_user_key(tmp_path, name="second")
    gateway = start(keys.public_half(user_key), ZOMG_SSH_AUTHORIZED_KEYS=keys.public_half(second))
    assert connect(gateway, box.login).sh("echo in") == "in\n"
    assert connect(gateway, box.login, second).sh("echo in") == "in\n"


@pytest.mark.parametrize("option", [
    "no-such-option", 'environment="A=b"', 'principals="root"', "no-pty,,no-pty"])
def test_option_that_is_not_understood_disables_the_key(start, user_key, connect, box, option,
                                                        tmp_path):
    other = keys.make_user_key(tmp_path, name="other")
    gateway = start(f"{option} {keys.public_half(user_key)}\n{keys.public_half(other)}\n")
    assert "line 1: skipped" in gateway.log()
    assert connect(gateway, box.login).ssh("true").status == 255
    assert connect(gateway, box.login, other).ssh("true").status == 0


@pytest.mark.parametrize("option", ["no-port-forwarding,no-X11-forwarding,no-agent-forwarding",
                                    "restrict,pty", "no-user-rc"])
def test_options_that_hold_anyway(start, user_key, connect, box, option):
    gateway = start(f"{option} {keys.public_half(user_key)}\n")
    mine = connect(gateway, box.login)
    assert mine.sh("echo in") == "in\n"
    assert "/dev/pts/" in mine.ssh("tty", flags=["-tt"]).text


@pytest.mark.parametrize("option", ["restrict", "no-pty"])
def test_key_without_terminal(start, user_key, connect, box, option):
    gateway = start(f"{option} {keys.public_half(user_key)}\n")
    mine = connect(gateway, box.login)
    assert mine.sh("tty || true") == "not a tty\n"
    # As with sshd: a client that insists gives up, one that does not goes on without.
    refused = mine.ssh("true", flags=["-tt"])
    assert refused.status == 255 and "PTY allocation request failed" in refused.errors
    with terminal.Terminal(mine.command("ssh", "box"), mine.environment) as screen:
        screen.expect("PTY allocation request failed")
        screen.send("tty; echo ran\n\x04")
        screen.expect("not a tty")
        screen.expect("ran")


def test_same_key_twice(start, user_key, connect, box):
    key = keys.public_half(user_key)
    assert connect(start(f"{key}\n{key}\n"), box.login).sh("echo in") == "in\n"


def test_first_line_of_a_key_counts(start, user_key, connect, box):
    """As with sshd: a later line must not take back what an earlier one limits."""
    key = keys.public_half(user_key)
    gateway = start(f"no-pty {key}\n{key}\n")
    refused = connect(gateway, box.login).ssh("tty", flags=["-tt"])
    assert "PTY allocation request failed" in refused.errors
