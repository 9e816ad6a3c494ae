"""What somebody who may not log in costs the one monitor that everybody needs: little CPU time a try, and no
more for any key or certificate than for the cheapest key."""

import functools
import pathlib

import paramiko
import pytest

from harness import keys, sanitizers, strange_keys
from harness.gateway import Gateway
from harness.key_exchange import string
from harness.played_connection import PlayedConnection, field, message, programs
from harness.strange_keys import Ecdsa, Ed25519, ParamikoKey, Rsa, SecurityKey, certificate

MOST_OF_A_TRY = 0.001  # half of that on a quiet machine
MOST_OF_A_REQUEST = 0.0005
TRIES = 5  # one under MaxAuthTries
# By how many on a connection: of more tries a large message is a larger part.
MOST_OF_THE_CHEAPEST = {1: 1.5, TRIES: 2}
CONNECTIONS = 8
# The exponent of the longest that a key may have.
LARGE_EXPONENT = 2**32 - 5

pytestmark = pytest.mark.skipif(sanitizers.ENABLED, reason="a sanitizer costs as much itself")


def cpu_seconds(pid):
    """The time that the threads of a process were on a CPU."""
    return sum(int(path.read_text(encoding="ascii").split()[0])
               for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


@functools.cache
def large_rsa(bits, exponent=65537):
    return Rsa(bits, exponent)


def signed_by_itself(key):
    return ParamikoKey(key, certificate(key, key))


def crowded(key):
    """A certificate of the size that is still taken."""
    principals = [f"demo--box{number}" for number in range(256)]
    options = b"".join(string(f"option{number}@example.org".encode()) + string(b"") for number in range(250))
    return ParamikoKey(key, certificate(key, key, principals, options))


KINDS = {
    "ed25519": lambda: ParamikoKey(Ed25519()),
    "ed25519, false": lambda: ParamikoKey(Ed25519(), signing=Ed25519()),
    "sk-ed25519": lambda: ParamikoKey(SecurityKey()),
    "ecdsa 256": lambda: ParamikoKey(Ecdsa(256)),
    "ecdsa 384": lambda: ParamikoKey(Ecdsa(384)),
    "ecdsa 521": lambda: ParamikoKey(Ecdsa(521)),
    "rsa 1024": lambda: ParamikoKey(Rsa(1024)),
    "rsa 2048": lambda: ParamikoKey(Rsa(2048)),
    "rsa 4096": lambda: ParamikoKey(Rsa(4096)),
    "rsa 8192": lambda: ParamikoKey(large_rsa(8192)),
    "rsa 8192, exponent 3": lambda: ParamikoKey(large_rsa(8192, 3)),
    "rsa 8192, large exponent": lambda: ParamikoKey(large_rsa(8192, LARGE_EXPONENT)),
    "rsa 16384": lambda: ParamikoKey(large_rsa(16384)),
    "rsa 16384, large exponent": lambda: ParamikoKey(large_rsa(16384, LARGE_EXPONENT)),
    "certificate of ed25519": lambda: signed_by_itself(Ed25519()),
    "certificate of sk-ed25519": lambda: signed_by_itself(SecurityKey()),
    "certificate of ecdsa 384": lambda: signed_by_itself(Ecdsa(384)),
    "certificate of ecdsa 521": lambda: signed_by_itself(Ecdsa(521)),
    "certificate of rsa 8192": lambda: signed_by_itself(large_rsa(8192, LARGE_EXPONENT)),
    "certificate of rsa 16384": lambda: signed_by_itself(large_rsa(16384, LARGE_EXPONENT)),
    "certificate with many names": lambda: crowded(Ed25519()),
    "rsa certificate with many names": lambda: crowded(large_rsa(8192, LARGE_EXPONENT)),
}


@pytest.fixture(scope="module")
def strangers_gateway(tmp_path_factory, node, user_key):
    directory = tmp_path_factory.mktemp("strangers")
    directory.chmod(0o711)
    with Gateway(directory / "gateway", node, keys.public_half(user_key)) as running:
        yield running


def try_to_log_in(gateway, key, tries):
    """As often on one connection, which ends then; nobody gets in."""
    with paramiko.Transport(("127.0.0.1", gateway.port), disabled_algorithms={
            "pubkeys": ["rsa-sha2-256", "ssh-rsa"]}) as transport:
        transport.start_client(timeout=60)
        for _ in range(tries):
            with pytest.raises(paramiko.AuthenticationException):
                transport.auth_publickey("demo--box1", key)


def cost_of_a_try(gateway, key, tries):
    """Of the monitor's CPU time, with its share of the connection."""
    before = cpu_seconds(gateway.pid)
    try_to_log_in(gateway, key, tries)
    return (cpu_seconds(gateway.pid) - before) / tries


def check_cost(gateway, kind, tries):
    """Beside the cheapest kind at the same time: a busy machine makes both dearer, by half and more. The
    least of some, as other work of the machine empties the caches."""
    pair = [KINDS[name]() for name in ("ed25519", kind)]
    costs = [[cost_of_a_try(gateway, key, tries) for key in pair] for _ in range(CONNECTIONS)]
    cheapest, cost = map(min, zip(*costs))
    print(f"COST {kind}, {tries} on a connection: {cost * 1e3:.3f} ms, of ed25519 {cheapest * 1e3:.3f} ms")
    assert cheapest < MOST_OF_A_TRY and cost < MOST_OF_THE_CHEAPEST[tries] * cheapest


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_with_one_try_costs_little(strangers_gateway, kind):
    check_cost(strangers_gateway, kind, 1)


@pytest.mark.parametrize("kind", ("ecdsa 384", "rsa certificate with many names"))
def test_further_tries_cost_little(strangers_gateway, kind):
    check_cost(strangers_gateway, kind, TRIES)


@pytest.mark.parametrize("request_name", ("CheckKey", "SignExchange"))
def test_other_requests_cost_little(tmp_path, node, user_key, request_name):
    """Also of a connection process that was taken over, as often as they are permitted."""
    key = large_rsa(8192, LARGE_EXPONENT)
    check = message("CheckKey", field(b"demo--box1"), field(b"ssh-rsa-cert-v01@openssh.com"),
                    field(certificate(key, key, [f"demo--box{number}" for number in range(256)])))
    tmp_path.chmod(0o711)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 program=programs(tmp_path / "bin")) as gateway:
        with PlayedConnection(gateway) as played:
            played.sign()
            times = 60 if request_name == "CheckKey" else 3
            before = cpu_seconds(gateway.pid)
            for _ in range(times):
                if request_name == "CheckKey":
                    assert played.ask(check)
                else:
                    played.sign()
            cost = (cpu_seconds(gateway.pid) - before) / times
    print(f"COST {request_name}: {cost * 1e3:.3f} ms")
    assert cost < MOST_OF_A_REQUEST
