"""A runtime, or a resolver that was taken over, names the wrong process as a box's."""

import os

import pytest

from harness import container_cgroup, keys
from harness.fake_cri import FakeCri, details
from harness.gateway import Gateway


class Claim:
    """A `change` that puts another pid into what is said of the container."""
    pid = None

    def __call__(self, method, request, response):
        if method == "ContainerStatus" and self.pid is not None:
            return details(response, pid=self.pid)
        return None


@pytest.fixture(scope="module")
def claim():
    return Claim()


@pytest.fixture(scope="module")
def deceived(tmp_path_factory, node, user_key, claim):
    directory = tmp_path_factory.mktemp("deceived")
    directory.chmod(0o711)
    with FakeCri(directory, node, claim) as runtime:
        with Gateway(directory / "gateway", node, keys.public_half(user_key),
                     ZOMG_SSH_CRI_SOCKET=runtime.socket) as running:
            yield running


def refused(done):
    return done.status == 255 and "does not look like a container" in done.errors


def test_the_right_process_is_entered(deceived, box, connect, claim):
    claim.pid = None
    assert connect(deceived, box.login).sh("echo in") == "in\n"


def test_a_pid_that_another_box_has_now_is_refused(deceived, box, node, connect, claim):
    """As when the container ended between lookup and entry, and its pid was used again."""
    with node.box("false", "other") as other:
        claim.pid = other.container.pid
        assert refused(connect(deceived, box.login).ssh("true"))


def test_a_pid_in_a_cgroup_that_another_box_has_named_like_this_one_is_refused(
        deceived, box, node, connect, claim):
    """The same with a box that may make cgroups below its own."""
    with node.box("false", "namesake") as other:
        claim.pid = other.container.pid
        own = container_cgroup.directory(claim.pid, "pids")
        named = own / box.container.id
        named.mkdir()
        try:
            (named / "cgroup.procs").write_text(str(claim.pid), encoding="ascii")
            assert refused(connect(deceived, box.login).ssh("true"))
        finally:
            (own / "cgroup.procs").write_text(str(claim.pid), encoding="ascii")
            named.rmdir()


@pytest.mark.parametrize("who", ["the host's first process", "the gateway", "this test"])
def test_a_process_of_the_host_is_refused(who, deceived, box, connect, claim):
    claim.pid = {"the host's first process": 1, "the gateway": deceived.pid,
                 "this test": os.getpid()}[who]
    assert refused(connect(deceived, box.login).ssh("true"))


def test_a_process_of_the_host_in_the_containers_cgroup_is_refused(deceived, box, connect, claim):
    """Its id is in the cgroup's path; the mount namespace tells."""
    with open("/dev/null", encoding="ascii") as null:
        child = os.posix_spawn("/bin/sleep", ["sleep", "1000"], os.environ,
                               file_actions=[(os.POSIX_SPAWN_DUP2, null.fileno(), 1)])
    try:
        procs = container_cgroup.directory(box.container.pid, "pids") / "cgroup.procs"
        procs.write_text(str(child), encoding="ascii")
        claim.pid = child
        assert refused(connect(deceived, box.login).ssh("true"))
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_a_pid_that_nobody_has_is_no_box(deceived, box, connect, claim):
    claim.pid = 2**22 - 1
    done = connect(deceived, box.login).ssh("true")
    assert done.status == 255 and "not running" in done.errors
