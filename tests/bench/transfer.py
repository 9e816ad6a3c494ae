"""Bulk transfers through exec: each cipher, both ways, on loopback and at 50 ms."""

import subprocess
import time

from figure import Figure, alternate, split
from relay import Relay

CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com")
MIB = 1024 * 1024


def _timed(program):
    """A command of the box's bash that runs `program` and says on stderr what CPU time it took."""
    return f"TIMEFORMAT='%U %S'; time {program}"


def _download(stage, server, mib, options):
    """The CPU seconds of the user's program."""
    done = subprocess.run(stage.ssh(server, _timed(f"head -c {mib * MIB} /dev/zero"),
                                    options=options),
                          check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE)
    return sum(map(float, done.stderr.split()))


def _upload(stage, server, mib, options):
    """The CPU seconds of the user's program."""
    with subprocess.Popen(["head", "-c", str(mib * MIB), "/dev/zero"],
                          stdout=subprocess.PIPE) as source:
        done = subprocess.run(stage.ssh(server, _timed("cat >/dev/null"), options=options),
                              check=True, stdin=source.stdout, stderr=subprocess.PIPE)
    return sum(map(float, done.stderr.split()))


DIRECTIONS = (("download", _download, 1.15), ("upload", _upload, 1.1))


def _short(cipher):
    return cipher.split("@", maxsplit=1)[0]


def _measure(stage, transfer, mib, options):
    def measure(server):
        cpu = stage.cpu_seconds()
        started = time.perf_counter()
        program = transfer(stage, server, mib, options(server))
        seconds = time.perf_counter() - started
        return mib / seconds, (stage.cpu_seconds() - cpu - program) * 1024 / mib
    return measure


def ciphers(stage, scale):
    """MiB a second, and CPU seconds per GiB of the server: all but the user's program."""
    mib = scale(2048, 256)
    for cipher in CIPHERS:
        for name, transfer, wanted in DIRECTIONS:
            samples = alternate(scale(5, 2), _measure(stage, transfer, mib,
                                                      lambda _: ("-c", cipher)))  # noqa: B023
            short = _short(cipher)
            yield Figure(f"{name}, {short}", "MiB/s", split(samples, 0), True, wanted=wanted)
            yield Figure(f"server CPU per GiB, {name}, {short}", "s", split(samples, 1), False,
                         wanted=0.85)


def distance(stage, scale):
    """The same at a round trip of 50 ms, through a relay that delays."""
    mib = scale(128, 32)
    relays = {server: Relay(port, seconds=0.025) for server, port in stage.ports.items()}
    try:
        for cipher in CIPHERS:
            for name, transfer, wanted in DIRECTIONS:
                measure = _measure(
                    stage, transfer, mib,
                    lambda server: ("-c", cipher, "-p", str(relays[server].port)))  # noqa: B023
                # No round to warm up: windows start anew with each connection.
                samples = alternate(scale(5, 2), measure, warm_up=False)
                yield Figure(f"{name} at 50 ms, {_short(cipher)}", "MiB/s", split(samples, 0), True,
                             wanted=1.3 if name == "upload" else None)
    finally:
        for relay in relays.values():
            relay.close()
