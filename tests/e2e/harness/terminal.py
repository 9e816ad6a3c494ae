"""A client that sits at a real terminal."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from harness import processes, sanitizers


class Terminal:
    """Runs a command on a pseudo-terminal of its own; a context manager.

    `modes` is called with the terminal's termios attributes, a list as tcgetattr(3) has it, before
    the command starts.
    """

    def __init__(self, command, environment, rows=24, columns=80, modes=None):
        self.output = b""
        self.status = None
        master, slave = pty.openpty()
        self.fd = master
        self.resize(rows, columns)
        if modes:
            attributes = termios.tcgetattr(slave)
            modes(attributes)
            termios.tcsetattr(slave, termios.TCSANOW, attributes)
        # Not by os.fork(), see processes.at_usual_priority().
        self._process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["/usr/bin/setsid", "--ctty", *command], env=environment, stdin=slave, stdout=slave,
            stderr=slave)
        self.pid = self._process.pid
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            processes.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, text):
        os.write(self.fd, text if isinstance(text, bytes) else text.encode())

    def signal(self, number):
        """Sends the client a signal."""
        processes.kill(self.pid, number)

    @property
    def text(self):
        return self.output.decode(errors="replace")

    def _read_some(self, seconds):
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return False
        try:
            chunk = os.read(self.fd, 65536)
        except OSError:  # EIO: nobody has the other end
            return False
        self.output += chunk
        return bool(chunk)

    def expect(self, pattern, seconds=15):
        """Reads until the regular expression is found, and returns the match; what it matched and
        all before it is gone then."""
        deadline = time.monotonic() + seconds * sanitizers.PATIENCE
        expression = re.compile(pattern.encode())
        while True:
            match = expression.search(self.output)
            if match:
                self.output = self.output[match.end():]
                return match
            if not self._read_some(deadline - time.monotonic()):
                if time.monotonic() >= deadline or self.poll() is not None:
                    # What the client wrote last may come after the news of its end.
                    while self._read_some(0):
                        pass
                    match = expression.search(self.output)
                    if match:
                        continue
                    raise AssertionError(f"`{pattern}` was not shown: {self.text!r}")

    def poll(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def wait(self, seconds=15):
        """Reads on until the client ends; its exit status."""
        deadline = time.monotonic() + seconds * sanitizers.PATIENCE
        while self.poll() is None:
            self._read_some(0.05)
            if time.monotonic() > deadline:
                raise AssertionError(f"the client did not end: {self.text!r}")
        while self._read_some(0):
            pass
        return self.status


def shell(client, *flags, options=None, command=(), **terminal):
    """`ssh -tt box` at a terminal."""
    return Terminal(client.command("ssh", "-tt", *flags, "box", *command, options=options),
                    {**client.environment, "TERM": "vt100"}, **terminal)
