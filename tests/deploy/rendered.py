"""What kubectl and Helm make of deploy/: resources by their kind and name."""

import os
import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
OVERLAYS = DEPLOY / "kubernetes" / "overlays"


def program(name, minor):
    """kubectl of Kubernetes 1.MINOR, or the Helm of its time."""
    words = [name] if name != "kubectl" else []
    done = subprocess.run([ROOT / "tests/cluster/kubectl.sh", str(minor), *words], text=True,
                          capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def by_name(text):
    """The resources of a YAML stream."""
    found = [resource for resource in yaml.safe_load_all(text) if resource]
    named = {(resource["kind"], resource["metadata"]["name"]): resource for resource in found}
    assert len(named) == len(found)
    return named


def run(*command, home):
    """A program that must not know the user's kubeconfig: (exit status, stdout, stderr)."""
    done = subprocess.run(list(map(str, command)), text=True, capture_output=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=60,
                          env={"PATH": os.environ["PATH"], "HOME": str(home)})
    return done.returncode, done.stdout, done.stderr


def kustomize(directory, home, minor=35):
    """What `kubectl kustomize` makes of a directory."""
    status, out, err = run(program("kubectl", minor), "kustomize", directory, home=home)
    assert status == 0, err
    return by_name(out)


def differences(one, other, path=""):
    """The paths at which two values are not the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [found for key in sorted({*one, *other}, key=str)
                for found in differences(one.get(key), other.get(key), f"{path}/{key}")]
    if isinstance(one, list) and isinstance(other, list):
        longer = max(len(one), len(other))
        one, other = (each + [None] * (longer - len(each)) for each in (one, other))
        return [found for place, pair in enumerate(zip(one, other))
                for found in differences(*pair, f"{path}/{place}")]
    return [] if one == other else [path]
