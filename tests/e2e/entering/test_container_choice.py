"""Which container of a pod: the one that the user names, else the annotated one, else the one named
`box`, else the first."""

import pytest

from harness import keys, paths  # noqa: F401  paths makes pods importable
from harness.gateway import Gateway
import pods

ANNOTATION = "kubectl.kubernetes.io/default-container"


def specs(*names):
    return [pods.ContainerSpec(name=name, env={"WHICH": name}) for name in names]


@pytest.mark.parametrize("names, annotation, chosen", [
    (("first", "second"), None, "first"),
    (("first", "box"), None, "box"),
    (("first", "box", "third"), "third", "third"),
    (("box", "sidecar"), "sidecar", "sidecar"),
])
def test_choice(node, gateway, connect, names, annotation, chosen):
    annotations = {ANNOTATION: annotation} if annotation else {}
    with node.box("choice", "box", containers=specs(*names), annotations=annotations) as box:
        assert connect(gateway, box.login).sh("echo $WHICH") == chosen + "\n"


def test_annotated_container_that_does_not_run(node, gateway, connect):
    """Another one is not what was asked for."""
    with node.box("choice", "missing", containers=specs("first", "box"),
                  annotations={ANNOTATION: "missing"}) as box:
        done = connect(gateway, box.login).ssh("true")
    assert (done.status, "The box is not running yet" in done.errors) == (255, True)


@pytest.fixture(scope="module")
def pair(node):
    with node.box("choice", "pair", containers=specs("app", "logger")) as box:
        yield box


def test_the_user_names_one(gateway, connect, pair):
    assert connect(gateway, pair.login + "+logger").sh("echo $WHICH") == "logger\n"
    assert connect(gateway, pair.login + "+app").sh("echo $WHICH") == "app\n"


def test_a_name_that_is_none_says_which_there_are(gateway, connect, pair):
    done = connect(gateway, pair.login + "+loger").ssh("true")
    assert done.status == 255
    assert "The box has no such container." in done.errors and "It has: app, logger." in done.errors


def test_a_restriction_to_a_box_holds_for_its_containers(tmp_path, node, user_key, connect, pair):
    """Nor does a pattern that leaves the box out let its containers in."""
    line = 'boxes="*,!choice--pair" ' + keys.public_half(user_key)
    with Gateway(tmp_path / "gateway", node, line) as restricted:
        assert connect(restricted, pair.login + "+logger").ssh("true").status == 255
        assert "not into this box" in restricted.log()


def test_the_first_is_still_the_first_after_a_restart(node, gateway, connect):
    app, logger = specs("app", "logger")
    with node.box("choice", "restart", containers=[app, logger]) as box:
        client = connect(gateway, box.login)
        node.instance.stop_container(box.pod.containers["app"].id)
        done = client.ssh("true")
        assert (done.status, "The box is not running yet" in done.errors) == (255, True)
        node.instance.restart_container(box.pod, app)
        assert client.sh("echo $WHICH") == "app\n"


def test_where_the_order_is_lost_nothing_is_guessed(node, gateway, connect):
    """The kubelet keeps one dead attempt of a container."""
    app, logger = specs("app", "logger")
    with node.box("choice", "lost", containers=[app, logger]) as box:
        first = box.pod.containers["app"].id
        node.instance.stop_container(first)
        node.instance.restart_container(box.pod, app)
        node.instance.call("RemoveContainer", container_id=first)
        done = connect(gateway, box.login).ssh("true")
        assert done.status == 255 and "It has: logger, app." in done.errors
        assert connect(gateway, box.login + "+app").sh("echo $WHICH") == "app\n"
