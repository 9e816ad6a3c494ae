"""What a DaemonSet has otherwise than the Deployment of base/, as text: components/daemonset says the
same to kustomize, without the comments. A test compares."""

from text import replaced

# Whole lines each.
CHANGES = (("""\
kind: Deployment
""", """\
kind: DaemonSet
"""), ("""\
  replicas: 1
  # The new one is ready before the old one refuses logins; the old one's sessions may go on.
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
""", """\
  # One node after the other; a node's sessions may go on while its gateway drains.
  updateStrategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 1}
"""), ("""\
            - {name: ssh, containerPort: 2222}
""", """\
            - {name: ssh, containerPort: 2222, hostPort: 2222}
"""))


def daemon_set(text):
    """The text of base/deployment.yaml as a DaemonSet."""
    for old, new in CHANGES:
        text = replaced(text, old, new)
    return text
