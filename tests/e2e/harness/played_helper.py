"""A helper of the monitor that the test plays: what a taken-over listener or resolver could say, and,
through the listener's channel, what any number of taken-over connection processes could."""

import array
import os
import socket
import struct

from harness import sanitizers
from harness.played_connection import field, message_types

MOST_BYTES = 256 * 1024
LISTENER_TYPES = message_types("listener")


def receive(channel, most_descriptors=8):
    """The next packet, empty where the channel was closed, and its descriptors."""
    try:
        packet, ancillary, _, _ = channel.recvmsg(
            MOST_BYTES, socket.CMSG_SPACE(4 * most_descriptors), socket.MSG_CMSG_CLOEXEC)
    except ConnectionResetError:  # closed with packets of ours unread
        return b"", []
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[:len(data) - len(data) % 4])
    return packet, list(descriptors)


def send(channel, packet, descriptors=()):
    """Sends a packet; False when the other end is closed."""
    with_it = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
    try:
        channel.sendmsg([packet], with_it if descriptors else [])
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def endpoint(address="127.0.0.1", port=1):
    return field(address.encode()) + struct.pack("<H", port)


ADMIT = struct.pack("<I", LISTENER_TYPES["AdmitConnection"]) + endpoint() + endpoint()


class PlayedHelper:
    """Takes the channel of a program that programs(…, source="played_helper.c") put in place. Made
    before the gateway starts; take() waits for the channel."""

    def __init__(self, directory, program):
        path = f"{directory}/{program}.sock"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(path)
        os.chmod(path, 0o777)
        self._listening.listen()
        self._listening.settimeout(30 * sanitizers.PATIENCE)
        self.channel = None

    def take(self):
        """The channel of the helper that was started, or started again."""
        self.close_channel()
        link, _ = self._listening.accept()
        with link:
            [channel] = receive(link)[1]
        self.channel = socket.socket(fileno=channel)
        self.channel.settimeout(30 * sanitizers.PATIENCE)
        return self.channel

    def close_channel(self):
        if self.channel:
            self.channel.close()
            self.channel = None

    def close(self):
        self.close_channel()
        self._listening.close()


def begin_listener(channel):
    """Takes what the monitor tells a listener that starts: settings, and one listening socket."""
    for expected in ("ListenerSettings", "ListenOn"):
        packet, descriptors = receive(channel)
        assert packet[:4] == struct.pack("<I", LISTENER_TYPES[expected])
        for descriptor in descriptors:
            os.close(descriptor)


def admit(listener, count=1, client="127.0.0.1"):
    """Has the monitor make the channels of new connections from `client`, `count` of them."""
    for _ in range(count):
        assert send(listener, ADMIT[:4] + endpoint(client) + endpoint())
    channels = []
    for _ in range(count):
        packet, descriptors = receive(listener)
        assert packet[4:5] == b"\x01", f"not admitted: {packet!r}"
        channels.append(socket.socket(fileno=descriptors[0]))
        channels[-1].settimeout(30 * sanitizers.PATIENCE)
    return channels
