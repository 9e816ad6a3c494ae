"""A session gets what the container's own process has, no more and no less."""

import os
import re

import pytest

from harness import paths  # noqa: F401  makes pods importable
from harness import processes
import pods

COMPARED = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Uid", "Gid", "Groups")


def compared(status):
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return {name: lines[name].split() for name in COMPARED}


def own_status(box):
    """Of the container's first process, from the host, in the same user namespace."""
    return processes.read(box.container.pid, "status").decode()


KINDS = {
    "default": {},
    "dropped": {"drop_capabilities": ("ALL",)},
    "some": {"drop_capabilities": ("ALL",), "add_capabilities": ("CHOWN", "SYS_CHROOT", "KILL")},
    "added": {"add_capabilities": ("SYS_ADMIN", "NET_ADMIN")},
    "no-new-privs": {"no_new_privs": True},
    "privileged": {"privileged": True},
}


@pytest.fixture(scope="module", params=KINDS)
def confined(request, node):
    with node.box("confined", request.param, **KINDS[request.param]) as box:
        yield box


def test_status_equals_the_containers_own(confined, gateway, connect):
    seen = connect(gateway, confined.login).sh("cat /proc/self/status")
    assert compared(seen) == compared(own_status(confined))


def test_status_equals_kubectl_exec(confined, gateway, connect):
    code, out, _ = confined.node.instance.exec(confined.container.id, ["cat", "/proc/self/status"])
    assert code == 0
    seen = connect(gateway, confined.login).sh("cat /proc/self/status")
    assert compared(seen) == compared(out.decode())


def test_status_with_a_terminal(confined, gateway, connect):
    seen = connect(gateway, confined.login).ssh("cat /proc/self/status", flags=["-tt"]).text
    assert compared(seen) == compared(own_status(confined))


def test_status_of_sftp_server(box, client):
    from harness import terminal
    with terminal.Terminal(client.command("sftp", "box"), client.environment) as screen:
        screen.expect("sftp> ")
        [server] = box.running("sftp-server")
        assert compared(processes.read(server, "status").decode()) == compared(own_status(box))
        screen.send("bye\n")
        screen.wait()


def test_cgroup(box, client):
    code, out, _ = box.node.instance.exec(box.container.id, ["cat", "/proc/self/cgroup"])
    seen = client.sh("cat /proc/self/cgroup")
    assert code == 0 and seen == out.decode()
    assert seen == processes.read(box.container.pid, "cgroup").decode() or "/../" not in seen


def test_cgroup_from_the_host(box, client):
    with client.start("echo $$; cat") as session:
        try:
            session.stdout.readline()
            for pid in box.processes():
                assert (processes.read(pid, "cgroup")
                        == processes.read(box.container.pid, "cgroup"))
        finally:
            session.kill()


def test_namespaces(box, client):
    listing = "for n in mnt pid net ipc uts cgroup user; do readlink /proc/self/ns/$n; done"
    seen = client.sh(listing).split()
    wanted = [os.readlink(f"/proc/{box.container.pid}/ns/{kind}")
              for kind in ("mnt", "pid", "net", "ipc", "uts", "cgroup", "user")]
    # Its mount namespace may be one of the session's own, with /proc and /dev put under /volumes.
    assert seen[1:] == wanted[1:]
    assert seen[0] != os.readlink("/proc/self/ns/mnt")


def test_resource_limits(box, client):
    wanted = processes.read(box.container.pid, "limits").decode()
    assert client.sh("cat /proc/self/limits") == wanted


def test_out_of_memory_score(box, client):
    wanted = processes.read(box.container.pid, "oom_score_adj").decode()
    assert client.sh("cat /proc/self/oom_score_adj") == wanted


def test_memory_limit_holds(node, gateway, connect):
    with node.box("confined", "small", memory_limit_bytes=64 << 20) as box:
        done = connect(gateway, box.login).ssh("head -c 300000000 /dev/zero | tail -c 299999999 | wc -c; "
                                               "echo ${PIPESTATUS[1]}")
        assert done.text.split()[-1:] == ["137"] or done.status == 255


def test_only_the_boxs_processes_are_seen(box, client):
    shown = client.sh("ps -eo pid=,args=")
    assert re.search(r"^ *1 /init", shown, re.M)
    assert "zomg-ssh" not in shown and "containerd" not in shown


def test_signal_state_is_fresh(client):
    lines = dict(line.split(":\t") for line in client.sh("grep Sig /proc/self/status").splitlines())
    assert (lines["SigBlk"], lines["SigIgn"]) == ("0" * 16, "0" * 16)


def test_user_of_the_container_is_not_the_host_root(node, gateway, connect):
    """A container that runs as a user: the session is root of the container as `kubectl exec` is
    not, so it must have no capability that the container lacks."""
    with node.box("confined", "user", containers=[pods.ContainerSpec(run_as_user=1000)]) as box:
        done = connect(gateway, box.login).ssh("cat /proc/self/status")
        if done.status == 0:
            seen = compared(done.text)
            own = compared(own_status(box))
            assert int(seen["CapBnd"][0], 16) & ~int(own["CapBnd"][0], 16) == 0


def test_umask_and_priorities(client):
    assert client.sh("umask; nice") == "0022\n0\n"


def test_the_hosts_kernel_is_not_the_boxs_to_set(box, client):
    """The kubelet has it read-only in every container, but for one with `procMount: Unmasked`."""
    done = client.ssh("echo 0 >/proc/sys/kernel/panic")
    assert done.status != 0 and "Read-only file system" in done.errors
