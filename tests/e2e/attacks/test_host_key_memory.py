"""The host key's private half is in the memory of the monitor, and of no other process."""

import pytest

from harness import keys, processes, waiting
from harness.gateway import CONNECTION, LISTENER, RESOLVER, SESSIOND


@pytest.fixture
def session(gateway, client):
    with client.start("echo ready; cat", options={"RekeyLimit": "1K"}) as running:
        try:
            running.stdout.readline()
            # Signatures were made before and after the login.
            running.stdin.write(b"x" * 10_000 + b"\n")
            running.stdin.flush()
            running.stdout.readline()
            yield running
        finally:
            running.kill()


def test_the_scan_works(gateway, session):
    """It finds the key where it must be."""
    assert processes.memory_contains(gateway.pid, keys.private_seed(gateway.host_key))


@pytest.mark.parametrize("program", [LISTENER, CONNECTION, RESOLVER, SESSIOND])
def test_not_in_other_processes(gateway, session, program):
    seed = keys.private_seed(gateway.host_key)
    pids = waiting.until(lambda: gateway.pids(program), 10, f"{program} runs")
    for pid in pids:
        assert not processes.memory_contains(pid, seed), pid


def test_the_scan_sees_those_processes(gateway, session):
    """Their memory is readable to the test: their names are found in it."""
    for program in (LISTENER, CONNECTION, RESOLVER, SESSIOND):
        for pid in gateway.pids(program):
            assert processes.memory_contains(pid, program.encode()), program


def test_not_in_the_box(box, session, gateway):
    seed = keys.private_seed(gateway.host_key)
    for pid in box.processes():
        assert not processes.memory_contains(pid, seed)


def test_the_public_half_is_in_the_connection(gateway, session):
    """So the scan would have found the private half there."""
    import base64
    blob = base64.b64decode(keys.public_half(gateway.host_key).split()[1])
    assert any(processes.memory_contains(pid, blob[-32:]) for pid in gateway.pids(CONNECTION))
