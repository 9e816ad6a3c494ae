"""A stand-in for GitHub: an HTTPS server on loopback that serves `/<user>.keys`, well or badly."""

import base64
import dataclasses
import hashlib
import http.server
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
import time

from harness import keys, waiting


def make_ca(directory, name="ca"):
    """Makes a CA and a certificate of its for the loopback. The paths of both, and the latter's key."""
    ca, ca_key = directory / f"{name}.pem", directory / f"{name}.key"
    certificate, key = directory / f"{name}-server.pem", directory / f"{name}-server.key"
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    run = {"check": True, "stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["openssl", "req", "-x509", *new_key, "-keyout", ca_key, "-out", ca, "-days", "2",
                    "-subj", f"/CN=zomg test {name}"], **run)
    subprocess.run(["openssl", "req", "-x509", *new_key, "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=127.0.0.1", "-CA", ca, "-CAkey", ca_key,
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1",
                    "-addext", "basicConstraints=critical,CA:FALSE"], **run)
    return ca, certificate, key


@dataclasses.dataclass
class Request:
    """One that was answered."""
    path: str
    if_none_match: str | None
    status: int | None
    at: float


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self):  # pylint: disable=invalid-name
        self.server.github.answer(self)

    def log_message(self, *_):
        pass


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *arguments):
        self.streams = []
        super().__init__(*arguments)

    def finish_request(self, request, client_address):
        # In the thread of the connection: a client that is slow to greet holds nobody up.
        try:
            with self.github.tls.wrap_socket(request, server_side=True) as stream:
                self.streams.append(stream)
                super().finish_request(stream, client_address)
        except OSError:
            pass

    def end_connections(self):
        for stream in self.streams:
            try:
                stream.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def handle_error(self, request, client_address):
        pass


class Github:
    """Serves from entry to exit; stop() and start() are an outage. Users are nobody's at first.

    A user's answer is text, the body of a 200 with an entity tag, or a function that gets the
    request handler and does as it likes.
    """

    def __init__(self, directory):
        self.ca, certificate, key = make_ca(directory)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate, key)
        self.port = 0
        self.users = {}
        self.requests = []
        self._server = None
        self._thread = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.github = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def stop(self):
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.end_connections()
            self._thread.join()
        self._server = None

    def settings(self, users, **more):
        """Of a gateway whose only keys are those of `users`."""
        return {"ZOMG_SSH_AUTHORIZED_KEYS": None, "ZOMG_SSH_GITHUB_USERS": users,
                "ZOMG_SSH_GITHUB_URL": f"https://127.0.0.1:{self.port}",
                "ZOMG_SSH_GITHUB_CA": str(self.ca), "ZOMG_SSH_KEYS_REFRESH_SECS": "1", **more}

    def requests_of(self, user):
        return [request for request in self.requests if request.path == f"/{user}.keys"]

    def answer(self, handler):
        request = Request(handler.path, handler.headers["If-None-Match"], None, time.monotonic())
        handler.said = request
        answer = self.users.get(handler.path.removeprefix("/").removesuffix(".keys"))
        if answer is None:
            status(404, body=b"Not Found")(handler)
        elif callable(answer):
            answer(handler)
        else:
            good(answer)(handler)
        self.requests.append(request)


def _head(handler, code, headers, size):
    handler.said.status = code
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name, value)
    if size is not None:
        handler.send_header("Content-Length", str(size))
    handler.end_headers()


def good(text):
    """200, or 304 to who has it already."""
    body = text.encode()
    etag = f'W/"{hashlib.sha256(body).hexdigest()}"'

    def answer(handler):
        known = handler.headers["If-None-Match"] == etag
        _head(handler, 304 if known else 200, {"ETag": etag}, None if known else len(body))
        if not known:
            handler.wfile.write(body)
    return answer


def status(code, headers=None, body=b"<html>a page</html>"):
    def answer(handler):
        _head(handler, code, headers or {}, len(body))
        handler.wfile.write(body)
    return answer


def truncated(body, announced):
    """Says more than it sends."""
    def answer(handler):
        _head(handler, 200, {}, announced)
        handler.wfile.write(body)
        handler.close_connection = True
    return answer


def reset(handler):
    """Cuts the connection without a word."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True


def drip(body):
    """Sends a byte now and then, for as long as somebody listens."""
    def answer(handler):
        _head(handler, 200, {}, len(body))
        try:
            for byte in body:
                handler.wfile.write(bytes([byte]))
                time.sleep(0.2)
        except OSError:
            pass
        handler.close_connection = True
    return answer


def endless(handler):
    """Ten MiB of lines that would be keys."""
    line = b"ssh-ed25519 " + b"A" * 68 + b"\n"
    size = 10 * 1024 * 1024
    _head(handler, 200, {}, size)
    try:
        handler.wfile.write((line * (size // len(line) + 1))[:size])
    except OSError:
        pass
    handler.close_connection = True


def public(*paths):
    """The body that has the public halves of these keys."""
    return "".join(keys.public_half(path) + "\n" for path in paths)


def saved(gateway, present, absent=()):
    """Waits until the state on the disk has the first keys, and not the others."""
    def blob(path):
        return base64.b64decode(keys.public_half(path).split()[1])

    def newest():
        contents = []
        for number in (0, 1):
            path = f"{gateway.settings['ZOMG_SSH_STATE_DIR']}/github-keys.{number}"
            with open(path, "rb") as file:
                contents.append(file.read())
        # The magic number and the sequence number, both little-endian.
        whole = [content for content in contents if content.startswith(b"\x01yekgmoz")]
        return max(whole, key=lambda content: content[15:7:-1], default=b"")
    waiting.until(lambda: all(blob(path) in newest() for path in present)
                  and not any(blob(path) in newest() for path in absent), 10, "it is saved")
