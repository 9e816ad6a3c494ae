"""A client asks for answers without end, and does not read them, or lets none be sent."""

import contextlib

import paramiko
import pytest

from harness import processes, sanitizers, waiting
from harness.gateway import CONNECTION
from harness.packet_flood import UNKNOWN, DeafClient

# To each of them there is an answer.
SERVICE = b"\x05\0\0\0\x0cssh-userauth"
GLOBAL_REQUEST = b"\x50\0\0\0\x01x\x01"
PACKETS = 600_000
MOST_KIB = 4096


def memory_kib(pid):
    """0 of one that has ended."""
    return int(processes.status(pid).get("VmRSS", "0").split()[0])


@contextlib.contextmanager
def little_memory(gateway):
    """The connection process, which takes little more after what is done meanwhile."""
    process, = gateway.pids(CONNECTION)
    before = memory_kib(process)
    yield process
    now = memory_kib(process)
    print(f"{before} KiB before, {now} KiB now")
    assert now < before + MOST_KIB


@pytest.fixture(name="deaf")
def deaf_client(own_gateway):
    with DeafClient(own_gateway.port) as client:
        yield client


@sanitizers.other_build
@pytest.mark.timeout(180)
@pytest.mark.parametrize("packet", [UNKNOWN, SERVICE], ids=["unknown", "service"])
def test_of_a_stranger(own_gateway, deaf, packet):
    with little_memory(own_gateway) as process:
        deaf.stop_reading()
        print(f"{deaf.flood(packet, PACKETS)} packets")
    waiting.until(lambda: not processes.alive(process), 10, "it has said too much for a stranger")


@pytest.fixture(name="logged_in")
def deaf_client_of_a_user(deaf, own_box, user_key):
    deaf.transport.auth_publickey(own_box.login, paramiko.Ed25519Key.from_private_key_file(user_key))
    return deaf


@sanitizers.other_build
@pytest.mark.timeout(180)
@pytest.mark.parametrize("exchanging", [False, True], ids=["at once", "behind a key exchange"])
def test_of_a_user(own_gateway, logged_in, exchanging):
    with little_memory(own_gateway) as process:
        logged_in.stop_reading()
        if exchanging:
            logged_in.begin_key_exchange()
        print(f"{logged_in.flood(GLOBAL_REQUEST, PACKETS)} packets")
    if exchanging:
        waiting.until(lambda: not processes.alive(process), 10, "it is over")


@sanitizers.other_build
def test_channels_that_are_opened_behind_a_key_exchange(own_gateway, logged_in):
    process, = own_gateway.pids(CONNECTION)
    before = memory_kib(process)
    logged_in.stop_reading()
    logged_in.begin_key_exchange()
    logged_in.flood(b"\x5a\0\0\0\x07session" + bytes(200_000), 60, at_once=1)
    waiting.until(lambda: not processes.alive(process) or memory_kib(process) > before + MOST_KIB, 10,
                  "it is over")
    print(f"{before} KiB before, {memory_kib(process)} KiB now")
    assert not processes.alive(process)
