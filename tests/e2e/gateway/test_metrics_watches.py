"""The kernel counts epoll watches by the user that made the epoll descriptor: what a box can use up of them."""

import contextlib
import re
import subprocess

import pytest

from harness import process_facts, processes, sanitizers, waiting
from harness.gateway import METRICS

pytest_plugins = ["harness.metrics_fixtures"]
pytestmark = [sanitizers.other_build, pytest.mark.timeout(120)]


@contextlib.contextmanager
def traced(pid, *options):
    with subprocess.Popen(["strace", "-f", "-p", str(pid), *options], stderr=subprocess.PIPE,
                          text=True) as tracer:
        try:
            assert "attached" in tracer.stderr.readline()
            yield
        finally:
            tracer.terminate()


def wait_for_another(gateway, before):
    waiting.until(lambda: gateway.pids(METRICS) not in ([], [before]), 20, "there is another")
    waiting.until(lambda: gateway.scraper.get("/readyz")[0] == 200, 20, "it is ready")
    return gateway.one(METRICS)


def test_they_are_counted_by_a_user_of_its_own(measured, tmp_path):
    calls = tmp_path / "calls"
    with traced(measured.pid, "-o", calls, "-e", "trace=setresuid,epoll_create1"):
        killed = measured.one(METRICS)
        measured.kill(killed)
        made = wait_for_another(measured, killed)
    seen = [line for line in calls.read_text().splitlines() if line.startswith(f"{made} ")]
    first = next(at for at, line in enumerate(seen) if "epoll_create1(" in line)
    users = [int(user) for line in seen[:first]
             for user in re.findall(r"setresuid\((\d+), ", line)]
    assert users and process_facts.is_own_user(users[-1]), "\n".join(seen)


def test_who_has_none_left_is_started_as_another_user(measured):
    found_out = measured.one(METRICS)
    user = processes.status(found_out)["Uid"].split()[0]
    # Seen as ENOSYS, as its filter does not know what strace makes of the call.
    with traced(found_out, "-e", "inject=epoll_ctl:error=ENOSPC:when=1"):
        other = wait_for_another(measured, found_out)
    assert processes.status(other)["Uid"].split()[0] != user
    measured.wait_for_log(f"others have used up what may be watched by our user {user}")
