"""A user has boxes looked up without end, at an API that answers: it hinders nobody else, and does not make the API look
slow, so that labels count which it has no more."""

import contextlib
import itertools
import threading
import time

import pytest

from harness import keys, waiting
from harness.api_server import ApiServer
from harness.audit import Trail
from harness.gateway import Gateway
from harness.played_connection import Ended, PlayedConnection, programs


@contextlib.contextmanager
def threads(count, run):
    """`run()` again and again, in so many threads."""
    over = threading.Event()

    def loop():
        while not over.is_set():
            run()
    running = [threading.Thread(target=loop) for _ in range(count)]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in running:
            thread.join()


@pytest.fixture(name="api")
def api_server(tmp_path):
    tmp_path.chmod(0o711)
    with ApiServer(tmp_path / "api") as running:
        yield running


@pytest.mark.timeout(240)
def test_lookups_of_who_left_are_waited_for_by_nobody(api, tmp_path, node, user_key):
    """Each login is for another box, and left at once."""
    other = keys.make_user_key(tmp_path, name="other")
    both = f"{keys.public_half(user_key)}\n{keys.public_half(other)}"
    api.answer_after(0.3)
    numbers = itertools.count()
    with Gateway(tmp_path / "gateway", node, both, program=programs(tmp_path / "bin"),
                 **api.settings) as gateway:
        trail = Trail(tmp_path / "gateway" / "audit.jsonl")

        def log_in_and_leave():
            with contextlib.suppress(Ended), PlayedConnection(gateway) as made:
                made.sign()
                made.verify(f"demo--nowhere{next(numbers)}", user_key)
        with threads(4, log_in_and_leave):
            time.sleep(20)
            with PlayedConnection(gateway) as victim:
                victim.sign()
                assert victim.verify(api.login, other)
                lookup = trail.wait_for("lookup", 45, user=api.login)
        print(f"{next(numbers)} logins; the other's lookup: {lookup}")
        assert lookup["found"] and lookup["duration_us"] < 10_000_000


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seconds", [0.05, 0.3])
def test_labels_that_were_taken_away_do_not_come_back(api, tmp_path, node, user_key, own_box, connect,
                                                      seconds):
    """With 24 other logins of that user under way, each for another box."""
    api.add(*own_box.login.split("--"), own_box.pod.name)
    api.answer_after(seconds)
    numbers = itertools.count()
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), **api.settings) as gateway:
        client = connect(gateway, own_box.login)
        for _ in range(3):
            client.ssh("true").ok()
        api.remove(own_box.pod.name)
        waiting.until(lambda: client.ssh("true").status == 255, 30, "refused")
        with threads(24, lambda: connect(gateway, f"demo--nowhere{next(numbers)}").ssh("true")):
            time.sleep(3)
            let_in = sum(client.ssh("echo in").out == b"in\n" for _ in range(10))
        assert let_in == 0
