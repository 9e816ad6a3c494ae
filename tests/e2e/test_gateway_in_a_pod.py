"""A gateway that is in mount and cgroup namespaces of its own, as in a pod (tests/cluster has a real
one), and sees no cgroup hierarchy: cgroup v1, v2 or both, as this machine has it."""

import os
import pathlib

import pytest

from harness import keys, paths
from harness.gateway import Gateway


@pytest.fixture(name="podded")
def _podded(tmp_path, node, user_key):
    program = tmp_path / "gateway-in-a-pod"
    program.write_text("#!/bin/sh\nexec unshare --mount --cgroup sh -c "
                       f"'umount -l /sys/fs/cgroup && exec {paths.GATEWAY}'\n", encoding="utf-8")
    program.chmod(0o755)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program=program) as running:
        yield running


def test_a_session_is_in_the_cgroups_of_its_box(podded, box, connect):
    client = connect(podded, box.login)
    session = client.sh("cat /proc/self/cgroup; readlink /proc/self/ns/cgroup")
    process = f"/proc/{box.container.pid}"
    own = pathlib.Path(process, "cgroup").read_text(encoding="ascii")
    assert session == f"{own}{os.readlink(process + '/ns/cgroup')}\n"
