"""Gateways for OpenSSH's regression tests, which ask for them as for sshd (openssh_regress/sshd.py)."""

import json
import os
import pathlib
import shutil
import socketserver
import threading

from harness import keys
from harness.gateway import Gateway
from harness.sshd_config import SshdConfig, Unsupported


class Gateways:
    """Those of one script: one for `sshd -i`, and one that listens where its configuration says.

    The first is a new one whenever the configuration, or a file that it names, has changed."""

    def __init__(self, directory, make, login, port):
        self._directory = pathlib.Path(directory)
        self._make = make
        self._login = login
        self._port = port
        self._running = {}
        self._lock = threading.Lock()
        self._directory.mkdir()
        # A gateway wants a key that may log in; a script may want none.
        self._nobody = keys.public_half(keys.make_user_key(directory, name="nobody"))

    def answer(self, request):
        config = SshdConfig(request["config"], request.get("options", []), self._login)
        with self._lock:
            if request["do"] == "inetd":
                return {"port": self._ensure("inetd", config).port}
            if request["do"] == "start":
                self._ensure("daemon", config, ZOMG_SSH_LISTEN=f"127.0.0.1:{self._port}")
                return {"pid_file": config.pid_file}
            if request["do"] == "stop":
                self._stop("daemon")
            return {}

    def close(self):
        with self._lock:
            for role in list(self._running):
                self._stop(role)

    def _ensure(self, role, config, **settings):
        wanted = config.contents()
        have, gateway = self._running.get(role, (None, None))
        if have != wanted:
            self._stop(role)
            gateway = self._start(role, config, {**config.settings, **settings})
            self._running[role] = (wanted, gateway)
        return gateway

    def _start(self, role, config, settings):
        directory = self._directory / role
        directory.mkdir(exist_ok=True)
        if config.host_key:
            shutil.copyfile(config.host_key, directory / "host-key")
            os.chmod(directory / "host-key", 0o600)
            settings["ZOMG_SSH_HOST_KEY_PATH"] = str(directory / "host-key")
        if config.revoked:
            settings["ZOMG_SSH_REVOKED_KEYS_FILE"] = config.revoked
        gateway = self._make(directory, f"{config.authorized_keys()}\n{self._nobody}", settings)
        gateway.__enter__()
        return gateway

    def _stop(self, role):
        _, gateway = self._running.pop(role, (None, None))
        if gateway:
            gateway.stop()


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        request = json.loads(self.rfile.readline())
        try:
            answer = self.server.gateways.answer(request)
        except (Unsupported, OSError, AssertionError) as error:
            answer = {"error": str(error)}
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class SshdStandIn:
    """Answers openssh_regress/sshd.py of one script on a socket, as a context."""

    def __init__(self, directory, node, login, port, **gateway_options):
        def make(where, authorized_keys, settings):
            return Gateway(where, node, authorized_keys, **{**gateway_options, **settings})

        pathlib.Path(directory).mkdir()
        self.socket = str(pathlib.Path(directory) / "socket")
        self._gateways = Gateways(pathlib.Path(directory) / "gateways", make, login, port)
        self._server = _Server(self.socket, _Handler)
        self._server.gateways = self._gateways

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._gateways.close()
