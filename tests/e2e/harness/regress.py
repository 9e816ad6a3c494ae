"""Runs scripts of OpenSSH's regression tests (Debian's openssh-tests) against gateways.

A script thinks that it starts an sshd, has the login name for its user, and a remote host that has the
same files. That is true as far as it looks: sshd is openssh_regress/sshd.py, `whoami` says the login name,
and the script's directory is mounted in the box under the same path. The scripts themselves are as
Debian has them. They run in a network namespace of their own, with their own ports."""

import pathlib
import re
import shutil
import subprocess

from harness import openssh, paths
from harness.sshd_stand_in import SshdStandIn

PACKAGE = pathlib.Path("/usr/lib/openssh/regress")
OURS = paths.ROOT / "tests" / "e2e" / "openssh_regress"
# Not tests, but what tests use.
HELPERS = {"test-exec", "scp-ssh-wrapper", "ssh2putty", "sshd-log-wrapper", "valgrind-unit"}


class Network:
    """A network namespace with a loopback and nothing else, as a context."""

    def __init__(self):
        self._holder = None

    def __enter__(self):
        self._holder = subprocess.Popen(  # pylint: disable=consider-using-with
            ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout.readline() == b"up\n"
        return self

    def __exit__(self, *_):
        self._holder.stdin.close()
        self._holder.wait(10)
        self._holder.stdout.close()

    @property
    def entering(self):
        """The words before a command that shall run there."""
        return ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net"]


def scripts():
    """The names of all tests that the package has."""
    return sorted({path.stem for path in PACKAGE.glob("*.sh")} - HELPERS)


class Run:
    """What a script that has ended said."""

    def __init__(self, status, output, failures):
        self.status = status
        self.output = output
        self.failures = failures  # messages, and how often each


class Regress:
    """`directory` is mounted in the box `login` under its own path."""

    def __init__(self, directory, node, login, network, algorithms):
        self.directory = pathlib.Path(directory)
        self._node = node
        self._login = login
        self._network = network
        self._programs = self.directory / "programs"
        self._programs.mkdir()
        (self._programs / "algorithms").write_text("".join(f"{name}\n" for name in algorithms),
                                                   encoding="ascii")
        self._write_program("whoami", f"echo '{login}'")
        self._gateway = self._write_program(
            "gateway", f"exec {' '.join(network.entering)} '{paths.GATEWAY}'")

    def _write_program(self, name, code):
        path = self._programs / name
        path.write_text(f"#!/bin/sh\n{code}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    def run(self, script, port, seconds):
        """Runs the script of this name to its end; it has `port` and the two after it."""
        objects = self.directory / script
        shutil.copytree(PACKAGE, objects, ignore=shutil.ignore_patterns("unittests", "valgrind*"))
        fido = objects / "misc" / "sk-dummy"
        fido.mkdir(parents=True, exist_ok=True)
        shutil.copy(openssh.fido_library(), fido)
        with SshdStandIn(self.directory / f"{script}.gateways", self._node, self._login, port,
                         program=self._gateway) as stand_in:
            environment = {
                "PATH": f"{self._programs}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(objects),
                "OBJ": str(objects), "BUILDDIR": str(objects), "TEST_SHELL": "sh",
                "TEST_SSH_PORT": str(port), "TEST_SSH_UNSAFE_PERMISSIONS": "1",
                "TEST_SSH_SSH": str(OURS / "ssh.sh"), "TEST_SSH_SSHD": str(OURS / "sshd.py"),
                "TEST_SSH_SFTPSERVER": str(OURS / "sftp_server.sh"),
                "ZOMG_REGRESS_SOCKET": stand_in.socket, "ZOMG_REGRESS_OBJ": str(objects),
                "ZOMG_REGRESS_SERVER": str(self._programs),
            }
            with open(objects / "output", "wb") as output:
                done = subprocess.run(
                    [*self._network.entering, "sh", objects / "test-exec.sh", objects,
                     objects / f"{script}.sh"], cwd=objects, stdin=subprocess.DEVNULL,
                    stdout=output, stderr=output, env=environment, timeout=seconds, check=False)
        return Run(done.returncode, _text(objects / "output"), _failures(objects))


def _text(path):
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _failures(objects):
    """What was said by `fail` or `fatal`, with $OBJ for the script's directory, and how often."""
    log = _text(objects / "failed-regress.log").replace(str(objects), "$OBJ")
    messages = set(re.findall(r"^(?:FAIL|FATAL): (.*?)\s*$", log, re.M))
    # In the log every failure is followed by those before it; what was printed is there once.
    printed = _text(objects / "output").replace(str(objects), "$OBJ").splitlines()
    said = [line.removeprefix("FATAL: ").strip() for line in printed]
    return {message: said.count(message) for message in messages}
