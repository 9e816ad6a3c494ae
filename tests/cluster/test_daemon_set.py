"""The DaemonSet on both nodes: each of its gateways takes any login, and enters its own node's boxes."""

import json
import pathlib
import subprocess

import pytest
import yaml

from gateway_pod import DAEMON_SET, NAMESPACE, for_an_old_cluster
from harness import waiting
from harness.client import Client


@pytest.fixture(name="run_directory", scope="module")
def _run_directory(cluster, tmp_path_factory):
    """A directory that has the containerd of each node under the node's name: both nodes are this
    machine, so one path cannot lead to two."""
    directory = tmp_path_factory.mktemp("run")
    mounts = [(directory, directory)]
    for node in (1, 2):
        (directory / cluster.node_name(node)).mkdir()
        mounts.append((pathlib.Path(cluster.node(node).socket).parent,
                       directory / cluster.node_name(node)))
    done = []
    try:
        for source, target in mounts:
            subprocess.run(["mount", "--bind", source, target], check=True)
            done.append(target)
            subprocess.run(["mount", "--make-private", target], check=True)
            subprocess.run(["mount", "--make-shared", target], check=True)
        yield directory
    finally:
        for target in reversed(done):
            subprocess.run(["umount", "--lazy", target], check=True)


@pytest.fixture(name="pods", scope="module")
def _pods(cluster, gateway_pod, run_directory):  # pylint: disable=unused-argument
    """The DaemonSet's pods by their nodes. All else that its manifest has is there already: it is
    what the Deployment has (test_manifests)."""
    manifest = for_an_old_cluster(DAEMON_SET.read_text(encoding="utf-8"))
    [text] = [document for document in yaml.safe_load_all(manifest)
              if document["kind"] == "DaemonSet"]
    template = text["spec"]["template"]
    # A label of its own, by which the Deployment's pod is none of these.
    for labels in (text["spec"]["selector"]["matchLabels"], template["metadata"]["labels"]):
        labels["app.kubernetes.io/name"] = "daemon-set"
    spec = template["spec"]
    [volume] = [volume for volume in spec["volumes"] if volume["name"] == "containerd"]
    volume["hostPath"]["path"] = str(run_directory)
    variables = spec["containers"][0]["env"]
    variables.insert(0, {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}})
    [socket] = [variable for variable in variables if variable["name"] == "ZOMG_SSH_CRI_SOCKET"]
    socket["value"] = "/run/containerd/$(NODE)/containerd.sock"
    cluster.apply(json.dumps(text))
    try:
        status, out, err = cluster.run_kubectl("-n", NAMESPACE, "rollout", "status",
                                               "daemonset/zomg-ssh-gateway", "--timeout=120s",
                                               timeout=150)
        assert status == 0, f"{out}{err}"
        found = cluster.get("-n", NAMESPACE, "pods", "-l", "app.kubernetes.io/name=daemon-set")
        yield {pod["spec"]["nodeName"]: pod for pod in found["items"]}
    finally:
        cluster.kubectl("-n", NAMESPACE, "delete", "daemonset", "zomg-ssh-gateway")


@pytest.fixture(name="far_box", scope="module")
def _far_box(cluster):
    with cluster.run_box("daemon", "far", node=2) as running:
        yield running


def test_every_node_has_one(cluster, pods):
    assert set(pods) == {cluster.node_name(1), cluster.node_name(2)}


@pytest.mark.parametrize("number, end", [(1, "by kubectl: no pod of this node"), (2, "exec")])
def test_any_of_them_takes_a_login(cluster, pods, gateway_pod, far_box, user_key, tmp_path, number,
                                   end):
    pod = pods[cluster.node_name(number)]
    client = Client(tmp_path / "client", gateway_pod, user_key, far_box.login,
                    HostName=pod["status"]["podIP"])
    done = client.ssh("hostname; exit 6")
    assert (done.status, done.text.strip()) == (6, far_box.name)

    def log():
        return cluster.kubectl("-n", NAMESPACE, "logs", pod["metadata"]["name"])
    waiting.until(lambda: any(" session 1 exec" in line and line.endswith(end)
                              for line in log().splitlines()), 20, log)
