#!/usr/bin/python3
"""A soak: mixed logins, transfers and kills for some minutes, and what the gateway grows by.

  soak.py [MINUTES]      default 30

As root, with a build (ZOMG_BIN names its programs) and what tests/run.sh installs. Prints a line of
figures every ten seconds and a table at the end; status 1 when memory, descriptors or processes grew.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

# pylint: disable=wrong-import-position
from harness import keys, processes, terminal, waiting  # noqa: E402
from harness.client import Client  # noqa: E402
from harness.gateway import (AUDIT, CONNECTION, LISTENER, METRICS, MONITOR, RESOLVER,  # noqa: E402
                             SESSIOND, Gateway, free_port)
from harness.node import Node  # noqa: E402

LASTING = {"supervisor": None, MONITOR: MONITOR, LISTENER: LISTENER, RESOLVER: RESOLVER,
           AUDIT: AUDIT, METRICS: METRICS}
SAMPLE_SECONDS = 10
WORKERS = 6
# Beyond these, something is kept that should have been let go.
MOST_GROWTH_KIB = 1024
MOST_GROWTH_DESCRIPTORS = 2


class Load:
    """Threads that do what users do, until they are told to stop."""

    def __init__(self, gateway, login, key, directory):
        self.gateway = gateway
        self.stop = threading.Event()
        self.counts = {}
        self.failures = []
        self._login, self._key, self._directory = login, key, directory
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, args=(number,))
                         for number in range(WORKERS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self._threads:
            thread.join(60)

    def _count(self, what):
        with self._lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def _work(self, number):
        client = Client(self._directory / f"client{number}", self.gateway, self._key, self._login)
        deeds = [self._command, self._command, self._shell, self._transfer, self._vanish,
                 self._stranger]
        chance = random.Random(number)
        while not self.stop.is_set():
            deed = chance.choice(deeds)
            try:
                deed(client)
                self._count(deed.__name__.strip("_"))
            except AssertionError as failure:
                # A kill of a helper may fail a login that was under way; nothing else may.
                self._count("failed")
                with self._lock:
                    self.failures.append(f"{deed.__name__}: {str(failure)[:300]}")

    def _command(self, client):
        assert client.ssh("exit 9", timeout=60).status == 9

    def _shell(self, client):
        with terminal.shell(client) as screen:
            screen.expect(r"[#$] ")
            screen.send("exit 4\n")
            assert screen.wait() == 4

    def _transfer(self, client):
        size = 4 << 20
        done = client.ssh("cat", stdin=bytes(size), timeout=60)
        assert (done.status, len(done.out)) == (0, size), done.errors

    def _vanish(self, client):
        with client.start("echo ready; cat") as session:
            session.stdout.readline()
            session.kill()

    def _stranger(self, client):
        with subprocess.Popen(["ssh-keyscan", "-p", str(self.gateway.port), "127.0.0.1"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as scan:
            scan.wait(30)


def size_of(pid):
    """Private and shared resident memory in KiB, and descriptors."""
    resident = int(processes.status(pid).get("VmRSS", "0 kB").split()[0])
    try:
        return resident, len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return resident, 0


def sample(gateway):
    figures = {}
    for name, program in LASTING.items():
        pids = [gateway.process.pid] if program is None else gateway.pids(program)
        if len(pids) == 1:
            figures[name] = size_of(pids[0])
    figures["processes"] = len(gateway.pids(CONNECTION)) + len(gateway.pids(SESSIOND))
    return figures


def quiet_sample(gateway):
    """When nobody is connected: what is there then is kept."""
    waiting.until(lambda: not gateway.pids(CONNECTION) + gateway.pids(SESSIOND), 60,
                  "all sessions are gone")
    waiting.until(lambda: all(len(gateway.pids(program)) == 1 for program in LASTING.values()
                              if program), 60, "all helpers run")
    return sample(gateway)


def run_load(gateway, login, key, directory, seconds, kill):
    """Some load; `kill`: with a kill -9 of some process of ours every ten seconds."""
    with Load(gateway, login, key, directory) as load:
        deadline = time.monotonic() + seconds
        victims = [LISTENER, RESOLVER, AUDIT, METRICS, MONITOR, CONNECTION]
        turn = 0
        while time.monotonic() < deadline:
            load.stop.wait(min(SAMPLE_SECONDS, max(0, deadline - time.monotonic())))
            print(json.dumps({"left": round(deadline - time.monotonic()), **load.counts,
                              **sample(gateway)}), flush=True)
            if kill:
                pids = gateway.pids(victims[turn % len(victims)])
                turn += 1
                if pids:
                    processes.kill(pids[0])
    return load


def grown(before, after, own):
    """What grew by more than it may; `own`: the processes that are the same as before."""
    wrong = []
    for name in own:
        memory = after[name][0] - before[name][0]
        descriptors = after[name][1] - before[name][1]
        if memory > MOST_GROWTH_KIB or descriptors > MOST_GROWTH_DESCRIPTORS:
            wrong.append(f"{name}: {memory} KiB and {descriptors} descriptors more")
    return wrong


def soak(directory, minutes):
    key = keys.make_user_key(directory)
    wrong = []
    with Node(directory / "node") as node, node.box("demo", "soak") as box, \
            Gateway(directory / "gateway", node, keys.public_half(key),
                    ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{free_port()}") as gateway:
        seconds = minutes * 60
        # Allocators and caches fill first.
        run_load(gateway, box.login, key, directory / "warm", min(60, seconds / 6), kill=False)
        steady = [quiet_sample(gateway)]
        in_box = len(box.processes())
        load = run_load(gateway, box.login, key, directory / "steady", seconds / 2, kill=False)
        steady.append(quiet_sample(gateway))
        wrong += [f"without kills: {failure}" for failure in load.failures]
        wrong += grown(*steady, LASTING)
        load = run_load(gateway, box.login, key, directory / "kills", seconds / 3, kill=True)
        killed = quiet_sample(gateway)
        # All but the supervisor were killed: they are young, and may not be larger than the old.
        wrong += grown(steady[0], killed, LASTING)
        children = [pid for pid in processes.all_pids()
                    if processes.status(pid).get("PPid") == str(gateway.process.pid)]
        if len(children) != 1:
            wrong.append(f"the supervisor has {len(children)} children")
        left = waiting.until(lambda: len(box.processes()) <= in_box, 30, "the box is as before")
        print("\n| process | KiB, descriptors after warming up | after the load | after the kills |")
        print("|---|---|---|---|")
        for name in LASTING:
            print(f"| {name} | " + " | ".join(f"{one[name][0]}, {one[name][1]}"
                                              for one in (*steady, killed)) + " |")
        print(f"\nwith kills: {load.counts}; box as before: {left}")
    return wrong


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory(prefix="zomg-soak.", dir="/var/tmp") as directory:
        os.chmod(directory, 0o711)
        wrong = soak(pathlib.Path(directory), minutes)
    for line in wrong:
        print(f"wrong: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
