"""What a DaemonSet has otherwise than the Deployment of base/, as text: components/daemonset says the
same to kustomize, without the comments. A test compares."""

import re

from text import replaced

_STRATEGY = """\
  replicas: 1
  # The new one is ready before the old one refuses logins; the old one's sessions may go on.
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
"""
_UPDATE_STRATEGY = """\
  # One node after the other; a node's sessions may go on while its gateway drains.
  updateStrategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 1}
"""
_PORT = "{name: ssh, containerPort: 2222}"
_HOST_PORT = "{name: ssh, containerPort: 2222, hostPort: 2222}"

CHANGES = (("kind: Deployment\n", "kind: DaemonSet\n"), (_STRATEGY, _UPDATE_STRATEGY),
           (_PORT, _HOST_PORT))


def daemon_set(text):
    """The text of base/deployment.yaml as a DaemonSet."""
    for old, new in CHANGES:
        text = replaced(text, old, new)
    return text
