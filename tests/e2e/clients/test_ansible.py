"""Ansible 2.14 (ansible-core), with Python in the box."""

import json
import shlex

import pytest

from harness import leaks, tried

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(name="ansible")
def ansible_of(client, tmp_path):
    """ansible(module, arguments, …): the command line."""
    def words(module, arguments, *more, **options):
        flags = client.command("ssh", options=options)[1:]
        # As Ansible's own, but for a master that does not stay so long.
        flags += ["-o", "ControlMaster=auto", "-o", "ControlPersist=2s"]
        return ["ansible", "all", "-i", "box,", "-m", module, "-a", arguments, "-e",
                json.dumps({"ansible_ssh_args": shlex.join(flags),
                            "ansible_python_interpreter": "/usr/bin/python3",
                            "ansible_control_path_dir": str(tmp_path / "cp")}), *more]
    return words


ENVIRONMENT = {"ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8"}


def test_exec(client, ansible):
    done = tried.run(client, *ansible("shell", "echo out; echo err >&2; exit 42"), **ENVIRONMENT)
    assert done.status == 2 and "rc=42" in done.text
    assert "out" in done.text and "err" in done.text


def test_pipelining(client, ansible):
    """A module is the input of a command."""
    done = tried.run(client, *ansible("ping", ""), **ENVIRONMENT, ANSIBLE_PIPELINING="1").ok()
    assert '"pong"' in done.text


@pytest.mark.parametrize("method", ["sftp", "scp", "piped"])
def test_large_files(client, ansible, method, bulk, home):
    tried.run(client, *ansible("copy", f"src={bulk} dest=large"), **ENVIRONMENT,
              ANSIBLE_SSH_TRANSFER_METHOD=method).ok()
    assert tried.digest(home / "large") == tried.digest(bulk)
    (home / "large").unlink()


def test_async(client, ansible):
    done = tried.run(client, *ansible("shell", "sleep 1; echo the end", "-B", "30", "-P", "1"),
                     **ENVIRONMENT).ok()
    assert "the end" in done.text


def test_async_with_ansible_user(client, ansible, home):
    """Ansible asks the box's shell for `~demo--box1`, which no passwd has: it is told the directories."""
    told = {"ansible_remote_tmp": "/tmp/ansible", "ansible_async_dir": "/tmp/ansible_async"}
    done = tried.run(client, *ansible("shell", "sleep 1; echo the end", "-B", "30", "-P", "1", "-u",
                                      client.login, "-e", json.dumps(told)), **ENVIRONMENT).ok()
    assert "the end" in done.text and not list(home.glob("~*"))


def test_cut_off(client, ansible, bulk, box, gateway, home):
    def is_writing():
        return any(tried.has_bytes(path, tried.MIB) for path in (home / ".ansible").rglob("*"))
    with leaks.LeakCheck(box, gateway):
        with tried.killed(client, *ansible("copy", f"src={bulk} dest=cut"), when=is_writing,
                          **ENVIRONMENT):
            pass
