"""Boxes on a node whose containerd is not the gateway's, as the end-to-end tests want their node."""

import contextlib
import itertools
import os
import subprocess

from harness.node import Box

_counter = itertools.count(1)


# What a pod has to mount itself for what a gateway mounts where it enters one.
MOUNT = "mount --rbind /proc /volumes/proc && mount --rbind /dev/pts /volumes/dev/pts"


class FarNode:
    """Node 2 of a cluster for the boxes, node 1 for everything else. `access` are the settings by
    which a gateway reaches the cluster."""

    def __init__(self, cluster, access):
        self.cluster = cluster
        self.gateway_settings = access
        self.near = cluster.node(1)
        self.instance = cluster.node(2).instance

    @property
    def socket(self):
        """The gateway's own containerd, which has none of the boxes."""
        return self.near.socket

    def unique_cgroup(self):
        return self.near.unique_cgroup()

    def run(self, project, box, image=None, env=None, name=None, namespace="default", mounts=True):
        container = {"env": [{"name": key, "value": value} for key, value in (env or {}).items()]}
        if image:
            container["image"] = image
        name = name or f"far-{os.getpid()}-{next(_counter)}"
        # What a test ends stays ended, as on a node without a kubelet.
        made = self.cluster.run_box(project, box, node=2, name=name, namespace=namespace,
                                    restart="Never", **container)
        running = FarBox(self, made, project, box)
        if mounts and os.path.exists(f"/proc/{running.container.pid}/root/volumes/proc"):
            subprocess.run(["nsenter", "-t", str(running.container.pid), "-m", "/bin/sh", "-c", MOUNT],
                           check=True)
        return running

    @contextlib.contextmanager
    def box(self, project, box, **options):
        made = self.run(project, box, **options)
        try:
            yield made
        finally:
            made.abandon()


class FarBox(Box):
    """A pod of node 2 under a login name. What runs in it is seen from here all the same."""

    def __init__(self, node, made, project, box):
        super().__init__(node, node.instance.find_pod(project, box), project, box)
        self.made = made

    def remove(self):
        if not self._removed:
            self.made.remove()
            self._removed = True

    def abandon(self):
        """Lets the kubelet remove it in its own time: no other has its name."""
        if not self._removed:
            self.made.remove(wait=False)
            self._removed = True
