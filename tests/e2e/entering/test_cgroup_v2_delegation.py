"""A box that divides its cgroup of v2, as docker-in-docker and systemd do in theirs."""

import contextlib
import tempfile

import pytest

from harness import keys, processes, unshared_box, waiting
from harness.gateway import SESSIOND, Gateway

# The kernel enables one of these for a cgroup only where no process is left in that itself.
CONTROLLERS = ("memory", "io", "hugetlb")

# As dind(8) of Docker: all processes go one down, then come the controllers.
DIVIDE = """
  set -e
  cd /sys/fs/cgroup
  mkdir init
  for pid in $(cat cgroup.procs); do echo "$pid"; echo "$pid" >init/cgroup.procs || :; done
  echo +{controller} >cgroup.subtree_control
"""


def available():
    root = unshared_box.v2_root()
    found = (root / "cgroup.controllers").read_text(encoding="ascii").split() if root else []
    return next((name for name in CONTROLLERS if name in found), None)


pytestmark = pytest.mark.skipif(available() is None, reason="cgroup v2 has no controller")


@pytest.fixture(scope="module")
def divisible(tmp_path_factory, node):
    """A box that has the controller, and so have all above."""
    with contextlib.ExitStack() as undo:
        with unshared_box.UnsharedBox(tmp_path_factory.mktemp("divisible"), node) as box:
            root = unshared_box.v2_root()
            for directory in reversed([parent for parent in box.cgroup.parents
                                       if parent == root or root in parent.parents]):
                control = directory / "cgroup.subtree_control"
                if available() not in control.read_text(encoding="ascii").split():
                    control.write_text(f"+{available()}", encoding="ascii")
                    undo.callback(take_back, control)
            yield box


def take_back(control):
    # Where another run of the tests has it below, that one does.
    with contextlib.suppress(OSError):
        control.write_text(f"-{available()}", encoding="ascii")


@pytest.fixture(scope="module")
def its_gateway(tmp_path_factory, node, user_key, divisible):
    directory = tmp_path_factory.mktemp("divisible-gateway")
    directory.chmod(0o711)
    with Gateway(directory, node, keys.public_half(user_key),
                 ZOMG_SSH_CRI_SOCKET=divisible.socket) as running:
        yield running


@pytest.fixture
def idle(its_gateway, divisible, connect):
    """A connection without a session."""
    with tempfile.TemporaryDirectory(dir="/run") as directory:  # a socket's path is short
        client = connect(its_gateway, divisible.login, ControlPath=f"{directory}/s")
        with client.start(options={"ControlMaster": "yes", "SessionType": "none"}) as master:
            try:
                waiting.until(lambda: len(its_gateway.pids(SESSIOND)) == 3, 20,
                              "what is forked from and both that wait are there")
                yield client
            finally:
                master.kill()


def test_a_box_divides_its_cgroup_while_somebody_is_logged_in(its_gateway, divisible, connect, idle):
    assert not set(its_gateway.pids(SESSIOND)) & set(divisible.pids())
    moved = connect(its_gateway, divisible.login).sh(DIVIDE.format(controller=available()))
    # In its namespace a process of ours would be shown as 0.
    assert "0" not in moved.split()
    assert divisible.pids() == []
    control = divisible.cgroup / "cgroup.subtree_control"
    assert available() in control.read_text(encoding="ascii").split()
    # The session that was prepared before is where the box's first process is now.
    where = processes.read(divisible.pid, "cgroup")
    assert where.rstrip().endswith(b"/init")
    with idle.start("echo $$; exec cat") as session:
        try:
            session.stdout.readline()
            program = waiting.until(lambda: [
                pid for pid in map(int, (divisible.cgroup / "init/cgroup.procs")
                                   .read_text(encoding="ascii").split())
                if processes.arguments(pid) == ["cat"]], 10, "the program is in the cgroup")[0]
            assert processes.read(program, "cgroup") == where
        finally:
            session.kill()
    assert connect(its_gateway, divisible.login).sh("echo next") == "next\n"
