"""Sessions by kubectl exec share an account, and cannot reach one another."""

import contextlib
import signal

import pytest

from harness import keys, processes, waiting
from harness.api_server import ApiServer
from harness.gateway import KUBECTL_SESSION, Gateway
from harness.taken_over import TakeOver

NOBODY = "returned -3"  # ESRCH


@pytest.fixture(scope="module", name="taken_over")
def program_that_takes_over(tmp_path_factory):
    return TakeOver(tmp_path_factory.mktemp("taken-over"))


@pytest.fixture(name="gateway")
def gateway_by_kubectl(tmp_path, node, user_key):
    tmp_path.chmod(0o711)
    with ApiServer(tmp_path / "api") as api:
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), ZOMG_SSH_PATH="kubectl",
                     **api.settings) as running:
            yield running


@contextlib.contextmanager
def running_session(gateway, connect):
    """A session's first process in its namespace, and its kubectl."""
    before = set(gateway.pids(KUBECTL_SESSION)), set(gateway.pids("kubectl"))
    client = connect(gateway, ApiServer.login)
    with client.start("true") as session:
        try:
            kubectl = waiting.until(lambda: set(gateway.pids("kubectl")) - before[1], 15, "kubectl runs")
            first = set(gateway.kubectl_sessions()) - before[0]
            assert len(kubectl) == len(first) == 1
            yield first.pop(), kubectl.pop(), session
        finally:
            session.kill()


def test_each_has_a_pid_namespace_of_its_own(gateway, connect):
    with running_session(gateway, connect) as one, running_session(gateway, connect) as other:
        spaces = [[processes.namespace(pid, "pid") for pid in session[:2]] for session in (one, other)]
        assert spaces[0][0] == spaces[0][1] and spaces[1][0] == spaces[1][1]
        assert len({spaces[0][0], spaces[1][0], processes.namespace(gateway.pid, "pid")}) == 3
        assert processes.status(one[0])["NSpid"].split()[-1] == "1"


@pytest.mark.parametrize("which", [0, 1], ids=["session", "kubectl"])
def test_one_cannot_kill_another(taken_over, gateway, connect, which):
    with running_session(gateway, connect) as attacker, running_session(gateway, connect) as victim:
        for pid in victim[:2]:
            assert taken_over.call(attacker[which], "tgkill", pid, pid, signal.SIGKILL) == NOBODY
        assert all(map(processes.alive, victim[:2]))


def test_sigterm_ends_it(gateway, connect):
    """As the monitor sends it, to the process that it started, which passes it on."""
    with running_session(gateway, connect) as (first, _, session):
        [started] = set(gateway.pids(KUBECTL_SESSION)) - {first}
        gateway.kill(started, signal.SIGTERM)
        _, said = session.communicate(timeout=20)
        assert session.returncode == 255 and b"gateway" in said


def test_it_ends_with_the_process_that_the_monitor_started(gateway, connect):
    with running_session(gateway, connect) as (first, kubectl, session):
        [started] = set(gateway.pids(KUBECTL_SESSION)) - {first}
        gateway.kill(started)
        waiting.until(lambda: not any(map(processes.alive, (first, kubectl))), 10, "all of it ends")
        session.communicate(timeout=20)
