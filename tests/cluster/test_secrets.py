"""The operator's tools on a real API server: the host key and the authorized keys as secrets."""

import base64
import json
import os
import pathlib
import subprocess

import pytest

from harness import paths

NAMESPACE = "secrets-test"
KEY_LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEsrmxU422tG0JT90ozZHfpMm33yeEdCDZhPR/za8pPE me"


class Operator:
    """Has a home with a host key, and a kubeconfig for the cluster."""

    def __init__(self, home, cluster):
        self.home = home
        self.cluster = cluster
        identity = home / "keys.txt"
        subprocess.run(["age-keygen", "-o", identity], check=True, capture_output=True)
        path = f"{pathlib.Path(cluster.kubectl_path).parent}:{os.environ['PATH']}"
        self.environment = {
            "HOME": str(home), "PATH": path, "LANG": "C.UTF-8",
            "KUBECONFIG": str(cluster.kubeconfig), "K8S_AUTH_KUBECONFIG": str(cluster.kubeconfig),
            "SOPS_AGE_KEY_FILE": str(identity), "ZOMG_SSH_DEPLOY_NAMESPACE": NAMESPACE,
            "ZOMG_SSH_HOST_KEY_FILE": str(home / "host-key.sops.yaml"),
        }
        self.tool("generate")
        self.private_key = self.tool("show")

    def run(self, *command):
        return subprocess.run(list(map(str, command)), env=self.environment, cwd=self.home,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, check=False)

    def tool(self, command):
        done = self.run(paths.ROOT / "deploy/host_key/host-key.sh", command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def playbook(self, *options):
        """Runs the role; what it printed, and its counts of one host."""
        variables = {"zomg_ssh_namespace": NAMESPACE, "zomg_ssh_authorized_keys": [KEY_LINE],
                     "zomg_ssh_host_key_file": str(self.home / "host-key.sops.yaml")}
        # Debian's python3 has the Kubernetes client, whatever else is called python3 here.
        done = self.run("ansible-playbook", "-vvv", paths.ROOT / "deploy/ansible/site.yml",
                        "-e", json.dumps(variables),
                        "-e", "ansible_python_interpreter=/usr/bin/python3", *options)
        assert done.returncode == 0, done.stdout + done.stderr
        recap = done.stdout.rsplit("PLAY RECAP", 1)[1]
        counts = dict(word.split("=") for word in recap.split() if "=" in word)
        return done.stdout + done.stderr, counts

    def secret(self, name, key):
        """A value of a secret; None where there is none."""
        status, out, _ = self.cluster.run_kubectl("-n", NAMESPACE, "get", "secret", name, "-o", "json")
        return base64.b64decode(json.loads(out)["data"][key]).decode() if status == 0 else None


@pytest.fixture
def operator(tmp_path, cluster):
    yield Operator(tmp_path, cluster)
    cluster.run_kubectl("delete", "namespace", NAMESPACE, "--wait=true", "--ignore-not-found",
                        timeout=120)


def test_host_key_is_applied_as_it_is_and_in_one_place(operator, cluster):
    cluster.kubectl("create", "namespace", NAMESPACE)
    for _ in range(2):
        operator.tool("apply")
        assert operator.secret("zomg-ssh-host-key", "host-ed25519") == operator.private_key
    secret = cluster.get("-n", NAMESPACE, "secret", "zomg-ssh-host-key")
    assert "annotations" not in secret["metadata"]


def test_the_role_makes_both_secrets_and_then_changes_nothing(operator):
    said, counts = operator.playbook("--check")
    assert counts["changed"] != "0" and operator.secret("zomg-ssh-host-key", "host-ed25519") is None
    outputs = [said]
    said, counts = operator.playbook()
    assert counts["changed"] == "3"
    outputs.append(said)
    assert operator.secret("zomg-ssh-host-key", "host-ed25519") == operator.private_key
    assert operator.secret("zomg-ssh-authorized-keys", "authorized_keys") == KEY_LINE + "\n"
    said, counts = operator.playbook()
    assert counts["changed"] == "0"
    outputs.append(said)
    # Neither as it is nor as the API has it.
    hidden = [operator.private_key.splitlines()[2],
              base64.b64encode(operator.private_key.encode()).decode()[200:260]]
    for output in outputs:
        assert not [secret for secret in hidden if secret in output]
