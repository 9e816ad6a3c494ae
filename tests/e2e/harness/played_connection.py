"""A connection process that the test plays: what one that was taken over could ask of the monitor."""

import base64
import pathlib
import re
import shutil
import socket
import struct
import subprocess

import paramiko

from harness import keys, paths, sanitizers
from harness.gateway import CONNECTION
from harness.key_exchange import KeyExchange, string


def programs(directory, played=CONNECTION, source="played_connection.c"):
    """Copies the programs to `directory` with one of them, `played`, made from the C file `source`
    beside this one; returns the gateway to start."""
    directory.mkdir()
    for program in paths.BINARIES.glob("zomg-ssh-*"):
        shutil.copy2(program, directory / program.name)
    (directory / played).unlink()
    subprocess.run(["gcc", "-O1", "-static", "-Wall", "-Wextra", "-Werror", "-o",
                    directory / played, pathlib.Path(__file__).with_name(source)], check=True)
    return directory / paths.GATEWAY.name


def message_types(channel):
    """The enumerators of the message types of common/messages/`channel`.h, by name."""
    header = paths.ROOT / f"common/messages/{channel}.h"
    body = re.search(r"enum class \w+Message[^{]*\{([^}]*)\}", header.read_text(encoding="utf-8"))[1]
    return {name: number for number, name in enumerate(re.findall(r"\bk(\w+)", body))}


TYPES = message_types("connection")


def field(data):
    """A Bytes field of a message."""
    return struct.pack("<I", len(data)) + data


def message(name, *fields):
    return struct.pack("<I", TYPES[name]) + b"".join(fields)


def sign_exchange(exchange):
    return message("SignExchange", *map(field, exchange.parts()))


def host_key_of(welcome):
    """The blob of the host key that the monitor's first packet names."""
    assert welcome.startswith(message("Welcome", struct.pack("<I", 32))), welcome
    return string(b"ssh-ed25519") + string(welcome[8:40])


def cookie_of(welcome):
    """What the monitor's first packet gives for the server's first KEXINIT."""
    assert welcome[40:44] == struct.pack("<I", 16), welcome
    return welcome[44:60]


def proof(session_id, login, key, signing=None):
    """The public half of the key file `key`, and a signature by `signing` for a login with it (RFC
    4252 §7)."""
    public = base64.b64decode(keys.public_half(key).split()[1])
    data = (string(session_id) + b"\x32" + string(login.encode()) + string(b"ssh-connection")
            + string(b"publickey") + b"\x01" + string(b"ssh-ed25519") + string(public))
    private = paramiko.Ed25519Key.from_private_key_file(str(signing or key))
    return public, private.sign_ssh_data(data).asbytes()


# SignatureFinding of common/messages/connection.h: the signatures hold.
HOLD = struct.pack("<I", 0)


def verify_user(login, public, signature):
    """Says of any signature that it holds."""
    return message("VerifyUser", field(login.encode()), field(b"ssh-ed25519"), field(public),
                   field(signature), b"\x00", HOLD)


def open_session(kind=0, command=b""):
    """OpenSession without a terminal and without variables."""
    return message("OpenSession", struct.pack("<I", kind), field(command), b"\x00",
                   struct.pack("<I", 0))


class Ended(Exception):
    """The monitor closed the channel."""


class PlayedConnection:
    """One connection to a gateway whose connection process is the played one."""

    def __init__(self, gateway):
        self._socket = socket.create_connection(("127.0.0.1", gateway.port), 20 * sanitizers.PATIENCE)
        self.session_id = None
        welcome = self.ask(b"")
        self.host_key = host_key_of(welcome)
        self.cookie = cookie_of(welcome)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def ask(self, packet, descriptors=0):
        """Sends a packet, and returns the monitor's next one."""
        self._socket.sendall(struct.pack("<II", len(packet), descriptors) + packet)
        size, self.descriptors = struct.unpack("<II", self._read(8))
        if size == 0:
            raise Ended()
        return self._read(size)

    def _read(self, size):
        data = b""
        while len(data) < size:
            got = self._socket.recv(size - len(data))
            if not got:
                raise Ended()
            data += got
        return data

    # --- the requests -------------------------------------------------------------------------
    def sign(self, exchange=None):
        """The host key's signature over a key exchange; the hash of the first is the session
        identifier from then on."""
        exchange = exchange or KeyExchange(self.cookie)
        answer = self.ask(sign_exchange(exchange))
        assert answer[:8] == message("ExchangeHashSignature", struct.pack("<I", 64))
        self.session_id = self.session_id or exchange.hash(self.host_key)
        return answer[8:]

    def verify(self, login, key, signing=None, session_id=None, signed_login=None):
        """VerifyUser with a signature by `signing`; whether the monitor says yes."""
        public, signature = proof(session_id or self.session_id, signed_login or login, key,
                                  signing)
        return self.claim(login, public, signature)

    def claim(self, login, public, signature):
        """VerifyUser with any bytes."""
        answer = self.ask(verify_user(login, public, signature))
        assert answer[:4] == struct.pack("<I", TYPES["UserVerified"])
        return answer[4] == 1

    def open_session(self):
        """OpenSession for a shell; the number of descriptors that came with the answer."""
        answer = self.ask(open_session())
        assert answer[:4] == struct.pack("<I", TYPES["SessionOpened"])
        return self.descriptors
