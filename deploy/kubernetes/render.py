#!/usr/bin/python3
"""Writes what is made of base/: the two manifests for `kubectl apply -f`, and the Helm chart's templates.

    deploy/kubernetes/render.py             writes them
    deploy/kubernetes/render.py --check     writes nothing, and fails where one is out of date

kustomize drops comments, and an operator who edits a manifest needs them. So they are put together
from the text of base/; tests/deploy/test_kustomize.py compares with what kustomize makes."""

import sys

from chart import templates
from text import HERE, read, replaced, resources
from workload import daemon_set

DEPLOY = HERE.parent
TEMPLATES = DEPLOY / "helm" / "zomg-ssh-gateway" / "templates"

_DEPLOYMENT_HEAD = """\
# zomg-ssh-gateway as one Deployment: for a cluster of one node, or where boxes of other nodes may be
# reached by `kubectl exec`. docs/deploy.md says which manifest is for what, and what to do before:
#
#   kubectl apply -f zomg-ssh-gateway.yaml
#
# A cluster whose containerd is not at /run/containerd, such as k3s, changes the path under
# `name: containerd`. Settings go into the ConfigMap.
#
# Made of deploy/kubernetes/base by deploy/kubernetes/render.py: change it there, or in a copy.
"""
_DAEMON_SET_HEAD = """\
# zomg-ssh-gateway as a DaemonSet: for clusters of several nodes. Every node has a gateway on its port
# 2222, which enters the boxes of its own node directly, and others by `kubectl exec`. Everything but
# the DaemonSet is as in zomg-ssh-gateway.yaml; use one of the two. docs/deploy.md:
#
#   kubectl apply -f zomg-ssh-gateway-daemonset.yaml
#
# Made of deploy/kubernetes/base by deploy/kubernetes/render.py: change it there, or in a copy.
"""


def deployment_manifest():
    return _DEPLOYMENT_HEAD + "---\n".join(map(read, resources()))


def daemon_set_manifest():
    changed = {"deployment.yaml": daemon_set,
               "settings.yaml": lambda text: replaced(text, "restart deployment", "restart daemonset")}
    return _DAEMON_SET_HEAD + "---\n".join(changed.get(name, str)(read(name)) for name in resources())


def made():
    """Every file that is made, by its path."""
    return {DEPLOY / "zomg-ssh-gateway.yaml": deployment_manifest(),
            DEPLOY / "zomg-ssh-gateway-daemonset.yaml": daemon_set_manifest(),
            **{TEMPLATES / name: text for name, text in templates().items()}}


def main():
    only_check = sys.argv[1:] == ["--check"]
    status = 0
    for path, text in made().items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if only_check:
            print(f"{path}: not what deploy/kubernetes/render.py makes; run it", file=sys.stderr)
            status = 1
        else:
            path.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
