"""Fixtures: an operator with a home directory, an age identity and a profile; the packages."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from debian import Fresh, make_packages  # noqa: E402  pylint: disable=wrong-import-position

DEPLOY = HERE.parents[1] / "deploy"
TOOLS = {"zomg": DEPLOY / "client/zomg", "host-key.sh": DEPLOY / "host_key/host-key.sh"}

PROFILES = """active_profile: dev
profiles:
  dev: {gateway_host: gateway.example.org, project: demo, ssh_host: vm.example.org}
  six: {gateway_host: "2001:db8::1", port: 22, project: demo, deploy_ssh_host: admin@vm}
"""


class Operator:
    """Runs the tools in a home of its own, with stand-ins for ssh and kubectl first on PATH."""

    def __init__(self, home):
        self.home = home
        self.programs = home / "bin"
        self.programs.mkdir()
        self.identity = home / ".config/sops/age/keys.txt"
        self.identity.parent.mkdir(parents=True)
        subprocess.run(["age-keygen", "-o", self.identity], check=True, capture_output=True)
        self.write_profiles(PROFILES)
        self.key_file = home / "host-key.sops.yaml"

    def write_profiles(self, text):
        path = self.home / ".config/zomg/profiles.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def stand_in(self, name, script):
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, tool, *arguments, **environment):
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith(("ZOMG_", "SOPS_", "XDG_"))}
        return subprocess.run(
            [TOOLS[tool], *arguments], cwd=self.home, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60, check=False,
            env={**inherited, "HOME": str(self.home), "PATH": f"{self.programs}:{os.environ['PATH']}",
                 **environment})

    def ok(self, tool, *arguments, **environment):
        done = self.run(tool, *arguments, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def operator(tmp_path):
    return Operator(tmp_path)


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """The packages by their names."""
    return make_packages(tmp_path_factory.mktemp("packages"))


@pytest.fixture(scope="session")
def fresh(tmp_path_factory, packages):
    """A fresh Debian with both packages installed, to run commands in."""
    made = Fresh(tmp_path_factory.mktemp("fresh") / "root", packages)
    yield made
    shutil.rmtree(made.root)
