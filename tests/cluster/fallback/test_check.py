"""`zomg-ssh-gateway --check` and the Kubernetes API: whether it answers, and each verb."""

import json
import re
import subprocess

import pytest

from harness import paths, startup, waiting
from harness.gateway import clean_environment

VERBS = {"list pods": ("pods", "list"), "get pods": ("pods", "get"),
         "create pods/exec": ("pods/exec", "create"), "get pods/exec": ("pods/exec", "get")}
# Only newer ones of kubectl and of API servers want it.
LATER = "get pods/exec"


@pytest.fixture(name="check")
def _check(tmp_path, node, access):
    """A function that runs it and returns status, standard output and what the helper logged."""
    def run(**settings):
        wanted = startup.settings(tmp_path, **{"ZOMG_SSH_CRI_SOCKET": node.socket, **access, **settings})
        done = subprocess.run([paths.GATEWAY, "--check"], env=clean_environment(**wanted), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr
    return run


@pytest.fixture(name="account")
def _account(cluster):
    """A function that makes an account with the given rules and returns its kubeconfig."""
    made = []

    def make(rules, namespace="gateway", kind="ClusterRole"):
        name = f"checked-{len(made)}"
        place = {"namespace": namespace}
        where = {} if kind == "ClusterRole" else place
        group = "rbac.authorization.k8s.io"
        parts = [
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, **place}},
            {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": name, **where},
             "rules": [{"apiGroups": [""], "resources": [resource], "verbs": [verb]}
                       for resource, verb in rules]},
            {"apiVersion": f"{group}/v1", "kind": f"{kind}Binding", "metadata": {"name": name, **where},
             "roleRef": {"apiGroup": group, "kind": kind, "name": name},
             "subjects": [{"kind": "ServiceAccount", "name": name, **place}]}]
        made.append(json.dumps({"apiVersion": "v1", "kind": "List", "items": parts}))
        cluster.apply(made[-1])
        kubeconfig = str(cluster.service_account_kubeconfig(namespace, name))
        resource, verb = next(iter(rules))
        waiting.until(lambda: cluster.run_kubectl("auth", "can-i", verb, resource, "-n", namespace,
                                                  kubeconfig=kubeconfig)[1] == "yes\n",
                      20, "the API server has heard of the role")
        return kubeconfig
    yield make
    for text in made:
        cluster.kubectl("delete", "-f", "-", stdin=text)


def bad(out):
    return [line for line in out.splitlines() if line.startswith("BAD")]


def test_all_is_well(check):
    status, out, _ = check()
    assert (status, bad(out)) == (0, []), out
    for line in ("kubectl", "Kubernetes API: it answers",
                 *(f"Kubernetes API: {verb}: in all namespaces" for verb in VERBS)):
        assert f"ok       {line}\n" in out


def test_the_verb_of_later_versions_is_a_warning(check, account):
    kubeconfig = account([rule for verb, rule in VERBS.items() if verb != LATER])
    status, out, _ = check(KUBECONFIG=kubeconfig)
    assert (status, bad(out)) == (0, []), out
    assert f"warning  Kubernetes API: {LATER}: the gateway's account may not, " in out


@pytest.mark.parametrize("missing", set(VERBS) - {LATER})
def test_each_verb_that_is_missing_has_its_line(check, account, missing):
    kubeconfig = account([rule for verb, rule in VERBS.items() if verb != missing])
    status, out, _ = check(KUBECONFIG=kubeconfig)
    assert status == 1
    [line] = bad(out)
    assert line.startswith(f"BAD      Kubernetes API: {missing}: the gateway's account may not, ")
    assert "Grant it" in line


def test_an_account_of_one_namespace(check, account):
    kubeconfig = account(VERBS.values(), kind="Role")
    status, out, _ = check(KUBECONFIG=kubeconfig, ZOMG_SSH_NAMESPACE="gateway")
    assert status == 0 and out.count("in namespace gateway") == 4, out
    status, out, _ = check(KUBECONFIG=kubeconfig)
    assert status == 1 and len(bad(out)) == 3, out


def test_a_server_that_is_not_there(check, access, tmp_path):
    with open(access["KUBECONFIG"], encoding="utf-8") as file:
        text = file.read()
    elsewhere = tmp_path / "kubeconfig"
    elsewhere.write_text(re.sub(r'https://[^"]*', "https://127.0.0.1:9", text), encoding="utf-8")
    status, out, errors = check(KUBECONFIG=str(elsewhere))
    assert status == 1
    [line] = bad(out)
    assert line.startswith("BAD      Kubernetes API: no answer. See that ")
    # It is the unprivileged process that asks.
    assert re.search(r"zomg-ssh-kubernetes\[\d+\]: the Kubernetes API: .*127\.0\.0\.1", errors)


def test_a_token_that_is_none(check, access, tmp_path):
    with open(access["KUBECONFIG"], encoding="utf-8") as file:
        text = file.read()
    stale = tmp_path / "kubeconfig"
    stale.write_text(re.sub(r"token: [^}]*", "token: c3RhbGU", text), encoding="utf-8")
    status, out, errors = check(KUBECONFIG=str(stale))
    assert (status, len(bad(out))) == (1, 1) and "401 Unauthorized. See that the token" in out
    assert "c3RhbGU" not in out + errors


def test_a_kubeconfig_that_cannot_be_read(check, tmp_path):
    (tmp_path / "kubeconfig").write_text("clusters: {", encoding="utf-8")
    status, out, errors = check(KUBECONFIG=str(tmp_path / "kubeconfig"))
    assert (status, len(bad(out))) == (1, 1) and "BAD      Kubernetes API: zomg-ssh-kubernetes" in out
    assert "line 1" in errors


def test_kubectl_that_is_not_there(check):
    status, out, _ = check(ZOMG_SSH_KUBECTL="/nonexistent/kubectl")
    assert status == 1
    [line] = bad(out)
    assert line.startswith("BAD      kubectl: ") and "ZOMG_SSH_KUBECTL" in line


def test_kubectl_that_is_dynamically_linked(check):
    """As that of Debian 13 is; sessions have nothing but the program itself."""
    status, out, _ = check(ZOMG_SSH_KUBECTL="/usr/bin/true")
    assert status == 1
    [line] = bad(out)
    assert line.startswith("BAD      kubectl: it is dynamically linked") and "statically" in line


def test_a_gateway_that_has_no_cluster(check):
    status, out, _ = check(KUBECONFIG=None)
    assert status == 0 and "ok       Kubernetes API: is not asked" in out
    status, out, _ = check(KUBECONFIG=None, ZOMG_SSH_PATH="kubectl")
    assert status == 1 and "Set KUBECONFIG" in bad(out)[0]
    assert "Kubernetes" not in check(ZOMG_SSH_PATH="cri")[1]
