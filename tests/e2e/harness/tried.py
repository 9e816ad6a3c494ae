"""What the tests of clients (tests/e2e/clients) have in common."""

import contextlib
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess

from harness import waiting
from harness.client import Done

MIB = 1024 * 1024


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def known_hosts(client):
    """~/.ssh/known_hosts of its user, who has no names for hosts. The file's path."""
    path = client.directory / ".ssh" / "known_hosts"
    path.parent.mkdir(exist_ok=True)
    key = client.known_hosts.read_text(encoding="ascii").split(" ", 1)[1]
    path.write_text(f"[127.0.0.1]:{client.gateway.port} {key}", encoding="ascii")
    return path


def _environment(client, more):
    return {**client.environment, "TMPDIR": str(client.directory), **more}


def run(client, *command, stdin=b"", timeout=90, **environment):
    """Runs a program with the home of that user to its end."""
    done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True,
                          timeout=timeout, check=False, env=_environment(client, environment))
    return Done(done.returncode, done.stdout, done.stderr)


@contextlib.contextmanager
def killed(client, *command, when, feed="/dev/null", **environment):
    """Starts a program, kills it by SIGKILL, with what it started, once `when()` is true. It must run
    until then. `feed` is its input."""
    with open(client.directory / "killed.log", "wb") as log, open(feed, "rb") as source, \
            subprocess.Popen([str(word) for word in command], stdin=source, stdout=log, stderr=log,
                             env=_environment(client, environment), start_new_session=True) as process:
        try:
            waiting.until(lambda: when() or process.poll() is not None, 30, interval=0.002,
                          what=lambda: pathlib.Path(log.name).read_text(errors="replace"))
            assert process.poll() is None, pathlib.Path(log.name).read_text(errors="replace")
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def has_bytes(path, count):
    """Whether a file has so many by now."""
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size >= count
    return False


# --- what is expected of all of them ------------------------------------------------------------------
EXEC = "cat; echo err >&2; exit 42"
EXEC_INPUT = b"through\n"


def check_exec(done):
    assert (done.status, done.out, done.err) == (42, EXEC_INPUT, b"err\n"), done


TERMINAL_INPUT = b"tty; stty size; echo $TERM; exit 3\n"


def check_terminal(done, size=None, status=3):
    assert done.status == status, done
    assert "/dev/pts/" in done.text and "xterm-256color" in done.text
    assert size is None or size in done.text


def digest_of(content):
    return hashlib.sha256(content).hexdigest()


LONG_INPUT = os.urandom(3_000_000)
LONG_INPUT_DIGEST = digest_of(LONG_INPUT)


def random_file(path, size):
    path.write_bytes(os.urandom(size))
    return path


def empty(directory):
    """The directory without what another test may have left."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    return directory


def tree(directory, count):
    """A new directory with so many small files."""
    directory.mkdir()
    for number in range(count):
        (directory / f"file-{number}").write_bytes(f"{number}".encode() * 100)
    return directory


def files(directory):
    """The digests of a directory's files by their names."""
    return {path.name: digest(path) for path in directory.iterdir()}


# ssh(1)'s options for new keys each MiB, by an exchange that costs little.
OFTEN = {"RekeyLimit": "1M", "KexAlgorithms": "curve25519-sha256"}
