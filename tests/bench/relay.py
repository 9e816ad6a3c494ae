"""A TCP relay that delays what it passes on, for kernels without netem.

It runs in a process of its own. Each direction is a queue of (due time, bytes): what was read is
written when it is due, in order, so throughput is not bounded by the delay.
"""

import collections
import multiprocessing
import selectors
import signal
import socket
import time

CHUNK_BYTES = 256 * 1024
# What may be under way in one direction: far more than a window of either server.
MAX_QUEUED_BYTES = 64 * 1024 * 1024


class _Direction:
    """Bytes from one socket to the other."""

    def __init__(self, source, target, seconds):
        self.source, self.target, self.seconds = source, target, seconds
        self.queue = collections.deque()
        self.queued_bytes = 0
        self.ended = False

    def wants_read(self):
        return not self.ended and self.queued_bytes < MAX_QUEUED_BYTES

    def read(self):
        try:
            data = self.source.recv(CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.ended = not data
        self.queued_bytes += len(data)
        self.queue.append((time.monotonic() + self.seconds, memoryview(data)))

    def due_in(self):
        return self.queue[0][0] - time.monotonic() if self.queue else None

    def write(self):
        while self.queue and self.queue[0][0] <= time.monotonic():
            due, data = self.queue[0]
            try:
                if not data:
                    self.target.shutdown(socket.SHUT_WR)
                sent = self.target.send(data) if data else 0
            except BlockingIOError:
                return
            except OSError:
                sent = len(data)
            self.queued_bytes -= sent
            if sent < len(data):
                self.queue[0] = (due, data[sent:])
                return
            self.queue.popleft()

    def done(self):
        return self.ended and not self.queue


def _serve_pair(client, target_port, seconds):
    server = socket.create_connection(("127.0.0.1", target_port))
    for end in (client, server):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end.setblocking(False)
    directions = [_Direction(client, server, seconds), _Direction(server, client, seconds)]
    while not all(direction.done() for direction in directions):
        with selectors.DefaultSelector() as selector:
            waits = [direction.due_in() for direction in directions if direction.queue]
            for direction in directions:
                if direction.wants_read():
                    selector.register(direction.source, selectors.EVENT_READ, direction)
            blocked = [wait for wait in waits if wait <= 0]
            timeout = 0.001 if blocked else min(waits, default=None)
            for key, _ in selector.select(timeout):
                key.data.read()
        for direction in directions:
            direction.write()


def _serve(listening, target_port, seconds):
    # close() ends it so, and the benchmark's own handler is not meant.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while True:
        client, _ = listening.accept()
        # A process a connection; it is gone with its two sockets.
        process = multiprocessing.Process(target=_serve_pair, args=(client, target_port, seconds),
                                          daemon=False)
        process.start()
        client.close()
        multiprocessing.active_children()  # reaps


class Relay:
    """Passes connections to its `port` on to `target_port`, each way late by `seconds`."""

    def __init__(self, target_port, seconds):
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self._process = multiprocessing.Process(target=_serve,
                                                args=(listening, target_port, seconds))
        self._process.start()
        listening.close()

    def close(self):
        self._process.terminate()
        self._process.join()
