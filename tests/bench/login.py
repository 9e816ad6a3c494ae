"""Logins: how long one takes, how many a second, and what they cost the server."""

import concurrent.futures
import subprocess
import time

from figure import SERVERS, Figure, alternate, split
from stage import POST_QUANTUM

# For what a server does after the client has gone, before the CPU time is read.
SETTLE_SECONDS = 0.3


def log_in(stage, server, options=()):
    """Seconds that `ssh box true` takes."""
    started = time.perf_counter()
    subprocess.run(stage.ssh(server, "true", options=options), check=True,
                   stdin=subprocess.DEVNULL)
    return time.perf_counter() - started


# The clients' half of the post-quantum exchange takes most of the time, and is the same for both; the
# other shows more of the servers.
CURVE25519 = "curve25519-sha256"


def single(stage, scale):
    """`ssh box true` 200 times, alternating after each; by both key exchanges."""
    for exchange, suffix in ((POST_QUANTUM, ""), (CURVE25519, f", {CURVE25519}")):
        options = ("-o", f"KexAlgorithms={exchange}")
        times = {server: [] for server in SERVERS}
        for server in SERVERS:
            log_in(stage, server, options)
        for _ in range(scale(200, 20)):
            for server in SERVERS:
                times[server].append(1000 * log_in(stage, server, options))
        yield Figure(f"ssh box true, p50{suffix}", "ms", times, False, wanted=0.15)
        yield Figure(f"ssh box true, p99{suffix}", "ms", times, False, percent=99)


# How many clients at once, of how many logins, and by which key exchange.
RATES = (
    (1, 24, POST_QUANTUM),
    (8, 96, POST_QUANTUM),
    (8, 96, CURVE25519),
    (32, 96, POST_QUANTUM),
)


def rate(stage, scale):
    """Logins a second, from 1, 8 and 32 clients at once, and what a login costs the server."""
    for parallel, logins, exchange in RATES:
        count = scale(logins, 32)
        options = ("-o", f"KexAlgorithms={exchange}")

        def measure(server, parallel=parallel, count=count, options=options):
            cpu = stage.cpu_seconds()
            with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
                started = time.perf_counter()
                list(pool.map(lambda _: log_in(stage, server, options), range(count)))
                seconds = time.perf_counter() - started
            time.sleep(SETTLE_SECONDS)
            return count / seconds, 1000 * (stage.cpu_seconds() - cpu) / count

        samples = alternate(scale(5, 2), measure)
        suffix = "" if exchange == POST_QUANTUM else f", {exchange}"
        yield Figure(f"logins per second, {parallel} parallel{suffix}", "1/s", split(samples, 0),
                     True, wanted=2 if parallel == 8 else None)
        if parallel == 1:
            yield Figure("server CPU per login", "ms", split(samples, 1), False)
