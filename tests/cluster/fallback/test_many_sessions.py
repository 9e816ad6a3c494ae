"""Many sessions by kubectl: every status right, and nothing left. More where ZOMG_TEST_LONG is set.

In a box of their own: in one that others share, what a killed gateway could not end waits for ten minutes.
"""

import concurrent.futures
import os

from harness import processes, waiting

SEQUENTIAL = 200 if os.environ.get("ZOMG_TEST_LONG") else 40
PARALLEL = 20


def nothing_is_left(gateway, box):
    waiting.until(lambda: not box.processes() and not gateway.pids("zomg-ssh-kubectl")
                  and not gateway.pids("kubectl"), 60,
                  lambda: ([processes.arguments(pid)[:4] for pid in box.processes()],
                           gateway.pids("zomg-ssh-kubectl")))


def test_one_after_another(gateway, own_box, connect):
    client = connect(gateway, own_box.login)
    nothing_is_left(gateway, own_box)
    statuses = [client.ssh(f"exit {number % 256}", timeout=60).status for number in range(SEQUENTIAL)]
    assert statuses == [number % 256 for number in range(SEQUENTIAL)]
    nothing_is_left(gateway, own_box)


def test_at_once(gateway, own_box, connect):
    client = connect(gateway, own_box.login)
    nothing_is_left(gateway, own_box)

    def session(number):
        done = client.ssh(f"cat; exit {number}", stdin=f"{number}\n".encode() * 1000, timeout=120)
        return done.status, done.out == f"{number}\n".encode() * 1000
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        ended = list(pool.map(session, range(PARALLEL)))
    assert ended == [(number, True) for number in range(PARALLEL)]
    nothing_is_left(gateway, own_box)
