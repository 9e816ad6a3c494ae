"""What the Kubernetes API says of a pod of this node: labels that are taken away, and a pod that is not ready."""

import pytest

from harness import keys, waiting
from harness.api_server import ApiServer
from harness.gateway import Gateway


@pytest.fixture(name="api")
def api_server(tmp_path):
    tmp_path.chmod(0o711)
    with ApiServer(tmp_path / "api") as running:
        yield running


@pytest.fixture(name="started")
def gateway_with_api(tmp_path, node, user_key, api):
    """started(ZOMG_SSH_…="…"): a gateway that asks the API."""
    running = []

    def start(**settings):
        running.append(Gateway(tmp_path / "gateway", node, keys.public_half(user_key), **api.settings,
                               **settings))
        return running[-1].__enter__()
    yield start
    for gateway in running:
        gateway.__exit__(None, None, None)


def add(api, box, **options):
    api.add(*box.login.split("--"), box.pod.name, **options)


def refusal_of(client):
    done = client.ssh("true")
    return done if done.status else None


@pytest.mark.parametrize("seconds", [0, 0.3])
def test_labels_that_were_taken_away_let_nobody_in(api, started, own_box, connect, seconds):
    """The container runtime keeps those that the pod began with. Also where the API answers slowly, but
    for one login: how slow it is has to be seen."""
    add(api, own_box)
    api.answer_after(seconds)
    gateway = started()
    client = connect(gateway, own_box.login)
    for _ in range(2):
        client.ssh("true").ok()
    api.remove(own_box.pod.name)
    # On a busy machine a slow answer may take more than twice what others took.
    done = waiting.until(lambda: refusal_of(client), 20, "a login is refused") if seconds else \
        client.ssh("true")
    assert done.status == 255 and "There is no such box" in done.errors
    gateway.wait_for_log("of this node has these labels no more")


@pytest.mark.parametrize("status", [429, 503])
def test_a_no_outlasts_a_server_that_says_nothing(api, started, own_box, connect, status):
    """Until it says otherwise. A pod that it said no such thing of goes on."""
    add(api, own_box)
    client = connect(started(), own_box.login)
    client.ssh("true").ok()
    api.answer_with(status)
    client.ssh("true").ok()
    api.answer_with(200)
    api.remove(own_box.pod.name)
    waiting.until(lambda: refusal_of(client), 20, "a login is refused")
    api.answer_with(status)
    for _ in range(2):
        done = client.ssh("true")
        assert done.status == 255 and "There is no such box" in done.errors
    api.answer_with(200)
    add(api, own_box)
    client.ssh("true").ok()
    api.answer_with(status)
    client.ssh("true").ok()


def test_a_pod_beside_another_that_has_its_labels_now(api, started, own_box, connect):
    """Though that one does not run."""
    add(api, own_box)
    client = connect(started(), own_box.login)
    client.ssh("true").ok()
    api.remove(own_box.pod.name)
    api.add(*own_box.login.split("--"), "another", running=False)
    done = waiting.until(lambda: refusal_of(client), 20, "a login is refused")
    assert "The box is not running yet" in done.errors


def test_a_pod_that_runs_and_is_not_ready_is_entered(api, started, own_box, connect):
    add(api, own_box, ready=False)
    assert connect(started(), own_box.login).ssh("exit 6").status == 6


def test_a_pod_that_runs_and_is_not_ready_is_reached_by_kubectl(api, started, own_box, connect):
    add(api, own_box, ready=False)
    gateway = started(ZOMG_SSH_PATH="kubectl")
    with connect(gateway, own_box.login).start("true") as session:
        try:
            gateway.wait_for_log("exec by kubectl")
        finally:
            session.kill()
