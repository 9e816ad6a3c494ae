"""A client that sends one SSH packet again and again, as fast as it can, and reads nothing."""

import contextlib
import hmac
import socket
import struct
import threading

import paramiko

CIPHER, MAC = "aes128-ctr", "hmac-sha2-256-etm@openssh.com"
# Of no message that there is; the answer is SSH_MSG_UNIMPLEMENTED.
UNKNOWN = bytes([192])


class DeafClient:
    """A paramiko transport that has exchanged keys; a context manager."""

    def __init__(self, port):
        link = socket.socket()
        # So that little is on its way before the server notices.
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            link.setsockopt(socket.SOL_SOCKET, option, 16384)
        link.connect(("127.0.0.1", port))
        self.transport = paramiko.Transport(link)
        options = self.transport.get_security_options()
        options.ciphers, options.digests = [CIPHER], [MAC]
        self.transport.start_client(timeout=20)
        self._let_read, self._deaf = threading.Event(), threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._let_read.set()
        self.transport.sock.close()
        self.transport.close()

    def stop_reading(self):
        def wait_for_the_end():
            self._deaf.set()
            self._let_read.wait()
            raise EOFError
        self.transport.packetizer.read_message = wait_for_the_end
        # The answer is the last that is read.
        question = paramiko.Message()
        question.add_bytes(UNKNOWN)
        self.transport.packetizer.send_message(question)
        assert self._deaf.wait(10)

    def begin_key_exchange(self):
        """And leave it unfinished."""
        self.transport._send_kex_init()

    def flood(self, payload, count, patience=3, at_once=2000):
        """How many packets were taken before nothing was for `patience` seconds, or it was over."""
        packetizer = self.transport.packetizer
        engine = packetizer._Packetizer__block_engine_out
        key = packetizer._Packetizer__mac_key_out
        sequence = packetizer._Packetizer__sequence_number_out
        padding = 16 - (1 + len(payload)) % 16
        padding += 16 if padding < 4 else 0
        plain = bytes([padding]) + payload + bytes(padding)
        length = struct.pack(">I", len(plain))
        self.transport.sock.settimeout(patience)
        sent = 0
        with contextlib.suppress(OSError):
            while sent < count:
                secret = engine.update(plain * at_once)
                batch = bytearray()
                for at in range(0, len(secret), len(plain)):
                    sealed = length + secret[at:at + len(plain)]
                    batch += sealed + hmac.digest(key, struct.pack(">I", sequence) + sealed, "sha256")
                    sequence = sequence + 1 & 0xffffffff
                self.transport.sock.sendall(batch)
                sent += at_once
        return sent
