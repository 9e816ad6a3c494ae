"""A running zomg-ssh-gateway with all its processes."""

import os
import pathlib
import re
import signal
import socket
import subprocess

from harness import keys, paths, processes, sanitizers, waiting
from harness.cgroup import Cgroup

MONITOR = "zomg-ssh-monitor"
LISTENER = "zomg-ssh-listener"
CONNECTION = "zomg-ssh-connection"
RESOLVER = "zomg-ssh-resolver"
KEYRING = "zomg-ssh-keyring"
KUBERNETES = "zomg-ssh-kubernetes"
AUDIT = "zomg-ssh-audit"
METRICS = "zomg-ssh-metrics"
RECORDER = "zomg-ssh-recorder"
LOG = "zomg-ssh-log"
FILE_READER = "zomg-ssh-file-reader"
SESSIOND = "zomg-ssh-sessiond"
KUBECTL_SESSION = "zomg-ssh-kubectl"


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def clean_environment(**settings):
    """The environment of this process without any setting or cluster, and `settings`."""
    inherited = {key: value for key, value in os.environ.items()
                 if not key.startswith(("ZOMG_", "KUBE"))}
    return {**inherited, **sanitizers.OPTIONS, **settings}


class Gateway:
    """Starts on entry, ends with everything it started on exit.

    `settings` are further environment variables by their names; None takes a default one away.
    `program` is another gateway than the one that is tested, `stdout` and `stderr` are descriptors in
    place of the log for the standard output and error.
    """

    def __init__(self, directory, node, authorized_keys, program=paths.GATEWAY, stdout=None,
                 stderr=None, **settings):
        self.program = program
        self.directory = pathlib.Path(directory)
        self.node = node
        self.stdout = stdout
        self.stderr = stderr
        self.port = free_port()
        self.log_path = self.directory / "gateway.log"
        self.host_key = self.directory / "host-ed25519"
        self.settings = {
            "ZOMG_SSH_LISTEN": f"127.0.0.1:{self.port}",
            "ZOMG_SSH_CRI_SOCKET": node.socket,
            "ZOMG_SSH_HOST_KEY_PATH": str(self.host_key),
            "ZOMG_SSH_AUTHORIZED_KEYS": authorized_keys,
            "ZOMG_SSH_STATE_DIR": str(self.directory / "state"),
            "ZOMG_SSH_AUDIT_LOG": str(self.directory / "audit.jsonl"),
            # Every client of the tests has the same address, and some of them misbehave.
            "ZOMG_SSH_PER_SOURCE_PENALTIES": "no",
            "ZOMG_SSH_MAX_STARTUPS": "100",
            # Where the node is one of a cluster.
            **getattr(node, "gateway_settings", {}),
            **settings,
        }
        self.process = None
        self._cgroup = None

    def __enter__(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "state").mkdir(exist_ok=True)
        if not self.host_key.exists():
            keys.make_host_key(self.host_key)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self._cgroup = Cgroup(self.node.unique_cgroup())
        settings = {key: value for key, value in self.settings.items() if value is not None}
        before = len(self.log())
        with open(self.log_path, "ab") as log:
            output = log if self.stdout is None else self.stdout
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                ["sh", "-c", 'echo $$ >"$1" && cd / && exec "$2"', "sh", self._cgroup.procs_file,
                 self.program],
                stdin=subprocess.DEVNULL, stdout=output,
                stderr=log if self.stderr is None else self.stderr, start_new_session=True,
                env=clean_environment(**settings))
        try:
            waiting.until(lambda: "listening on" in self.log()[before:]
                          or self.process.poll() is not None, 20,
                          lambda: f"the gateway listens:\n{self.log()}")
            assert self.process.poll() is None, f"the gateway ended:\n{self.log()}"
        except BaseException:
            self.stop()
            raise

    def stop(self):
        """At once, sessions included."""
        if self.process and self.process.poll() is None:
            if sanitizers.ENABLED:
                self._end_in_order()
            self.process.kill()
        if self.process:
            self.process.wait(10)
        if self._cgroup:
            self._cgroup.remove()
        if sanitizers.ENABLED:
            sanitizers.check(self.log())

    def _end_in_order(self):
        """Gives each process the time to look for what it leaked. Sessions may be in the way."""
        self.process.terminate()
        try:
            self.process.wait(3)
            waiting.until(lambda: not self._cgroup.pids(), 3)
        except (subprocess.TimeoutExpired, AssertionError):
            pass

    # --- looking ------------------------------------------------------------------------------
    @property
    def pid(self):
        """The monitor's."""
        return self.one(MONITOR)

    def all_pids(self):
        """All processes of ours that have not ended: the supervisor's first, and what it started. Not
        the programs in boxes, which are in the boxes' cgroups."""
        return [pid for pid in self._cgroup.pids() if processes.alive(pid)]

    def pids(self, program):
        """The processes of one of our programs that have not ended."""
        return [pid for pid in self._cgroup.pids()
                if processes.name(pid) == program and processes.alive(pid)]

    def one(self, program):
        """The one process of a program; waits for it."""
        return waiting.until(lambda: len(self.pids(program)) == 1 and self.pids(program),
                             10, lambda: f"one {program}, not {self.pids(program)}")[0]

    def sessions(self):
        """The sessiond processes that supervise a running program."""
        return [pid for pid in self.pids(SESSIOND) if processes.status(pid).get("Seccomp") == "2"]

    def prepared_sessions(self):
        """The sessiond processes that wait for a session: with CAP_KILL alone, and in no sandbox yet."""
        return [pid for pid in self.pids(SESSIOND)
                if int(processes.status(pid).get("CapEff", "0"), 16) == 1 << 5
                and processes.status(pid).get("Seccomp") == "0"]

    def zygotes(self):
        """The sessiond processes that sessions are forked from."""
        return [pid for pid in self.pids(SESSIOND) if processes.effective_user(pid) == 0
                and processes.status(pid).get("PPid") == str(self.pid)]

    def kubectl_sessions(self):
        """The zomg-ssh-kubectl processes that are sessions: not who waits for one outside of its pid
        namespace."""
        return [pid for pid in self.pids(KUBECTL_SESSION)
                if len(processes.status(pid).get("NSpid", "").split()) > 1]

    def log(self):
        try:
            return self.log_path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def log_size(self):
        return self.log_path.stat().st_size

    def wait_for_log(self, pattern, since=0, seconds=10):
        """Waits for a line that the regular expression is found in, from byte `since` on."""
        def found():
            with open(self.log_path, "rb") as log:
                log.seek(since)
                return re.search(pattern, log.read().decode(errors="replace"))
        return waiting.until(found, seconds, lambda: f"`{pattern}` in the log:\n{self.log()}")

    def send_signal(self, number):
        """Sends a signal as an operator does: to the process that was started."""
        os.kill(self.process.pid, number)

    def kill(self, pid, number=signal.SIGKILL):
        assert pid in self._cgroup.pids(), f"{pid} is none of this gateway's"
        os.kill(pid, number)
