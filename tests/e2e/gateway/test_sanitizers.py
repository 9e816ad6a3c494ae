"""With sanitizers, a report of whichever process of a gateway fails a test, although most can open nothing."""

import contextlib
import os
import pathlib
import pwd
import signal
import socket
import subprocess
import tempfile

import pytest

from harness import keys, processes, sanitizers, terminal, waiting
from harness.api_server import ApiServer
from harness.client import Client
from harness.gateway import (AUDIT, CONNECTION, FILE_READER, KEYRING, KUBECTL_SESSION, KUBERNETES, LISTENER,
                             LOG, METRICS, MONITOR, RECORDER, RESOLVER, SESSIOND, Gateway, free_port)

pytestmark = pytest.mark.skipif(not sanitizers.ENABLED, reason="for a build with sanitizers")
# Each before those that end with it. The supervisor resets at its start what handles a signal; its standard
# error is the monitor's.
PROGRAMS = (SESSIOND, RECORDER, KUBECTL_SESSION, CONNECTION, LISTENER, RESOLVER, KEYRING, KUBERNETES, AUDIT,
            METRICS, FILE_READER, LOG, MONITOR)


@pytest.fixture(name="fault")
def planted_fault():
    """A library, where a connection process, which has another account by then, may load it, too."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o711)
        library = pathlib.Path(directory) / "planted_fault.so"
        subprocess.run(["gcc", "-fno-builtin", "-Wno-use-after-free", "-shared", "-fPIC", "-o", library,
                        pathlib.Path(__file__).parents[1] / "harness" / "planted_fault.c"], check=True)
        yield library


@pytest.fixture(name="directory")
def directory_of_all(tmp_path_factory):
    directory = tmp_path_factory.mktemp("planted")
    directory.chmod(0o711)
    (directory / "recordings").mkdir(mode=0o700)
    os.chown(directory / "recordings", pwd.getpwnam(RECORDER).pw_uid, -1)
    (directory / "revoked").touch()
    return directory


@pytest.fixture(name="gateway")
def every_process(directory, fault, node, box, user_key):
    """A Gateway that is not started yet, and will have each process that there is."""
    with ApiServer(directory / "api") as api, socket.create_server(("127.0.0.1", 0)) as github:
        api.add(*box.login.split("--"), box.pod.name)
        yield Gateway(
            directory / "gateway", node, keys.public_half(user_key),
            LD_PRELOAD=str(fault),
            ASAN_OPTIONS=sanitizers.OPTIONS["ASAN_OPTIONS"] + ":verify_asan_link_order=0",
            ZOMG_SSH_REVOKED_KEYS_FILE=str(directory / "revoked"),
            ZOMG_SSH_RECORD_DIR=str(directory / "recordings"),
            ZOMG_SSH_GITHUB_USERS="nobody",
            ZOMG_SSH_GITHUB_URL=f"https://127.0.0.1:{github.getsockname()[1]}",
            ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{free_port()}", **api.settings)


@contextlib.contextmanager
def sessions(directory, gateway, user_key, box):
    """One at a terminal in a box of this node, which is recorded, one by kubectl, and a client without."""
    here = Client(directory / "here", gateway, user_key, box.login)
    afar = Client(directory / "afar", gateway, user_key, ApiServer.login)
    with terminal.shell(here, command=["echo ready; cat"]) as screen, afar.start("cat") as by_kubectl, \
            subprocess.Popen(here.command("ssh", "-N", "box"), env=here.environment) as idle:
        try:
            screen.expect("ready")
            waiting.until(gateway.kubectl_sessions, 20, "a session by kubectl")
            waiting.until(lambda: len(gateway.pids(CONNECTION)) == 3, 20, "three connections")
            yield
        finally:
            by_kubectl.kill()
            idle.kill()


def reports(gateway):
    return gateway.log().count("ERROR: AddressSanitizer: heap-use-after-free")


def one_of(gateway, program):
    if program == CONNECTION:
        return gateway.one(program)  # those of the sessions end with them
    # Who waits outside for a session by kubectl takes no such signal.
    found = gateway.kubectl_sessions if program == KUBECTL_SESSION else lambda: gateway.pids(program)
    return waiting.until(found, 20, f"a {program}")[0]


def break_one(gateway, program):
    """Has it use freed memory, and waits for the report of it."""
    pid = one_of(gateway, program)
    before = reports(gateway)
    gateway.kill(pid, signal.SIGUSR2)
    waiting.until(lambda: not processes.alive(pid), 20, f"{program} ends")
    waiting.until(lambda: reports(gateway) == before + 1, 20, f"the report of {program}")


def test_a_report_of_any_process_is_found(directory, gateway, user_key, box):
    with pytest.raises(AssertionError, match="heap-use-after-free"), gateway, \
            sessions(directory, gateway, user_key, box):
        for program in PROGRAMS:
            break_one(gateway, program)
    assert reports(gateway) == len(PROGRAMS)
