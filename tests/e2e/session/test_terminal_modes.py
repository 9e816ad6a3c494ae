"""The modes of the client's terminal arrive (RFC 4254 §8)."""

import termios

import pytest

from harness import terminal

IFLAG, OFLAG, LFLAG, CC = 0, 1, 3, 6


def modes_in_box(client, change):
    with terminal.shell(client, command=("stty -a; echo end",), modes=change) as screen:
        return screen.expect(r"(?s)(speed.*)end")[1].decode().replace("\r", "")


def test_defaults_of_a_terminal(client):
    shown = modes_in_box(client, lambda modes: None)
    for word in ("intr = ^C", "erase = ^?", "eof = ^D", "susp = ^Z", " icrnl", " onlcr", " echo ",
                 " icanon", " isig", "cs8"):
        assert word in shown.replace("\n", " "), word


def test_a_control_character(client):
    def change(modes):
        modes[CC][termios.VERASE] = b"\x08"
        modes[CC][termios.VINTR] = b"\x18"
    shown = modes_in_box(client, change)
    assert "erase = ^H" in shown and "intr = ^X" in shown


def test_a_disabled_control_character(client):
    def change(modes):
        modes[CC][termios.VSUSP] = b"\x00"
    assert "susp = <undef>" in modes_in_box(client, change)


@pytest.mark.parametrize("field, flag, word", [
    (LFLAG, termios.ECHO, "-echo"),
    (LFLAG, termios.ECHOK, "-echok"),
    (OFLAG, termios.ONLCR, "-onlcr"),
    (IFLAG, termios.IXON, "-ixon"),
])
def test_a_flag_that_is_off(client, field, flag, word):
    def change(modes):
        modes[field] &= ~flag
    assert word in modes_in_box(client, change).replace(";", " ").split()


@pytest.mark.parametrize("flag, word", [(termios.IUTF8 if hasattr(termios, "IUTF8") else 0o40000, "iutf8"),
                                        (termios.IXANY, "ixany")])
def test_a_flag_that_is_on(client, flag, word):
    def change(modes):
        modes[IFLAG] |= flag
    assert word in modes_in_box(client, change).split()


def test_speed(client):
    def change(modes):
        modes[4] = modes[5] = termios.B9600
    assert "speed 9600 baud" in modes_in_box(client, change)
