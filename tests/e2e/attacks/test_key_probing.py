"""Before somebody is authenticated, a connection cannot find out which keys or boxes exist."""

import base64
import contextlib
import os
import struct
import time

import paramiko
import pytest

from harness import keys, sanitizers, waiting
from harness.gateway import Gateway

TRIES = 6  # MaxAuthTries: a connection is good for so many
ROUNDS = 8
DENIAL_SECONDS = 0.005  # monitor/connections/connection.cc
MODULUS_BYTES = 1024
SERVICE_ACCEPT, USERAUTH_FAILURE = 6, 51


def packed(*strings):
    return b"".join(struct.pack(">I", len(string)) + string for string in strings)


class NobodysKey(paramiko.PKey):
    """A public RSA key of the largest size and exponent, of which nobody has the private half."""

    def __init__(self):
        super().__init__()
        self.public_blob = None
        number = os.urandom(MODULUS_BYTES - 2) + b"\x01"
        self._blob = packed(b"ssh-rsa", b"\0\xff\xff\xff\xff", b"\0\xff" + number)

    def get_name(self):
        return "ssh-rsa"

    def asbytes(self):
        return self._blob

    def line(self):
        return f"ssh-rsa {base64.b64encode(self._blob).decode()}"

    def sign_ssh_data(self, data, algorithm=None):
        message = paramiko.Message()
        message.add_string("rsa-sha2-512")
        message.add_string(b"\x7f" + os.urandom(MODULUS_BYTES - 1))
        return message


@pytest.fixture(scope="module")
def probed(tmp_path_factory, node, user_key, box):
    """A gateway, and what is to be told apart by name and key: none of it can log in."""
    folder = tmp_path_factory.mktemp("probed")
    folder.chmod(0o711)
    known, unknown, elsewhere = NobodysKey(), NobodysKey(), NobodysKey()
    lines = [keys.public_half(user_key), known.line(), f'boxes="other--*" {elsewhere.line()}']
    cases = {"known key": (box.login, known), "unknown key": (box.login, unknown),
             "key for other boxes": (box.login, elsewhere), "no such box": ("no--such", known)}
    with Gateway(folder / "gateway", node, "\n".join(lines)) as gateway:
        assert "skipped" not in gateway.log()
        yield gateway, cases


def attempts(gateway, login, key, number):
    """The answers to so many tries on one connection, and the seconds each took."""
    answers = []
    with paramiko.Transport(("127.0.0.1", gateway.port), disabled_algorithms={
            "pubkeys": ["rsa-sha2-256"]}) as transport:
        transport.start_client(timeout=20)
        for _ in range(number):
            begin = time.monotonic()
            try:
                transport.auth_publickey(login, key)
                answer = "in"
            except paramiko.BadAuthenticationType as refusal:
                answer = str(refusal)
            except paramiko.AuthenticationException as refusal:
                answer = str(refusal)
            answers.append((answer, time.monotonic() - begin))
    return answers


@sanitizers.other_build  # where to look for a key takes longer than any refusal waits
def test_answers_and_their_times_are_the_same(probed):
    gateway, cases = probed
    answers = {name: set() for name in cases}
    times = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, (login, key) in cases.items():
            for answer, seconds in attempts(gateway, login, key, TRIES - 1):
                answers[name].add(answer)
                times[name].append(seconds)
    assert len(set(map(frozenset, answers.values()))) == 1, answers
    assert "in" not in answers["known key"]
    # The least: a busy machine adds to the others as it likes.
    least = {name: min(seconds) for name, seconds in times.items()}
    assert min(least.values()) > DENIAL_SECONDS
    assert max(least.values()) - min(least.values()) < 0.3 * max(least.values()), least


def test_every_key_may_sign(probed, connect, box, tmp_path):
    """Whether the gateway would take a key it does not say, so the client signs, and is refused."""
    gateway, _ = probed
    stranger = keys.make_user_key(tmp_path)
    done = connect(gateway, box.login, stranger, LogLevel="DEBUG").ssh("true")
    assert "Server accepts key" in done.errors and "Permission denied" in done.errors


def test_tries_that_wait_for_no_answer_are_six(probed, box, caplog):
    """They are there when the sixth is refused. The client used to be cut off without a word, and
    held for one that took its connection process over."""
    caplog.set_level("INFO", "paramiko")  # which logs why it was disconnected
    gateway, _ = probed
    mark = gateway.log_size()
    key = paramiko.ECDSAKey.generate()
    with paramiko.Transport(("127.0.0.1", gateway.port)) as transport:
        transport.start_client(timeout=20)
        # It would answer what it did not ask for, and fail once the gateway has closed.
        transport._handler_table = {  # pylint: disable=protected-access
            **transport._handler_table,  # pylint: disable=protected-access
            **dict.fromkeys((SERVICE_ACCEPT, USERAUTH_FAILURE), lambda *_: None)}
        service = paramiko.Message(b"\x05" + packed(b"ssh-userauth"))
        request = paramiko.Message(
            b"\x32" + packed(box.login.encode(), b"ssh-connection", b"publickey") + b"\x01" +
            packed(b"ecdsa-sha2-nistp256", key.asbytes(), key.sign_ssh_data(b"another").asbytes()))
        with contextlib.suppress(EOFError, OSError):  # it may be over already
            for message in [service] + [request] * (TRIES + 3):
                transport._send_message(message)  # pylint: disable=protected-access
        waiting.until(lambda: not transport.is_active(), 20, "it is disconnected")
    assert "Too many authentication failures" in caplog.text
    assert "broke the contract" not in gateway.log()[mark:]


def test_clients_with_many_keys_have_six_tries(probed, connect, box, user_key, tmp_path):
    """As with sshd, a right key is found among the first six, and not after them."""
    gateway, _ = probed

    def offer(wrong):
        made = [keys.make_user_key(tmp_path, name=f"k{wrong}-{n}") for n in range(wrong)]
        flags = [flag for key in made for flag in ("-i", key)]
        return connect(gateway, box.login, user_key).ssh("echo in", flags=flags)
    assert offer(5).ok().text == "in\n"
    late = offer(6)
    assert late.status == 255 and "Too many authentication failures" in late.errors
