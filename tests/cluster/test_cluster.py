"""The cluster itself: what other tests rely on, and that it leaves nothing."""

import os
import pathlib
import subprocess

from harness import waiting
from harness.cluster import Cluster

SETTINGS = ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops",
            "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes", "net/ipv4/ip_forward")


def kernel_settings():
    return {name: pathlib.Path("/proc/sys", name).read_text(encoding="ascii") for name in SETTINGS}


def test_both_nodes_run_pods_that_reach_the_api_server(cluster):
    for node in (1, 2):
        with cluster.run_box("demo", f"node{node}", node=node) as box:
            assert box.describe()["spec"]["nodeName"] == cluster.node_name(node)
            version = box.exec("sh", "-c", "wget -q -O- --no-check-certificate "
                                           "https://$KUBERNETES_SERVICE_HOST/version")
            assert '"gitVersion": "v1.20' in version


def test_a_box_is_on_the_containerd_of_its_node_alone(cluster):
    with cluster.run_box("demo", "elsewhere", node=2):
        assert not cluster.node(1).instance.sandboxes("demo", "elsewhere")
        assert cluster.node(2).instance.sandboxes("demo", "elsewhere")


def test_a_cluster_of_ones_own_can_be_hurt_and_leaves_nothing(tmp_path):
    before = kernel_settings()
    directory = tmp_path / "own"
    with Cluster(directory) as own:
        runs = [own.node(node).instance.settings["run"] for node in (1, 2)]
        bridges = [own.node(node).instance.settings["bridge"] for node in (1, 2)]
        cgroups = [own.node(node).instance.cgroup for node in (1, 2)]
        box = own.run_box("demo", "box1")
        for part in ("apiserver", "kubelet1"):
            own.kill(part)
            own.start(part)
        waiting.until(lambda: own.run_kubectl("exec", box.name, "--", "true")[0] == 0, 60,
                      "exec works again", interval=0.5)
        assert kernel_settings() == before
        logs = list(pathlib.Path("/var/log/pods").glob(f"*{box.describe()['metadata']['uid']}"))
        assert logs
        # As after a crash: the end finds pods, mounts and logs.
        own.kill("kubelet1")
    assert kernel_settings() == before
    assert not directory.exists()
    assert not any(path.exists() for path in logs)
    assert not any(os.path.exists(run) for run in runs)
    assert not any(os.path.exists(f"/sys/class/net/{bridge}") for bridge in bridges)
    assert not any(found for cgroup in cgroups
                   for found in pathlib.Path("/sys/fs/cgroup").glob(f"*{cgroup}"))
    for line in pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        assert str(directory) not in line and not any(run in line for run in runs)
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(directory) not in running and not any(run in running for run in runs)
