"""A load balancer that begins its connections with a PROXY header."""

import contextlib
import socket
import threading


class HeaderProxy:
    """Listens on a port of 127.0.0.1 and passes on to another one, from the address `source`, with
    `header` in front; a context manager."""

    def __init__(self, target_port, header, source):
        self.target = ("127.0.0.1", target_port)
        self.header = header
        self.source = source
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.links = []
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for link in self.links:
            # A close() alone ends nothing as long as a thread waits in recv() on it.
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()
        self.thread.join(10)

    def _accept(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            server = socket.create_connection(self.target, source_address=(self.source, 0))
            server.sendall(self.header)
            self.links += [client, server]
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._relay, args=(one, other), daemon=True).start()

    @staticmethod
    def _relay(one, other):
        with contextlib.suppress(OSError):
            while True:
                data = one.recv(65536)
                if not data:
                    break
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)
