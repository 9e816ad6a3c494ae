"""Which container of a pod: the annotated one, else the one named `box`, else the first."""

import pytest

from harness import paths  # noqa: F401  makes pods importable
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
