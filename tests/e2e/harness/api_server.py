"""A stand-in for a Kubernetes API server, and for kubectl: enough for a session by kubectl exec to
start, and to wait in its box for ever."""

import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

from harness.github import make_ca

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: here
contexts: [{{name: here, context: {{cluster: here, user: me}}}}]
clusters: [{{name: here, cluster: {{server: "https://127.0.0.1:{port}", certificate-authority: ca.pem}}}}]
users: [{{name: me, user: {{token: secret}}}}]
"""
# Says that the program has started, as session.sh does (sessiond/kubectl/output_filter.h): without that the
# gateway ends a session after kKubectlStartTimeout.
PROGRAM = r"""
#include <stdio.h>
#include <unistd.h>
int main(void) {
  char first[64], second[64];
  if (scanf("%63s %63s", first, second) == 2) {
    dprintf(isatty(0) ? 1 : 2, "\036%s-%s S\n", first, second);
  }
  for (;;) pause();
}
"""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self):  # pylint: disable=invalid-name
        url = urllib.parse.urlsplit(self.path)
        if not url.path.endswith("/version"):
            return self._answer(self.server.status, self._pods(url.query))
        if urllib.parse.unquote(url.path) != self.server.prefix + "/version":
            return self._answer(404, {})
        known = self.headers["Authorization"] == f"Bearer {self.server.token}"
        return self._answer(200 if known else 401, {"gitVersion": "v1.30.0"})

    def do_POST(self):  # pylint: disable=invalid-name
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(201, {"status": {"allowed": True}})

    def _pods(self, query):
        self.server.asked_with = self.headers["Authorization"]
        time.sleep(self.server.delay)
        selector = urllib.parse.parse_qs(query)["labelSelector"][0]
        wanted = dict(part.split("=") for part in selector.split(","))
        items = [pod for pod in self.server.pods
                 if wanted.items() <= pod["metadata"]["labels"].items()]
        return {"kind": "PodList", "metadata": {}, "items": items}

    def _answer(self, status, answer):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    """Takes IPv4 and IPv6."""
    address_family = socket.AF_INET6
    daemon_threads = True
    token = "secret"
    prefix = ""
    asked_with = None
    delay = 0
    status = 200

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


class ApiServer:
    """Serves from entry to exit, with one pod, whose login name is `login`, and those that are added."""

    login = "demo--afar"

    def __init__(self, directory):
        directory.mkdir(mode=0o711)
        ca, certificate, key = make_ca(directory)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        self._server = _Server(("::", 0), _Handler)
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._server.pods = []
        self.ca = pathlib.Path(ca)
        self.port = self._server.server_address[1]
        self.add("demo", "afar", name="afar")
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        credentials = directory / "credentials"
        credentials.mkdir(mode=0o700)
        (credentials / "ca.pem").write_bytes(self.ca.read_bytes())
        (credentials / "config").write_text(
            KUBECONFIG.format(port=self.port), encoding="ascii")
        kubectl = directory / "kubectl"
        subprocess.run(["gcc", "-static", "-x", "c", "-o", kubectl, "-"], input=PROGRAM, text=True,
                       check=True)
        self.settings = {"ZOMG_SSH_KUBECTL": str(kubectl), "KUBECONFIG": str(credentials / "config")}

    @property
    def asked_with(self):
        """The credential of the last question for pods."""
        return self._server.asked_with

    def expect(self, token="secret", prefix=""):
        """What /version, below `prefix`, wants of a client."""
        self._server.token = token
        self._server.prefix = prefix

    def answer_after(self, seconds):
        """How long it takes for each answer about pods."""
        self._server.delay = seconds

    def answer_with(self, status):
        """The HTTP status of each answer about pods."""
        self._server.status = status

    def add(self, project, box, name, namespace="default", ready=True, running=True):
        self._server.pods.append({
            "metadata": {"name": name, "namespace": namespace,
                         "creationTimestamp": "2026-01-01T00:00:00Z",
                         "labels": {"zomg.ai/project": project, "zomg.ai/box": box}},
            "spec": {"containers": [{"name": "box"}]},
            "status": {"conditions": [{"type": "Ready", "status": str(ready)}],
                       "containerStatuses": [{"name": "box", "state": {"running" if running else "waiting": {}}}]}})

    def remove(self, name):
        self._server.pods = [pod for pod in self._server.pods if pod["metadata"]["name"] != name]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
