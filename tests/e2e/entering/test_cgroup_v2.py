"""A box in a cgroup of v2 alone, with every namespace that there is, time too."""

import os

import pytest

from harness import keys, paths, processes, unshared_box, waiting
from harness.gateway import SESSIOND, Gateway

pytestmark = pytest.mark.skipif(unshared_box.v2_root() is None, reason="cgroup v2 is not mounted")

KINDS = ("cgroup", "ipc", "net", "pid", "time", "user", "uts")


@pytest.fixture(scope="module")
def unshared(tmp_path_factory, node):
    directory = tmp_path_factory.mktemp("unshared")
    with unshared_box.UnsharedBox(directory, node) as box:
        yield box


@pytest.fixture(scope="module")
def its_gateway(tmp_path_factory, node, user_key, unshared):
    directory = tmp_path_factory.mktemp("unshared-gateway")
    directory.chmod(0o711)
    with Gateway(directory, node, keys.public_half(user_key),
                 ZOMG_SSH_CRI_SOCKET=unshared.socket) as running:
        yield running


@pytest.fixture
def user(its_gateway, unshared, connect):
    return connect(its_gateway, unshared.login)


def test_a_session_is_in_the_boxs_cgroup(user, its_gateway, unshared):
    with user.start("echo $$; exec cat") as session:
        try:
            session.stdout.readline()
            program = waiting.until(lambda: [pid for pid in unshared.pids()
                                             if processes.arguments(pid) == ["cat"]],
                                    10, "the program is in the cgroup")[0]
            assert processes.read(program, "cgroup") == processes.read(unshared.pid, "cgroup")
            # The supervisor is not.
            assert not set(its_gateway.pids(SESSIOND)) & set(unshared.pids())
        finally:
            session.kill()


def test_a_gateway_in_a_cgroup_namespace_of_its_own_enters_it(tmp_path, node, user_key, unshared,
                                                              connect):
    """As a pod has on a node with cgroup v2 alone: the paths of cgroups are others there."""
    tmp_path.chmod(0o711)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\nexec unshare --mount --cgroup '{paths.GATEWAY}'\n", encoding="ascii")
    program.chmod(0o755)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program,
                 ZOMG_SSH_CRI_SOCKET=unshared.socket) as pod:
        for kind in ("mnt", "cgroup"):
            assert processes.namespace(pod.pid, kind) != processes.namespace("self", kind)
        assert connect(pod, unshared.login).sh("echo in") == "in\n"


def test_a_session_is_in_every_namespace_of_the_box(user, unshared):
    listing = "".join(f"readlink /proc/self/ns/{kind};" for kind in KINDS)
    wanted = [os.readlink(f"/proc/{unshared.pid}/ns/{kind}") for kind in KINDS]
    assert user.sh(listing).split() == wanted
    assert os.readlink("/proc/self/ns/time") not in wanted


def test_a_session_has_the_boxs_time(user):
    assert float(user.sh("cat /proc/uptime").split()[0]) > unshared_box.UPTIME


def test_a_frozen_box_is_refused(user, unshared):
    user.sh("true")
    unshared.freeze(True)
    try:
        done = user.ssh("true", timeout=20)
        assert done.status == 255 and "The box is paused" in done.errors
    finally:
        unshared.freeze(False)
    assert waiting.until(lambda: user.ssh("echo again").status == 0, 10, "it is served again")
