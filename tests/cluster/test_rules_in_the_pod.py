"""A session through the deployed gateway is what `kubectl exec` into the same container is."""

import re

import pytest

from harness.client import Client

STATUS = ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
          "Seccomp", "Seccomp_filters")
NAMESPACES = ("cgroup", "ipc", "net", "pid", "time", "user", "uts")
SHOW = ("cat /proc/self/status /proc/self/cgroup /proc/self/limits; "
        "echo oom_score_adj: $(cat /proc/self/oom_score_adj); "
        f"for name in {' '.join(NAMESPACES)}; do readlink /proc/self/ns/$name; done")

KINDS = {
    "plain": {},
    "limited": {"resources": {"limits": {"memory": "64Mi", "cpu": "200m"}}},
    "drop-all": {"securityContext": {"capabilities": {"drop": ["ALL"]}}},
    "no-new-privs": {"securityContext": {"allowPrivilegeEscalation": False}},
}


def without_what_differs(text):
    """What is one process's own: its name, numbers and counters."""
    fields = "|".join(STATUS)
    wanted = re.compile(rf"^(({fields}|oom_score_adj):|\d+:|Max |[a-z]+:\[)")
    return [line for line in text.splitlines() if wanted.match(line)]


@pytest.fixture(name="of_kind", params=KINDS)
def _of_kind(request, cluster, gateway_pod, user_key, tmp_path):
    with cluster.run_box("kind", request.param, **KINDS[request.param]) as box:
        yield box, Client(tmp_path / "client", gateway_pod, user_key, box.login,
                          HostName=gateway_pod.address)


def test_a_session_is_what_kubectl_exec_gives(of_kind):
    box, client = of_kind
    through_kubectl = without_what_differs(box.exec("sh", "-c", SHOW))
    assert len(through_kubectl) > len(STATUS) + len(NAMESPACES)
    assert any(line.startswith("oom_score_adj: ") for line in through_kubectl)
    assert without_what_differs(client.sh(SHOW)) == through_kubectl
