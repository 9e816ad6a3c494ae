"""Somebody types while the same connection transfers: the echo does not wait behind a windowful."""

import contextlib
import threading
import time

import pytest

from harness import second_client, waiting

WINDOW = 1024 * 1024
# What a transfer may have on its way then (listener/connection/protocol/transfer_pacing.cc), and the packet
# that fills it up.
HELD_BACK = (256 + 32) * 1024


@pytest.fixture
def shared(client):
    with second_client.paramiko_connection(client) as made:
        yield made


@contextlib.contextmanager
def typing(shared):
    """A terminal in which a key is pressed ten times a second."""
    terminal = shared.invoke_shell()
    over = threading.Event()

    def press():
        while not over.wait(0.1):
            terminal.send(b"x")

    typist = threading.Thread(target=press)
    typist.start()
    try:
        yield
    finally:
        over.set()
        typist.join(10)
        terminal.close()


@pytest.fixture
def transfer(shared):
    """One that has gone on for a while, of a client that gives its window back piece by piece and
    now reads no more."""
    channel = shared.get_transport().open_session(window_size=WINDOW)
    channel.settimeout(15)
    channel.exec_command("cat /dev/zero")
    with channel:
        read(channel, 8 * WINDOW)
        yield channel


def read(channel, count):
    while count > 0:
        got = len(channel.recv(min(count, 32768)))
        assert got > 0, "the transfer ended"
        count -= got


def waits(channel):
    """The bytes that came and were not read."""
    return len(channel.in_buffer)


def press(terminal):
    """One key, until it is seen: from then on, for a second, somebody types. When it was pressed."""
    pressed = time.monotonic()
    terminal.send(b"Q")
    while b"Q" not in terminal.recv(1024):
        pass
    return pressed


def test_little_of_the_transfer_is_on_its_way(shared, transfer):
    terminal = shared.invoke_shell()
    terminal.settimeout(15)
    terminal.send(b"stty echo; PS1=; cat\n")
    press(terminal)

    def drained():
        press(terminal)
        read(transfer, 4 * 32768)
        return waits(transfer) < HELD_BACK
    waiting.until(drained, 30, "what was on its way before has come")
    most = samples = 0
    while samples < 64:
        read(transfer, 32768)
        pressed = press(terminal)
        waiting_now = waits(transfer)
        # On a busy machine it may be so long ago that nobody types any more.
        if time.monotonic() - pressed < 0.5:
            most = max(most, waiting_now)
            samples += 1
    assert most <= HELD_BACK


def test_the_window_is_used_again_once_nobody_types(shared, transfer):
    with typing(shared):
        read(transfer, WINDOW)
    waiting.until(lambda: waits(transfer) > 3 * WINDOW // 4, 15, "the window is full")


def test_the_transfer_is_whole(shared):
    with typing(shared):
        _, out, _ = shared.exec_command("seq 2000000")
        assert out.read() == b"".join(b"%d\n" % number for number in range(1, 2_000_001))
