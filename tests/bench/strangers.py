"""Logins of a user beside strangers who flood the gateway."""

import contextlib
import os
import pathlib
import subprocess
import time

import login
from figure import Figure
from stage import ROOT

# A second in all, and from how many addresses.
RATE = 200
ADDRESSES = 200
# A flood ends by itself, should nobody end it.
MOST_SECONDS = 120

BESIDE, NONE = f"{RATE} strangers a second", "none"
OPTIONS = ("-o", f"KexAlgorithms={login.CURVE25519}")


def _build(work):
    """The strangers' client, with the libssh that the gateway has, and what they try to log in with:
    a certificate that takes long to verify, of an authority that nobody knows."""
    prefix = os.environ.get("ZOMG_LIBSSH_PREFIX") or subprocess.run(
        [ROOT / "deploy" / "tools" / "libssh.sh"], check=True, capture_output=True,
        text=True).stdout.splitlines()[-1]
    program = work / "strangers"
    source = pathlib.Path(__file__).with_name("strangers.c")
    subprocess.run(["gcc", "-O1", "-DLIBSSH_STATIC", f"-I{prefix}/include", source, "-o", program,
                    f"{prefix}/lib/libssh.a", "-lcrypto"], check=True)
    for name in ("stranger", "authority"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-b", "384", "-N", "", "-f",
                        work / name], check=True)
    subprocess.run(["ssh-keygen", "-q", "-s", work / "authority", "-I", "stranger", "-n", "bench--box",
                    work / "stranger.pub"], check=True)
    return [program, work / "stranger", work / "stranger-cert.pub"]


@contextlib.contextmanager
def _flood(stage, program, key, certificate, seconds):
    """Yields a list that has, at the end, how many strangers a second came and were refused."""
    port = str(stage.ports["gateway"])
    command = [program, port, "bench--box", key, certificate, str(RATE), str(ADDRESSES), str(seconds)]
    told = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as strangers:
        yield told
        out = strangers.communicate()[0]
    told += [int(number) / seconds for number in out.split()]


def _logins(stage, seconds):
    """Milliseconds of one login after the other, for so long."""
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        times.append(1000 * login.log_in(stage, "gateway", OPTIONS))
    return times


def beside(stage, scale):
    """`ssh box true` while 200 strangers a second come, from 200 addresses, and while nobody does."""
    seconds = min(scale(20, 4), MOST_SECONDS)
    client = _build(stage.work)
    times = {BESIDE: [], NONE: []}
    rates = {"refused": [], "tried": []}
    _logins(stage, 1)
    for _ in range(scale(5, 1)):
        times[NONE] += _logins(stage, seconds)
        with _flood(stage, *client, seconds + 2) as told:
            time.sleep(1)  # until all of them are at it
            times[BESIDE] += _logins(stage, seconds)
        rates["tried"].append(told[0])
        rates["refused"].append(told[1])
    sides = (BESIDE, NONE)
    name = f"ssh box true, {{}}, {login.CURVE25519}: beside {RATE} strangers a second, and with none"
    yield Figure(name.format("p50"), "ms", times, False, sides=sides)
    yield Figure(name.format("p99"), "ms", times, False, sides=sides, percent=99)
    yield Figure("strangers a second: refused, and tried", "1/s", rates, True,
                 sides=("refused", "tried"))
