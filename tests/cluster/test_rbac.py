"""The role in the manifest: each of its verbs is needed, and there is nothing beside them."""

import json

import pytest

from gateway_pod import NAMESPACE

# What the gateway does with each rule, as (resource, verb): a kubectl command of the account.
USES = {
    ("pods", "list"): ("get", "pods", "-A", "-l", "zomg.ai/project=demo,zomg.ai/box=deployed"),
    # kubectl looks at the pod before it asks for the exec.
    ("pods", "get"): ("exec", "{pod}", "--", "true"),
    ("pods/exec", "create"): ("exec", "{pod}", "--", "true"),
}
# What a kubectl from 1.31 on asks with, of any server, and a server from 1.35 on wants beside the other.
LATER = {("pods/exec", "get")}


@pytest.fixture(name="account", scope="module")
def _account(cluster, gateway_pod):  # pylint: disable=unused-argument
    return cluster.service_account_kubeconfig(NAMESPACE, "zomg-ssh-gateway")


def role(cluster):
    return cluster.get("clusterrole", "zomg-ssh-gateway")


def verbs(rules):
    return {(resource, verb) for rule in rules for resource in rule["resources"]
            for verb in rule["verbs"]}


def test_the_role_has_the_verbs_that_are_tested_and_no_other(cluster, gateway_pod):
    rules = role(cluster)["rules"]
    assert verbs(rules) == set(USES) | LATER
    assert all(rule["apiGroups"] == [""] for rule in rules)
    bindings = [binding for kind in ("clusterrolebindings", "rolebindings")
                for binding in cluster.get("-A", kind)["items"]
                if any(subject.get("name") == "zomg-ssh-gateway"
                       for subject in binding.get("subjects") or [])]
    assert [binding["roleRef"]["name"] for binding in bindings] == ["zomg-ssh-gateway"]
    assert gateway_pod.pod()["spec"]["serviceAccountName"] == "zomg-ssh-gateway"


def test_the_account_may_do_nothing_else(cluster, account):
    """What the API server itself says, without what every service account may do."""
    def allowed(name):
        lines = cluster.kubectl(
            "auth", "can-i", "--list", f"--as=system:serviceaccount:{NAMESPACE}:{name}",
            *(f"--as-group={group}" for group in (
                "system:serviceaccounts", f"system:serviceaccounts:{NAMESPACE}",
                "system:authenticated"))).splitlines()
        return {" ".join(line.split()) for line in lines}
    own = allowed("zomg-ssh-gateway") - allowed("default")
    assert {line.split()[0]: line.split("[")[-1].rstrip("]") for line in own} == {
        "pods": "get list", "pods/exec": "create get"}
    for what in (("get", "secrets"), ("create", "pods"), ("delete", "pods"), ("get", "nodes"),
                 ("create", "pods/portforward"), ("create", "pods/attach"), ("watch", "pods")):
        _, out, _ = cluster.run_kubectl("auth", "can-i", *what, "-A", kubeconfig=account)
        assert out.strip() == "no", what


@pytest.mark.parametrize("use", USES, ids=" ".join)
def test_each_verb_is_needed(cluster, account, box, use):
    command = [part.format(pod=box.name) for part in USES[use]]
    assert cluster.run_kubectl(*command, kubeconfig=account)[0] == 0
    whole = role(cluster)["rules"]
    without = [{**rule, "resources": [resource], "verbs": [verb]} for rule in whole
               for resource, verb in verbs([rule]) if (resource, verb) != use]
    patch_rules(cluster, without)
    try:
        status, _, err = cluster.run_kubectl(*command, kubeconfig=account)
        assert status != 0 and "forbidden" in err.lower(), err
    finally:
        patch_rules(cluster, whole)
    assert cluster.run_kubectl(*command, kubeconfig=account)[0] == 0


def patch_rules(cluster, rules):
    cluster.kubectl("patch", "clusterrole", "zomg-ssh-gateway", "--type=json", "-p",
                    json.dumps([{"op": "replace", "path": "/rules", "value": rules}]))
