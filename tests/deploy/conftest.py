"""Fixtures: an operator with a home directory, an age identity and a profile."""

import os
import pathlib
import subprocess

import pytest

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"

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
            [DEPLOY / tool, *arguments], cwd=self.home, stdin=subprocess.DEVNULL,
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
