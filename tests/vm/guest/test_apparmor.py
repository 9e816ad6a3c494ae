"""A session has the AppArmor profile of its container, and the gateway is stopped by none."""

import pathlib
import re
import subprocess

import pytest

from conftest import kernel_log
from harness import processes, waiting

PROFILE = "zomg-vm-test"
# Allows all but what the tests try.
RULES = f"""
#include <tunables/global>
profile {PROFILE} flags=(attach_disconnected,mediate_deleted) {{
  #include <abstractions/base>
  network,
  capability,
  file,
  umount,
  signal,
  ptrace,
  deny /volumes/root/secret rwklx,
  deny /root/secret rwklx,
}}
"""
DEFAULT = "cri-containerd.apparmor.d (enforce)"
KINDS = {
    "default": ({}, DEFAULT),
    "Localhost": ({"apparmor": f"localhost/{PROFILE}"}, f"{PROFILE} (enforce)"),
    # Debian 13 gives runc a profile that confines nothing, and by it what runc starts.
    "Unconfined": ({"apparmor": "Unconfined"}, "runc (unconfined)"),
}


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    path = tmp_path_factory.mktemp("profile") / PROFILE
    path.write_text(RULES, encoding="ascii")
    subprocess.run(["apparmor_parser", "--replace", path], check=True)
    yield
    subprocess.run(["apparmor_parser", "--remove", path], check=True)


def denials():
    return re.findall(r'^.*apparmor="DENIED".*$', kernel_log(), re.M)


def of_ours(lines):
    """Those about a process of the gateway's, and not of what a user's program tried."""
    return [line for line in lines if re.search(r'comm="(zomg|sessiond|sftp-server|sshd)', line)]


def current(pid):
    return processes.read(pid, "attr/current").decode().rstrip("\0\n")


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_has_the_profile_of_its_container(kind, this_node, user, profile):
    options, label = KINDS[kind]
    with this_node.box("apparmor", kind.lower(), **options) as box:
        assert current(box.container.pid) == label
        for flags in [], ["-tt"]:
            assert user.ok(box.login, "cat /proc/self/attr/current", flags=flags).strip("\0\r\n") == label


def test_sftp_has_it_too(this_node, user, tmp_path):
    with this_node.box("apparmor", "sftp") as box:
        done = subprocess.run(user.command(box.login, "-b", "-", f"{box.login}@localhost", program="sftp"),
                              input=f"get /proc/self/attr/current {tmp_path}/seen\n", text=True, check=False,
                              capture_output=True, timeout=100)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "seen").read_text(encoding="ascii").strip("\0\n") == DEFAULT


def test_a_profile_of_the_operators_holds_in_a_session(this_node, user, profile):
    with this_node.box("apparmor", "own", apparmor=f"localhost/{PROFILE}") as box:
        pathlib.Path(f"/proc/{box.container.pid}/root/volumes/root/secret").write_text("secret", encoding="ascii")
        code, _, err = this_node.instance.exec(box.container.id, ["cat", "/volumes/root/secret"])
        assert code != 0 and b"denied" in err
        done = user.run(box.login, "cat /root/secret")
        assert done.returncode != 0 and "denied" in done.stderr and "secret" not in done.stdout


def test_the_gateway_can_end_what_a_profile_confines(this_node, user):
    """runc's default profile takes signals from programs that are not confined, and of its own."""
    with this_node.box("apparmor", "ends") as box:
        with subprocess.Popen(user.command(box.login, "sleep 1000", flags=["-tt"]), stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL) as client:
            waiting.until(lambda: box.running("sleep 1000"), 60, "it runs")
            client.kill()
        waiting.until(lambda: not box.running("sleep 1000"), 30, "it was ended")


def test_nothing_of_the_gateways_was_denied(this_node, user):
    assert not of_ours(denials())
