"""Who reads a gateway's standard error, as a container runtime or journald does, and may stop to."""

import os
import threading

from harness import waiting


class LogPipe:
    """A pipe into the file `path`. A context manager; `fd` is the end for the gateway to write to."""

    def __init__(self, path):
        self.path = path
        self.fd = None
        self._reader = None
        self._thread = None
        self._reading = threading.Event()

    def __enter__(self):
        self._reader, self.fd = os.pipe()
        os.set_blocking(self._reader, False)
        self._reading.set()
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        os.close(self.fd)
        self.read_on()
        self._thread.join(20)
        assert not self._thread.is_alive(), "somebody has the pipe's other end still"
        os.close(self._reader)

    def _copy(self):
        with open(self.path, "ab", buffering=0) as file:
            while True:
                self._reading.wait()
                try:
                    data = os.read(self._reader, 65536)
                except BlockingIOError:
                    threading.Event().wait(0.005)
                    continue
                if not data:
                    return
                file.write(data)

    def stop_reading(self):
        """Nobody reads any more, and nothing fits into the pipe."""
        self._reading.clear()
        # A description of its own: the gateway's must not become non-blocking.
        filler = os.open(f"/proc/self/fd/{self.fd}", os.O_WRONLY | os.O_NONBLOCK)

        def full():
            try:
                os.write(filler, b"." * 511 + b"\n")
                return False
            except BlockingIOError:
                return True
        try:
            waiting.until(full, 20, "the pipe is full", interval=0)
            # What is left of a page.
            waiting.until(lambda: self._does_not_take(filler), 20, "not a byte fits", interval=0)
        finally:
            os.close(filler)

    @staticmethod
    def _does_not_take(filler):
        try:
            os.write(filler, b"\n")
            return False
        except BlockingIOError:
            return True

    def read_on(self):
        self._reading.set()
