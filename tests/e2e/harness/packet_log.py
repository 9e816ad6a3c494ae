"""A client that writes down the packets of a connection, in the order in which they came and went."""

import contextlib
import dataclasses
import socket
import threading

import paramiko
from paramiko import Message

from harness import waiting

DISCONNECT, KEXINIT, NEWKEYS = 1, 20, 21
GLOBAL_REQUEST, OPEN_CONFIRMATION, WINDOW_ADJUST, DATA, EOF, CLOSE = 80, 91, 93, 94, 96, 97
CHANNEL_REQUEST, CHANNEL_SUCCESS, CHANNEL_FAILURE = 98, 99, 100
NAMES = {OPEN_CONFIRMATION: "OPEN_CONFIRMATION", 92: "OPEN_FAILURE", WINDOW_ADJUST: "WINDOW_ADJUST",
         DATA: "DATA", 95: "EXTENDED_DATA", EOF: "EOF", CLOSE: "CLOSE",
         CHANNEL_SUCCESS: "SUCCESS", CHANNEL_FAILURE: "FAILURE", KEXINIT: "KEXINIT",
         NEWKEYS: "NEWKEYS", DISCONNECT: "DISCONNECT", 31: "KEXDH_REPLY", 2: "IGNORE",
         3: "UNIMPLEMENTED", 4: "DEBUG"}


@dataclasses.dataclass
class Packet:
    """`name` is the message's, of a request also what it asks; `window` what it allows the other."""
    ours: bool
    type: int
    name: str
    window: int = 0


def _describe(ours, kind, rest):
    message = Message(rest)
    if kind == GLOBAL_REQUEST:
        return Packet(ours, kind, message.get_text())
    message.get_int()
    if kind == CHANNEL_REQUEST:
        return Packet(ours, kind, message.get_text())
    if kind == OPEN_CONFIRMATION:
        message.get_int()
    window = message.get_int() if kind in (OPEN_CONFIRMATION, WINDOW_ADJUST) else 0
    return Packet(ours, kind, NAMES.get(kind, str(kind)), window)


class LoggedConnection:
    """`loses(packet, log)` says of a packet of the server that the client shall not hear of it."""

    def __init__(self, port, user, key, loses=lambda packet, log: False):
        self.log = []
        self._lock = threading.Lock()
        self._loses = loses
        self.transport = paramiko.Transport(socket.create_connection(("127.0.0.1", port), 20))
        self._write_down(self.transport.packetizer)
        self.transport.start_client(timeout=30)
        self.transport.auth_publickey(user, paramiko.Ed25519Key.from_private_key_file(str(key)))
        self.logged_in = len(self.log)

    def _write_down(self, packetizer):
        read, send = packetizer.read_message, packetizer.send_message

        def read_message():
            while True:
                kind, message = read()
                packet = _describe(False, kind, message.asbytes())
                with self._lock:
                    lost = self._loses(packet, self.log)
                    self.log.append(packet)
                if not lost:
                    return kind, message

        def send_message(data):
            with self._lock:
                self.log.append(_describe(True, data.asbytes()[0], data.asbytes()[1:]))
            send(data)

        packetizer.read_message, packetizer.send_message = read_message, send_message

    def packets(self, ours=None):
        """Those since the login; of the client (True), of the server (False), of both."""
        with self._lock:
            return [packet for packet in self.log[self.logged_in:] if ours in (None, packet.ours)]

    def wait_for(self, name, count=1, seconds=30):
        """Waits until the server has sent so many of these."""
        waiting.until(lambda: sum(packet.name == name for packet in self.packets(ours=False)) >= count,
                      seconds, lambda: f"{count} {name}: {[p.name for p in self.packets()]}")

    def close(self):
        self.transport.close()


@contextlib.contextmanager
def connection(port, user, key, **options):
    made = LoggedConnection(port, user, key, **options)
    try:
        yield made
    finally:
        made.close()
