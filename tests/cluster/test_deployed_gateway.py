"""What an operator and a user have of the manifest, on a real API server and kubelet."""

import os

import pytest

from harness import waiting


def test_the_manifest_ends_in_a_ready_pod(gateway_pod):
    status = gateway_pod.pod()["status"]
    assert status["phase"] == "Running"
    assert [container["restartCount"] for container in status["containerStatuses"]] == [0]


def test_ssh_through_the_pod(client, box):
    done = client.ssh("echo out; echo err >&2; cat; exit 7", stdin=b"in")
    assert (done.status, done.out, done.err) == (7, b"out\nin", b"err\n")
    assert client.sh("hostname").strip() == box.name


def test_a_terminal_through_the_pod(client):
    done = client.ssh("tty; echo $TERM", flags=["-tt"])
    assert done.text.replace("\r", "").split() == ["/dev/pts/0", "xterm-256color"]


def test_sftp_through_the_pod(client, tmp_path):
    (tmp_path / "up").write_bytes(b"sftp" * 100_000)
    client.sftp(f"put {tmp_path}/up /tmp/sftp\nget /tmp/sftp {tmp_path}/down").ok()
    assert (tmp_path / "down").read_bytes() == b"sftp" * 100_000


@pytest.mark.parametrize("protocol", ["sftp", "scp"])
def test_scp_through_the_pod(client, tmp_path, protocol):
    flags = ["-O"] if protocol == "scp" else []
    (tmp_path / "up").write_bytes(protocol.encode() * 100_000)
    client.run("scp", *flags, tmp_path / "up", "box:/tmp/scp").ok()
    client.run("scp", *flags, "box:/tmp/scp", tmp_path / "down").ok()
    assert (tmp_path / "down").read_bytes() == protocol.encode() * 100_000


def test_rsync_and_a_shared_connection_through_the_pod(client, tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").write_text("rsync", encoding="ascii")
    client.rsync("-a", f"{tmp_path}/tree", "box:/tmp/").ok()
    shared = {"ControlMaster": "auto", "ControlPath": "~/master-%C", "ControlPersist": "10"}
    assert client.sh("cat /tmp/tree/file", options=shared) == "rsync"
    assert client.sh("echo again", options=shared) == "again\n"
    client.ssh(flags=["-O", "exit"], options=shared).ok()


def test_a_new_pod_has_the_host_key_of_the_old_one(gateway_pod, client):
    before = gateway_pod.pod()["metadata"]["uid"]
    gateway_pod.kubectl("delete", "pod", gateway_pod.pod()["metadata"]["name"], timeout=120)
    gateway_pod.wait_ready()
    assert gateway_pod.pod()["metadata"]["uid"] != before
    # The client refuses an unknown key, and would say so of a changed one.
    done = client.ssh("echo back", options={"HostName": gateway_pod.address, "LogLevel": "INFO"})
    assert (done.ok().out, done.err) == (b"back\n", b"")


def test_probes_leave_no_line_in_the_log(gateway_pod):
    before = gateway_pod.log()
    # Two periods of the readiness probe.
    assert waiting.stays(lambda: gateway_pod.log() == before, 11), gateway_pod.log()


def test_the_pod_has_no_more_than_the_manifest_says(gateway_pod):
    process = gateway_pod.container()["runtimeSpec"]["process"]
    asked = set(gateway_pod.pod()["spec"]["containers"][0]["securityContext"]["capabilities"]["add"])
    assert {name.removeprefix("CAP_") for name in process["capabilities"]["bounding"]} == asked
    spec = gateway_pod.container()["runtimeSpec"]
    assert spec["root"]["readonly"] is True
    assert "seccomp" not in spec["linux"]


def test_secrets_are_for_root_alone(gateway_pod):
    pid = gateway_pod.container()["pid"]
    for path in ("var/lib/boxes/ssh/host-ed25519", "etc/zomg-ssh/keys/authorized_keys"):
        status = os.stat(f"/proc/{pid}/root/{path}")
        assert (status.st_mode & 0o777, status.st_uid) == (0o400, 0)
