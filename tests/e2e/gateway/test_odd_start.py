"""A gateway works, and is itself, whatever it was started with; of its sessions see test_parity.py."""

import os
import signal
import subprocess
import time

import pytest

from harness import attacker, keys, odd_start, processes, waiting
from harness.gateway import LISTENER, MONITOR, Gateway

# Rows of attacks/odd_start.c, and what attacks/attributes.c then shows otherwise.
SHOWN = {
    "keyring": {"session keyring", "keyring of requested keys"},
    "ignored-signals": {"ignored signals"},
    "blocked-signals": {"blocked signals"},
    "pending-signals": {"blocked signals", "pending signals"},
    "timers": {"timer, real", "timer, virtual", "timer, profiling"},
    "scheduling": {"nice", "scheduling policy"},
    "affinity": {"CPU affinity"},
    "core-scheduling": {"core scheduling"},
    "autogroup": {"nice of the autogroup"},
    "io-priority": {"I/O priority"},
    "timer-slack": {"timer slack"},
    "memory-policy": {"memory policy", "memory policy's nodes"},
    "personality": {"personality"},
    "umask": set(),
    "coredump-filter": {"core dump filter"},
    "huge-pages": {"huge pages disabled"},
    "memory-merge": {"merging of memory"},
    "machine-checks": {"machine checks"},
    "store-bypass": {"speculation, store bypass"},
    "indirect-branch": {"speculation, indirect branch"},
    "io-flusher": {"I/O flusher"},
    "secure-bits": {"secure bits"},
    "subreaper": {"subreaper"},
    "death-signal": {"parent-death signal"},
    "login-user": {"login user", "audit session"},
    "time-offsets": {"time offsets"},
}
# What some kernels do not have, or let nobody change.
MAY_LACK = {"core-scheduling", "memory-merge", "memory-policy", "store-bypass", "indirect-branch",
            "io-flusher", "autogroup", "login-user", "time-offsets"}


def shown(*command):
    done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, start_new_session=True, timeout=30)
    facts = {}
    for line in done.stdout.splitlines():
        name, _, value = line.replace(", more:", ":").partition(": ")
        facts[name] = facts.get(name, "") + value + "\n"
    return facts, done.stderr


def test_the_tests_see_each_attribute(tmp_path):
    """Else they would find none that is passed on."""
    attacker.build(tmp_path, "odd_start")
    attacker.build(tmp_path, "attributes")
    usual, _ = shown(tmp_path / "attributes")
    for row, wanted in SHOWN.items():
        seen, said = shown(tmp_path / "odd_start", row, "--", tmp_path / "attributes")
        if said:
            assert row in MAY_LACK, said
        elif row == "affinity" and os.cpu_count() == 1:
            continue
        else:
            assert {name for name in usual if usual[name] != seen[name]} >= wanted, row


@pytest.fixture(params=["ignored-signals", "blocked-signals", "pending-signals", "timers", "all"],
                name="gateway")
def odd_gateway(request, tmp_path, node, user_key):
    program = odd_start.program(tmp_path / "odd", request.param)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program) as running:
        running.started = time.monotonic()
        yield running


def test_a_gateway_works(gateway, box, connect):
    """It serves, starts a dead monitor again, is there when its alarm would have rung, and stops."""
    client = connect(gateway, box.login)
    assert client.sh("sh -c 'exit 3'; echo $?") == "3\n"
    monitor = gateway.one(MONITOR)
    gateway.kill(monitor)
    waiting.until(lambda: gateway.pids(MONITOR) not in ([], [monitor]), 20, "another monitor")
    waiting.until(lambda: client.ssh("true").status == 0, 20, "it serves again")
    listener = gateway.one(LISTENER)
    gateway.kill(listener)
    waiting.until(lambda: gateway.pids(LISTENER) not in ([], [listener]), 20, "another listener")
    waiting.until(lambda: time.monotonic() - gateway.started > 4, 10, "the alarm would have rung")
    assert gateway.process.poll() is None
    gateway.send_signal(signal.SIGTERM)
    assert gateway.process.wait(30) == 0


def test_no_process_of_it_is_odd(tmp_path, node, user_key):
    program = odd_start.program(tmp_path / "odd", "all")
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program) as gateway:
        gateway.one(LISTENER)
        for pid in gateway.all_pids():
            seen = processes.status(pid)
            ignored, blocked = (int(seen[name], 16) for name in ("SigIgn", "SigBlk"))
            # What we have a use for: these ignored; these and SIGCHLD blocked.
            use = sum(1 << number - 1 for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE,
                                                     signal.SIGTERM, signal.SIGXFSZ))
            assert ignored & ~use == 0 and blocked & ~(use | 1 << signal.SIGCHLD - 1) == 0, seen
            assert int(seen["Umask"], 8) == 0o022
            assert processes.read(pid, "personality") == b"00000000\n", seen["Name"]
