"""What of a client's sftp requests is held back while the server has others to answer."""

import struct

import pytest

from harness import second_client

OPEN, WRITE, STATUS, HANDLE = 3, 6, 101, 102
# The largest window that we give, and more: 8 MiB lie behind what the first answers were for.
WRITES = 2600
BYTES = 8192


def packet(kind, *parts):
    body = bytes([kind]) + b"".join(parts)
    return struct.pack(">I", len(body)) + body


def text(value):
    return struct.pack(">I", len(value)) + value


def number(value):
    return struct.pack(">I", value)


class Answers:
    """Packets as they come."""

    def __init__(self, channel):
        self._file = channel.makefile("rb")

    def next(self):
        body = self._file.read(struct.unpack(">I", self._file.read(4))[0])
        return body[0], body[1:]


@pytest.mark.timeout(180)
def test_a_client_that_takes_no_answer_before_it_has_said_all(client):
    """Its own window is used up by the first thousand answers, and we get to see no more of them."""
    with second_client.paramiko_connection(client) as connection:
        channel = connection.get_transport().open_session(window_size=32768)
        channel.settimeout(60)
        channel.invoke_subsystem("sftp")
        answers = Answers(channel)
        channel.sendall(packet(1, number(3)))
        answers.next()
        channel.sendall(packet(OPEN, number(1), text(b"/dev/null"), number(2), number(0)))
        kind, body = answers.next()
        assert kind == HANDLE
        handle = body[8:]
        for request in range(WRITES):
            channel.sendall(packet(WRITE, number(request), text(handle), bytes(8),
                                   text(bytes(BYTES))))
        seen = [answers.next() for _ in range(WRITES)]
        assert {kind for kind, _ in seen} == {STATUS}
        assert [struct.unpack(">II", body[:8]) for _, body in seen] == \
            [(request, 0) for request in range(WRITES)]
