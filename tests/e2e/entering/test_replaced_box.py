"""A box that is replaced by a new pod under the same labels, as a rollout does."""

import pytest

from harness import waiting
from harness.control_master import master


@pytest.fixture
def pair(node, request):
    """A function that runs a pod of the test's login name; all are removed at the end."""
    made = []

    def run(**options):
        made.append(node.run("rollout", request.node.name.replace("_", "-")[:60].strip("-"),
                             **options))
        return made[-1]
    yield run
    for box in made:
        box.remove()


def which(client, **options):
    return client.ssh("echo $WHICH", **options).ok().text.strip()


def test_new_connection(pair, gateway, connect):
    first = pair(env={"WHICH": "first"})
    mine = connect(gateway, first.login)
    assert which(mine) == "first"
    first.remove()
    pair(env={"WHICH": "second"})
    assert which(mine) == "second"


def test_connection_that_was_there_before(pair, gateway, connect, tmp_path):
    first = pair(env={"WHICH": "first"})
    mine = connect(gateway, first.login)
    with master(mine, tmp_path) as options:
        assert which(mine, options=options) == "first"
        first.remove()
        gone = mine.ssh("true", options=options)
        assert gone.status == 255 and "no such box" in gone.errors
        pair(env={"WHICH": "second"})
        assert which(mine, options=options) == "second"


def test_restarted_container(pair, gateway, connect, tmp_path):
    """The pod stays, its container is another: what a crash and the kubelet make."""
    first = pair(env={"WHICH": "first"})
    mine = connect(gateway, first.login)
    with master(mine, tmp_path) as options:
        assert which(mine, options=options) == "first"
        first.node.instance.stop_container(first.container.id)
        assert mine.ssh("true", options=options).status == 255
        pair(env={"WHICH": "second"})
        assert which(mine, options=options) == "second"


def test_newest_of_two(pair, gateway, connect):
    old = pair(env={"WHICH": "old"})
    pair(env={"WHICH": "new"})
    since = gateway.log_size()
    assert which(connect(gateway, old.login)) == "new"
    gateway.wait_for_log("newest|several|more than one", since)


def test_two_namespaces_are_refused(pair, gateway, connect):
    """A label alone must not lead a user into a stranger's pod."""
    box = pair(namespace="mine")
    pair(namespace="theirs")
    done = connect(gateway, box.login).ssh("true")
    assert done.status == 255
    assert "More than one namespace" in done.errors


def test_session_in_the_old_box_ends(pair, gateway, connect):
    box = pair()
    mine = connect(gateway, box.login)
    with mine.start("echo ready; cat") as session:
        try:
            session.stdout.readline()
            box.remove()
            waiting.until(lambda: session.poll() is not None, 15, "the session ends")
            assert b"The box was stopped" in session.stderr.read()
        finally:
            session.kill()
