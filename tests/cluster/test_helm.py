"""The Helm chart on a real API server: a release's life, from its installation to nothing.

The tests follow each other; each leaves a release that runs."""

import os
import subprocess
import time

import pytest

from harness import keys, waiting
from harness.client import Client
from helm_release import NAMESPACE, RELEASE, HelmRelease

RECORDER = 64209


@pytest.fixture(name="release", scope="module")
def _release(cluster, image, tmp_path_factory, user_key):  # pylint: disable=unused-argument
    directory = tmp_path_factory.mktemp("helm")
    directory.chmod(0o711)
    with HelmRelease(cluster, directory, keys.public_half(user_key)) as running:
        yield running


@pytest.fixture(name="user")
def _user(release, box, user_key, tmp_path):
    """A client of a pod, the present one unless another is named."""
    def client(pod=None):
        pod = pod or release.pod()
        return Client(tmp_path / pod["metadata"]["uid"], release, user_key, box.login,
                      HostName=pod["status"]["podIP"])
    return client


def test_installed_it_takes_a_login(release, user, box):
    pod = release.upgrade()
    assert user(pod).sh("hostname").strip() == box.name
    # The pod's privileges are the manifest's: what kustomize makes is compared in tests/deploy.
    assert pod["spec"]["nodeName"] == release.cluster.node_name(1)


def test_a_wrong_value_changes_nothing(release):
    before = release.pod()["metadata"]["uid"]
    status, said = release.try_upgrade({"settings": {"max_sessions": 33}})
    assert status != 0 and "max_sessions" in said
    assert release.pod()["metadata"]["uid"] == before


def test_an_upgrade_leaves_a_session_to_its_end(release, user):
    old = release.pod()
    before = user(old)
    with before.start("echo begun; cat; exit 42") as session:
        try:
            assert session.stdout.readline() == b"begun\n"
            new = release.upgrade(settings={"max_sessions": 9, "drain_secs": "100"})
            assert new["metadata"]["uid"] != old["metadata"]["uid"]
            assert new["spec"]["terminationGracePeriodSeconds"] == 130
            # The same host key: this client refuses another.
            assert user(new).sh("echo new") == "new\n"
            waiting.until(lambda: before.ssh("true").status == 255, 20, "the old one takes no login")
            assert [pod["metadata"]["uid"] for pod in release.pods(leaving=True)] == [
                old["metadata"]["uid"]]
            out, _ = session.communicate(b"still here\n", timeout=15)
            assert (out, session.returncode) == (b"still here\n", 42)
        finally:
            session.kill()
    waiting.until(lambda: not release.pods(leaving=True), 60, "the old pod is gone", interval=0.2)


def test_an_upgrade_ends_a_session_after_the_drain(release, user):
    old = release.upgrade(settings={"drain_secs": 3})
    with user(old).start("echo begun; cat") as session:
        try:
            assert session.stdout.readline() == b"begun\n"
            release.upgrade(settings={"drain_secs": 300})
            errors = session.stderr.read()
            assert session.wait(30) == 255
        finally:
            session.kill()
    assert b"The gateway is being stopped" in errors


def test_with_a_namespace_the_account_has_no_right_elsewhere(release, user, box):
    pod = release.upgrade(settings={"namespace": "default"})
    assert user(pod).sh("hostname").strip() == box.name
    kinds = {kind for kind, _, name in release.left() if name == RELEASE}
    assert "ClusterRole" not in kinds and "ClusterRoleBinding" not in kinds
    account = f"system:serviceaccount:{NAMESPACE}:{RELEASE}"
    allowed = {namespace: release.cluster.run_kubectl(
        "auth", "can-i", "list", "pods", "-n", namespace, f"--as={account}")[1].strip()
        for namespace in ("default", NAMESPACE, "kube-system")}
    assert allowed == {"default": "yes", NAMESPACE: "no", "kube-system": "no"}


def test_a_pod_that_cannot_start_leaves_the_old_one(release, user):
    before = release.pod()
    # More than the setting takes, in a form in which the schema cannot know it.
    status, _ = release.try_upgrade({"settings": {"drain_secs": "9w"}}, seconds=15)
    assert status != 0
    names = [pod["metadata"]["name"] for pod in release.pods()]
    assert before["metadata"]["name"] in names and len(names) == 2
    assert user(before).sh("echo served") == "served\n"
    waiting.until(lambda: "ZOMG_SSH_DRAIN_SECS" in release.log(), 30, release.log, interval=0.5)
    status, said = release.helm("rollback", RELEASE, "--wait", "--timeout=60s")
    assert status == 0, said
    waiting.until(lambda: [pod["metadata"]["uid"] for pod in release.pods()] ==
                  [before["metadata"]["uid"]], 60, "the old one alone", interval=0.2)


def test_recordings_are_on_the_node(release, user, tmp_path_factory):
    directory = tmp_path_factory.mktemp("recordings")
    subprocess.run(["install", "-d", "-o", str(RECORDER), "-m", "0700", directory / "kept"], check=True)
    pod = release.upgrade(recordings={"directory": str(directory / "kept")})
    assert "shown" in user(pod).ssh("echo shown", flags=["-tt"]).text
    [recording] = waiting.until(lambda: list((directory / "kept").glob("*.cast")), 10, "a recording")
    assert "shown" in recording.read_text(encoding="utf-8")
    assert os.stat(recording).st_uid == RECORDER


def test_uninstalled_it_leaves_nothing(release):
    began = time.monotonic()
    status, said = release.helm("uninstall", RELEASE, "--wait", "--timeout=120s")
    assert status == 0, said
    waiting.until(lambda: not release.left(), 120, lambda: str(release.left()), interval=0.5)
    # Nobody was logged in, so nothing waited for the drain, which takes 300 s at most.
    assert time.monotonic() - began < 200
    status, said = release.helm("list", "--short")
    assert (status, said.strip()) == (0, "")
