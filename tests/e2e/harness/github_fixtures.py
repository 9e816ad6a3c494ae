"""Fixtures of the tests whose keys come from the stand-in for GitHub."""

import pytest

from harness import keys, waiting
from harness.gateway import Gateway
from harness.github import Github


@pytest.fixture
def hub(tmp_path):
    with Github(tmp_path) as running:
        yield running


@pytest.fixture
def start(hub, node, tmp_path):
    """A function that starts a gateway with these users' keys; all share one state directory."""
    running = []

    def make(users, **settings):
        gateway = Gateway(tmp_path / f"gateway{len(running)}", node, None,
                          **{"ZOMG_SSH_STATE_DIR": str(tmp_path / "state"),
                             **hub.settings(users, **settings)})
        running.append(gateway)
        return gateway.__enter__()
    yield make
    for gateway in running:
        gateway.stop()


@pytest.fixture
def make_key(tmp_path):
    return lambda name: keys.make_user_key(tmp_path, name=name)


class User:
    """Somebody with a key, at a box of a gateway."""

    def __init__(self, connect, gateway, login, key):
        self._client = connect(gateway, login, key)

    def gets_in(self):
        return self._client.ssh("exit 9").status == 9

    def is_refused(self):
        done = self._client.ssh("exit 9")
        return done.status == 255 and "Permission denied" in done.errors

    def soon_gets_in(self):
        return waiting.until(self.gets_in, 20, "the key is known")

    def is_soon_refused(self):
        return waiting.until(self.is_refused, 20, "the key is known no more")


@pytest.fixture
def user(connect, box):
    return lambda gateway, key, login=box.login: User(connect, gateway, login, key)
