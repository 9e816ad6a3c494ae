"""A key exchange as a connection process tells the monitor of it (RFC 4253 §8)."""

import hashlib
import os
import struct

SERVER_VERSION = b"SSH-2.0-OpenSSH_compatible zomg-ssh-gateway"

# Stands in a packet for the cookie that the monitor gives.
COOKIE = b"the first cookie"


def string(data):
    """SSH's string (RFC 4251 §5)."""
    return struct.pack(">I", len(data)) + data


class KeyExchange:
    """One by curve25519-sha256, of random parts where none are given. The first of a connection has
    the cookie that the monitor gave it."""

    def __init__(self, cookie=None, client_version=b"SSH-2.0-played", client_kexinit=None, secret=None):
        self.client_version = client_version
        self.client_kexinit = b"\x14" + os.urandom(400) if client_kexinit is None else client_kexinit
        self.server_kexinit = b"\x14" + (cookie or os.urandom(16)) + os.urandom(384)
        self.client_share = os.urandom(32)
        self.server_share = os.urandom(32)
        self.secret = os.urandom(32) if secret is None else secret

    def parts(self):
        """The fields of SignExchange, in their order."""
        return [self.client_version, self.client_kexinit, self.server_kexinit, self.client_share,
                self.server_share, self.secret]

    def hash(self, host_key):
        """What a gateway with this host key, a blob, signs."""
        return hashlib.sha256(b"".join(map(string, (
            self.client_version, SERVER_VERSION, self.client_kexinit, self.server_kexinit, host_key,
            self.client_share, self.server_share, self.secret)))).digest()
