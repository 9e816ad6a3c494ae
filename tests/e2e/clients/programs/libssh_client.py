#!/usr/bin/python3
"""Debian's libssh.so.4 as a command-line client: harness/client_program.py says what the arguments are."""

import ctypes
import os
import sys

# ssh_options_e of libssh.h.
HOST, PORT, USER, PROCESS_CONFIG, REKEY_DATA = 0, 1, 4, 38, 39
SSH_OK, SSH_AGAIN = 0, -2
PIECE = 30_000

LIB = ctypes.CDLL("libssh.so.4")
for function in ("ssh_new", "ssh_channel_new", "sftp_new", "sftp_open", "sftp_opendir", "sftp_readdir",
                 "ssh_get_error", "sftp_stat"):
    getattr(LIB, function).restype = ctypes.c_void_p


class Attributes(ctypes.Structure):
    """The begin of struct sftp_attributes_struct."""
    _fields_ = [("name", ctypes.c_char_p), ("longname", ctypes.c_char_p), ("flags", ctypes.c_uint32),
                ("type", ctypes.c_uint8), ("size", ctypes.c_uint64)]


def pointer(value):
    return ctypes.c_void_p(value)


class Session:
    def __init__(self, port, user, key, host_key):
        self.raw = pointer(LIB.ssh_new())
        self._set(HOST, b"127.0.0.1")
        self._set(PORT, ctypes.byref(ctypes.c_uint(int(port))))
        self._set(USER, user.encode())
        self._set(PROCESS_CONFIG, ctypes.byref(ctypes.c_bool(False)))
        if "REKEY" in os.environ:
            self._set(REKEY_DATA, ctypes.byref(ctypes.c_uint64(1 << 20)))
        self.check(LIB.ssh_connect(self.raw))
        self._check_host_key(host_key)
        private = ctypes.c_void_p()
        self.check(LIB.ssh_pki_import_privkey_file(key.encode(), None, None, None,
                                                   ctypes.byref(private)))
        self.check(LIB.ssh_userauth_publickey(self.raw, None, private))

    def _set(self, option, value):
        self.check(LIB.ssh_options_set(self.raw, option, value))

    def _check_host_key(self, expected):
        key, text = ctypes.c_void_p(), ctypes.c_char_p()
        self.check(LIB.ssh_get_server_publickey(self.raw, ctypes.byref(key)))
        self.check(LIB.ssh_pki_export_pubkey_base64(key, ctypes.byref(text)))
        if text.value.decode() != expected:
            sys.exit("another host key")

    def check(self, result):
        if result < 0 or (result != SSH_OK and result != SSH_AGAIN):
            raise OSError(f"{result}: {ctypes.string_at(LIB.ssh_get_error(self.raw)).decode()}")
        return result


def play(session, ask):
    """Standard input goes there whole, then what comes back is read."""
    channel = pointer(LIB.ssh_channel_new(session.raw))
    session.check(LIB.ssh_channel_open_session(channel))
    ask(channel)
    while piece := os.read(0, PIECE):
        if LIB.ssh_channel_write(channel, piece, len(piece)) != len(piece):
            raise OSError("a short write")
        if "KEEPALIVE" in os.environ:
            session.check(LIB.ssh_send_keepalive(session.raw))
    session.check(LIB.ssh_channel_send_eof(channel))
    buffer = ctypes.create_string_buffer(65536)
    for is_error, fd in ((0, 1), (1, 2)):
        while (count := LIB.ssh_channel_read(channel, buffer, 65536, is_error)) > 0:
            os.write(fd, buffer.raw[:count])
    return LIB.ssh_channel_get_exit_status(channel)


def execute(session, command):
    return play(session, lambda channel: session.check(
        LIB.ssh_channel_request_exec(channel, command.encode())))


def terminal(session):
    def ask(channel):
        session.check(LIB.ssh_channel_request_pty_size(channel, b"xterm-256color", 90, 30))
        session.check(LIB.ssh_channel_request_shell(channel))
    return play(session, ask)


class Sftp:
    def __init__(self, session):
        self._session = session
        self.raw = pointer(LIB.sftp_new(session.raw))
        session.check(LIB.sftp_init(self.raw))

    def _opened(self, path, flags):
        file = LIB.sftp_open(self.raw, path.encode(), flags, 0o644)
        if not file:
            raise OSError(f"{path}: {LIB.sftp_get_error(self.raw)}")
        return pointer(file)

    def put(self, here, there):
        self._send(here, there, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0)

    def resume(self, here, there):
        found = LIB.sftp_stat(self.raw, there.encode())
        size = ctypes.cast(found, ctypes.POINTER(Attributes)).contents.size
        self._send(here, there, os.O_WRONLY, size)

    def _send(self, here, there, flags, offset):
        file = self._opened(there, flags)
        self._session.check(LIB.sftp_seek64(file, ctypes.c_uint64(offset)))
        with open(here, "rb") as source:
            source.seek(offset)
            while piece := source.read(PIECE):
                assert LIB.sftp_write(file, piece, ctypes.c_size_t(len(piece))) == len(piece)
        self._session.check(LIB.sftp_close(file))

    def get(self, there, here):
        file = self._opened(there, os.O_RDONLY)
        buffer = ctypes.create_string_buffer(PIECE)
        with open(here, "wb") as target:
            while (count := LIB.sftp_read(file, buffer, ctypes.c_size_t(PIECE))) > 0:
                target.write(buffer.raw[:count])
        assert count == 0
        self._session.check(LIB.sftp_close(file))

    def list(self, path):
        folder = pointer(LIB.sftp_opendir(self.raw, path.encode()))
        while found := LIB.sftp_readdir(self.raw, folder):
            print(ctypes.cast(found, ctypes.POINTER(Attributes)).contents.name.decode())

    def rename(self, old, new):
        self._session.check(LIB.sftp_rename(self.raw, old.encode(), new.encode()))


def main():
    *address, verb = sys.argv[1:6]
    rest = sys.argv[6:]
    session = Session(*address)
    if verb == "exec":
        sys.exit(execute(session, *rest))
    if verb == "terminal":
        sys.exit(terminal(session))
    getattr(Sftp(session), verb)(*rest)


if __name__ == "__main__":
    main()
