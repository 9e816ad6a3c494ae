"""A file system that may stop answering, as a network's does: FUSE, served by this process. It speaks the
kernel's protocol (linux/fuse.h) itself: one directory of files. What is written to one is gone."""

import ctypes
import errno
import os
import pathlib
import stat
import struct
import threading

LOOKUP, FORGET, GETATTR, OPEN, READ, WRITE, RELEASE, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR, ACCESS = (
    1, 2, 3, 14, 15, 16, 18, 25, 26, 27, 28, 29, 34)
BATCH_FORGET, INTERRUPT = 42, 36
NO_REPLY = {FORGET, BATCH_FORGET, INTERRUPT}
MS_NOSUID_NODEV = 2 | 4
MNT_DETACH = 2

libc = ctypes.CDLL(None, use_errno=True)


class HangingDisk:
    """A context manager: `path` is mounted, with `files` (bytes by name), until the end. After stop() who
    asks it for anything waits until go_on() or the end."""

    def __init__(self, path, **files):
        self.path = pathlib.Path(path)
        self.files = dict(files)
        self._answers = threading.Event()
        self._answers.set()
        self._device = None
        self._thread = None
        # What changes has another time, and another node.
        self._times = {name: 1 for name in files}

    def __enter__(self):
        self.path.mkdir(parents=True, exist_ok=True)
        self._device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={self._device},rootmode=40755,user_id=0,group_id=0,allow_other"
        if libc.mount(b"hanging", str(self.path).encode(), b"fuse", MS_NOSUID_NODEV,
                      options.encode()) != 0:
            error = ctypes.get_errno()
            os.close(self._device)
            raise OSError(error, f"mount FUSE: {os.strerror(error)}")
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        libc.umount2(str(self.path).encode(), MNT_DETACH)
        self._answers.set()
        # Aborts whatever still waits.
        os.close(self._device)
        self._thread.join(10)

    def stop(self):
        self._answers.clear()

    def go_on(self):
        self._answers.set()

    def write(self, name, content):
        self.files[name] = content
        self._times[name] = self._times.get(name, 1) + 1

    # --- the protocol ---------------------------------------------------------------------------
    def _serve(self):
        while True:
            try:
                request = os.read(self._device, 1 << 20)
            except OSError:
                return
            _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
            if opcode in NO_REPLY:
                continue
            # INIT is the mount's own.
            if opcode != INIT:
                self._answers.wait()
            try:
                error, body = 0, self._answer(opcode, node, request[40:])
            except OSError as refused:
                error, body = -refused.errno, b""
            try:
                os.write(self._device, struct.pack("<IiQ", 16 + len(body), error, unique) + body)
            except OSError as failed:
                if failed.errno != errno.ENOENT:  # it was interrupted
                    return

    def _answer(self, opcode, node, body):
        if opcode == INIT:
            major, minor = struct.unpack_from("<II", body)
            assert major == 7
            return struct.pack("<IIIIHHIIHH8I", 7, min(minor, 31), 0, 0, 8, 4, 1 << 17, 1, 0, 0,
                               *[0] * 8)
        if opcode == LOOKUP:
            name = body.rstrip(b"\0").decode()
            if name not in self.files:
                raise OSError(errno.ENOENT, "")
            number = self._number(name)
            return struct.pack("<QQQQII", number, 0, 0, 0, 0, 0) + self._attributes(number)
        if opcode == GETATTR:
            return struct.pack("<QII", 0, 0, 0) + self._attributes(node)
        if opcode in (OPEN, OPENDIR):
            return struct.pack("<QII", 0, 1, 0)  # FOPEN_DIRECT_IO
        if opcode == READ:
            _, offset, size = struct.unpack_from("<QQI", body)
            return self._content(node)[offset:offset + size]
        if opcode == WRITE:
            return body[16:20] + bytes(4)
        if opcode in (RELEASE, FLUSH, RELEASEDIR, ACCESS, READDIR):
            return b""
        raise OSError(errno.ENOSYS, "")

    def _number(self, name):
        return 1000 * (1 + sorted(self.files).index(name)) + self._times[name]

    def _name(self, node):
        return sorted(self.files)[node // 1000 - 1]

    def _content(self, node):
        return self.files[self._name(node)]

    def _attributes(self, node):
        if node == 1:
            size, mode, time = 0, stat.S_IFDIR | 0o755, 1
        else:
            name = self._name(node)
            size, mode, time = len(self.files[name]), stat.S_IFREG | 0o644, self._times[name]
        return struct.pack("<QQQQQQIIIIIIIIII", node, size, 0, time, time, time, 0, 0, 0, mode, 1, 0, 0,
                           0, 4096, 0)
