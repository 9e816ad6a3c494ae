"""What dies in the middle of a session, on each way into a box, and a true exit status."""

import signal

import pytest

from harness import keys, processes, waiting
from harness.gateway import Gateway

LOST = "connection to the box was lost"


@pytest.fixture(scope="module")
def gateway(node, tmp_path_factory, user_key):
    directory = tmp_path_factory.mktemp("gateway")
    directory.chmod(0o711)
    with Gateway(directory, node, keys.public_half(user_key)) as running:
        yield running


@pytest.fixture(scope="module")
def far(node):
    with node.box("demo", "lost") as running:
        yield running


@pytest.fixture(scope="module")
def near(cluster, gateway):  # pylint: disable=unused-argument
    with cluster.run_box("demo", "here", node=1) as running:
        yield running


@pytest.mark.parametrize("part", ["apiserver", "kubelet2", "containerd2"])
@pytest.mark.parametrize("flags", [(), ("-tt",)])
def test_by_kubectl_a_lost_backend_is_a_failure(cluster, gateway, far, connect, part, flags):
    client = connect(gateway, far.login, RequestTTY="force" if flags else "no")
    marker = 700_000_000 + hash((part, flags)) % 99_999_999
    with client.start(f"echo ready; sleep {marker}; echo no") as session:
        try:
            assert b"ready" in session.stdout.readline()
            cluster.kill(part)
            out, errors = session.communicate(timeout=60)
        finally:
            session.kill()
            cluster.start(part)
    assert session.returncode == 255
    assert LOST in (out + errors).decode()
    # What was left in the box is ended once it can be reached again.
    waiting.until(lambda: not far.running(str(marker)), 90, "nothing is left in the box")
    waiting.until(lambda: not gateway.pids("zomg-ssh-kubectl"), 90, "nothing is left here")


@pytest.mark.parametrize("flags", [(), ("-tt",)], ids=("pipes", "terminal"))
def test_by_kubectl_a_program_is_found_whose_parent_was_killed(cluster, gateway, far, connect, flags):
    """containerd 2 kills the process of an exec whose stream breaks, and nothing that it started."""
    client = connect(gateway, far.login, RequestTTY="force" if flags else "no")
    marker = 700_000_000 + hash(flags) % 99_999_999
    # As root's programs do that mean to clean up, this one takes no notice of its terminal's end.
    with client.start(f"trap : HUP PIPE; echo ready; timeout 900000 sleep {marker}; sleep {marker}") as session:
        try:
            assert b"ready" in session.stdout.readline()
            waiting.until(lambda: len(far.running(str(marker))) > 1, 30, "it runs")
            cluster.kill("apiserver")
            for pid in far.running("zomg-ssh session"):
                processes.kill(pid, signal.SIGKILL)
            session.communicate(timeout=60)
            assert far.running(str(marker))
        finally:
            session.kill()
            cluster.start("apiserver")
    waiting.until(lambda: not far.running(str(marker)), 90, "nothing is left in the box")
    waiting.until(lambda: not gateway.pids("zomg-ssh-kubectl"), 90, "nothing is left here")
    waiting.until(lambda: not far.running("sleep"), 30, "nobody waits")


@pytest.mark.parametrize("part", ["apiserver", "kubelet1", "containerd1"])
def test_on_this_node_a_session_goes_on(cluster, gateway, near, connect, part):
    client = connect(gateway, near.login)
    with client.start("echo ready; read line; echo $line; exit 7") as session:
        try:
            assert session.stdout.readline() == b"ready\n"
            cluster.kill(part)
            out, _ = session.communicate(b"still here\n", timeout=30)
        finally:
            session.kill()
            cluster.start(part)
    assert (session.returncode, out) == (7, b"still here\n")


@pytest.fixture(name="no_api_server", scope="class")
def _no_api_server(cluster, near, far):  # pylint: disable=unused-argument
    cluster.kill("apiserver")
    yield
    cluster.start("apiserver")


@pytest.mark.usefixtures("no_api_server")
class TestWithoutAnApiServer:
    """All that a user has of a box of this node; and what one hears of a box of another."""

    def test_commands(self, gateway, near, connect):
        client = connect(gateway, near.login)
        for status in (0, 5):
            assert client.ssh(f"exit {status}", timeout=15).status == status
        assert "xterm-256color" in client.ssh("echo $TERM", flags=["-tt"]).text

    def test_sftp_and_scp(self, gateway, near, connect, tmp_path):
        client = connect(gateway, near.login)
        (tmp_path / "up").write_bytes(b"bytes" * 100_000)
        client.sftp(f"put {tmp_path}/up /tmp/sftp\nget /tmp/sftp {tmp_path}/down").ok()
        assert (tmp_path / "down").read_bytes() == b"bytes" * 100_000
        for flags in ([], ["-O"]):
            (tmp_path / "down").unlink()
            client.run("scp", *flags, tmp_path / "up", "box:/tmp/scp").ok()
            client.run("scp", *flags, "box:/tmp/scp", tmp_path / "down").ok()
            assert (tmp_path / "down").read_bytes() == b"bytes" * 100_000

    def test_rsync_and_a_shared_connection(self, gateway, near, connect, tmp_path):
        client = connect(gateway, near.login)
        (tmp_path / "tree").mkdir()
        (tmp_path / "tree" / "file").write_text("rsync", encoding="ascii")
        client.rsync("-a", f"{tmp_path}/tree", "box:/tmp/").ok()
        shared = {"ControlMaster": "auto", "ControlPath": "~/master-%C", "ControlPersist": "10"}
        assert client.sh("cat /tmp/tree/file", options=shared) == "rsync"
        assert client.sh("echo again", options=shared) == "again\n"
        client.ssh(flags=["-O", "exit"], options=shared).ok()

    def test_a_box_of_another_node_is_refused_in_a_sentence(self, gateway, far, connect):
        done = connect(gateway, far.login).ssh("true", timeout=60)
        assert done.status == 255
        assert "Kubernetes API could not be reached" in done.errors


def test_a_box_of_another_node_is_reached_again(gateway, far, connect):
    waiting.until(lambda: connect(gateway, far.login).ssh("exit 4", timeout=60).status == 4, 90,
                  "it works again")
