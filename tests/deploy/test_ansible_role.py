"""The role: the private key never gets into a file on the host that it is applied from."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# In the place of kubernetes.core.k8s: looks for what it was given in all files that Ansible may have
# made for it, while they are there, and says where it found it and what it was to make.
STAND_IN = '''
import json, os
from ansible.module_utils.basic import AnsibleModule

def files_with(text, directories):
    for directory in directories:
        for path, _, names in os.walk(directory):
            for name in names:
                try:
                    with open(os.path.join(path, name), "rb") as file:
                        if text in file.read():
                            yield os.path.join(path, name)
                except OSError:
                    pass

def main():
    module = AnsibleModule({"state": {}, "definition": {"type": "dict"}}, supports_check_mode=True)
    definition = module.params["definition"]
    report = {"name": definition["metadata"]["name"], "files": []}
    for value in definition.get("data", {}).values():
        report["files"] += files_with(value[:60].encode(), json.loads(os.environ["SEARCHED"]))
    with open(os.environ["REPORTS"], "a") as reports:
        reports.write(json.dumps(report) + "\\n")
    module.exit_json(changed=True)

main()
'''


class Play:
    """Applies the role with the stand-in, in directories of its own."""

    def __init__(self, operator, tmp_path):
        self.operator = operator
        operator.ok("host-key.sh", "generate")
        collections = tmp_path / "collections"
        modules = collections / "ansible_collections/kubernetes/core/plugins/modules"
        modules.mkdir(parents=True)
        (modules / "k8s.py").write_text(STAND_IN, encoding="utf-8")
        self.reports = tmp_path / "reports"
        places = {name: tmp_path / name for name in ("remote", "local", "tmp")}
        for place in places.values():
            place.mkdir()
        self.environment = {
            "HOME": str(operator.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
            "SOPS_AGE_KEY_FILE": str(operator.identity), "REPORTS": str(self.reports),
            "SEARCHED": json.dumps([str(place) for place in (*places.values(), operator.home)]),
            "ANSIBLE_COLLECTIONS_PATH": str(collections), "TMPDIR": str(places["tmp"]),
            "ANSIBLE_REMOTE_TMP": str(places["remote"]), "ANSIBLE_LOCAL_TEMP": str(places["local"]),
        }

    def run(self, **environment):
        variables = {"zomg_ssh_authorized_keys": ["ssh-ed25519 AAAA me"],
                     "zomg_ssh_host_key_file": str(self.operator.key_file),
                     "ansible_python_interpreter": "/usr/bin/python3"}
        done = subprocess.run(
            ["ansible-playbook", "-vvv", ROOT / "deploy/ansible/site.yml",
             "-e", json.dumps(variables)], env={**self.environment, **environment},
            cwd=self.operator.home, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300, check=False)
        reports = []
        if self.reports.exists():
            reports = [json.loads(line) for line in self.reports.read_text("utf-8").splitlines()]
        return done, {report["name"]: report["files"] for report in reports}


@pytest.fixture(name="play")
def a_play(operator, tmp_path):
    return Play(operator, tmp_path)


def test_no_file_has_the_private_key(play):
    done, found = play.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert found["zomg-ssh-host-key"] == []
    assert found["zomg-ssh-authorized-keys"] == []


def test_where_ansible_is_to_keep_its_files_the_role_does_nothing(play):
    """ANSIBLE_KEEP_REMOTE_FILES goes before pipelining."""
    done, found = play.run(ANSIBLE_KEEP_REMOTE_FILES="1")
    assert done.returncode != 0 and "ANSIBLE_KEEP_REMOTE_FILES" in done.stdout
    assert "zomg-ssh-host-key" not in found
