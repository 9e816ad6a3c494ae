"""Which way a session goes: into the container of this node, or by kubectl exec."""

import asyncio
import contextlib
import os
import re
import signal

import asyncssh
import pytest

from harness import container_cgroup, keys, paths, second_client, waiting
from harness.audit import Trail
from harness.gateway import Gateway

KUBECTL = "zomg-ssh-kubectl"


@contextlib.contextmanager
def started(tmp_path, node, user_key, **settings):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def near_box(cluster, node):  # pylint: disable=unused-argument
    """A box on the gateway's own node."""
    with cluster.run_box("demo", "near", node=1) as running:
        yield running


def test_a_box_of_this_node_is_entered(gateway, near_box, connect):
    mark = gateway.log_size()
    assert connect(gateway, near_box.login).ssh("exit 6").status == 6
    gateway.wait_for_log(r"session \d+ exec\n", since=mark)


def test_a_box_of_another_node_is_reached_by_kubectl(gateway, client):
    mark = gateway.log_size()
    assert client.ssh("exit 6").status == 6
    gateway.wait_for_log(r"session \d+ exec by kubectl: no pod of this node", since=mark)


def test_the_audit_trail_tells_the_way_and_why(tmp_path, node, user_key, near_box, box,
                                               connect):
    path = tmp_path / "audit.jsonl"
    with started(tmp_path, node, user_key, ZOMG_SSH_AUDIT_LOG=str(path)) as gateway:
        for login in (near_box.login, box.login):
            assert connect(gateway, login).ssh("exit 6").status == 6
        trail = Trail(path)
        trail.start = 0
        # By kubectl the news of the end may come after the connection's.
        waiting.until(lambda: all(sum(event["event"] == name for event in trail.events()) == 2
                                  for name in ("session_end", "connection_end")), 30, trail.events)
        by_name = {name: [event for event in trail.events() if event["event"] == name]
                   for name in ("lookup", "session", "session_end")}
        assert [event["path"] for event in by_name["lookup"]] == ["cri", "kubectl"]
        assert [event.get("fallback") for event in by_name["session"]] == [None, "not_on_node"]
        assert [event["status"] for event in by_name["session_end"]] == [6, 6]


def test_kubectl_when_cri_cannot_be_asked(tmp_path, node, user_key, near_box, connect):
    with started(tmp_path, node, user_key,
                 ZOMG_SSH_CRI_SOCKET=str(tmp_path / "none.sock")) as gateway:
        assert connect(gateway, near_box.login).ssh("exit 6").status == 6
        gateway.wait_for_log("by kubectl: CRI could not be asked")


def blind_gateway(tmp_path):
    """A gateway that may not look at other processes refuses every container that it is told of."""
    program = tmp_path / "blind-gateway"
    program.write_text(f"#!/bin/sh\nexec setpriv --bounding-set=-sys_ptrace {paths.GATEWAY}\n",
                       encoding="utf-8")
    program.chmod(0o755)
    return program


def test_kubectl_when_the_box_cannot_be_entered(tmp_path, node, user_key, near_box, connect):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 program=blind_gateway(tmp_path)) as gateway:
        client = connect(gateway, near_box.login)
        done = client.ssh("cat; echo err >&2; exit 6", stdin=b"input\n")
        assert (done.status, done.out, done.err) == (6, b"input\n", b"err\n")
        gateway.wait_for_log("exec by kubectl: the container of this node could not be entered")


def test_a_boxs_limit_holds_for_sessions_that_could_not_enter_it(cluster, tmp_path, node, user_key,
                                                                 near_box, connect):
    """One keeps its place while the cluster is asked for the other way in."""
    server = int((cluster.directory / "apiserver.pid").read_text())
    with contextlib.ExitStack() as stack:
        gateway = stack.enter_context(
            Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                    program=blind_gateway(tmp_path), ZOMG_SSH_MAX_SESSIONS_PER_BOX="1"))
        stack.callback(os.kill, server, signal.SIGCONT)
        os.kill(server, signal.SIGSTOP)
        sessions = []
        for _ in range(3):
            client = connect(gateway, near_box.login)
            session = stack.enter_context(client.start("echo in; cat"))
            stack.callback(session.kill)
            sessions.append(session)
            gateway.wait_for_log("was not entered", seconds=20)
        assert [session.stdout.readline() for session in sessions[1:]] == [b"", b""]
        os.kill(server, signal.SIGCONT)
        assert sessions[0].stdout.readline() == b"in\n"
        assert gateway.log().count("was not entered") == 1
        assert gateway.log().count("by kubectl: the container of this node") == 1


def test_a_box_that_lets_no_process_in_is_not_reached_by_kubectl(cluster, gateway, node, connect):
    """A box does not choose the way that its users come in."""
    with cluster.run_box("demo", "full", node=1) as box:
        pid = node.near.instance.find_pod("demo", "full").box.pid
        container = container_cgroup.directory(pid, "pids")
        client = connect(gateway, box.login)
        client.ssh("true").ok()
        waiting.until(lambda: (container / "pids.current").read_text() == "1\n", 20, "it has ended")
        mark = gateway.log_size()
        (container / "pids.max").write_text("1", encoding="ascii")
        done = client.ssh("true")
        assert done.status == 255 and "The box has as many processes as it may have" in done.errors
        assert "by kubectl" not in gateway.log()[mark:]


def bound_memory(container):
    """To little more than it has. Who needs more waits for it: no killer ends anybody."""
    usage = int((container / "memory.usage_in_bytes").read_text(encoding="ascii"))
    (container / "memory.oom_control").write_text("1", encoding="ascii")
    (container / "memory.limit_in_bytes").write_text(str(usage + 2**22), encoding="ascii")
    return lambda: (container / "memory.limit_in_bytes").write_text("-1", encoding="ascii")


def bound_cpu(container):
    """To a thousandth, which programs of the box compete for: there have to be many before it is so little that
    none more can be started."""
    (container / "cpu.cfs_period_us").write_text("1000000", encoding="ascii")
    (container / "cpu.cfs_quota_us").write_text("1000", encoding="ascii")
    return lambda: (container / "cpu.cfs_quota_us").write_text("-1", encoding="ascii")


@pytest.mark.parametrize("controller, bound, program, used_up", [
    ("memory", bound_memory, "head -c 64M /dev/zero | tail -c 64M",
     ("memory.oom_control", "under_oom 1")),
    ("cpu", bound_cpu, "for i in $(seq 100); do while :; do :; done & done; wait",
     ("cpu.stat", r"nr_throttled [1-9]")),
], ids=["memory", "cpu"])
def test_a_box_that_uses_up_what_it_has_is_not_reached_by_kubectl(cluster, gateway, node, connect,
                                                                  controller, bound, program,
                                                                  used_up):
    """Nor is it entered, which takes too long. Then it is as before."""
    name = f"no-{controller}"
    with cluster.run_box("demo", name, node=1) as box:
        client = connect(gateway, box.login)
        with client.start("echo in; read go; " + program) as session:
            assert session.stdout.readline()
            mark = gateway.log_size()
            pid = node.near.instance.find_pod("demo", name).box.pid
            container = container_cgroup.directory(pid, controller)
            if controller == "memory":
                give_back = bound(container)
            session.stdin.write(b"\n")
            session.stdin.flush()
            if controller == "cpu":
                waiting.until(lambda: len((container / "cgroup.procs").read_text("ascii").split()) > 100, 60,
                              "all compete")
                give_back = bound(container)
            try:
                path, pattern = container / used_up[0], used_up[1]
                waiting.until(lambda: re.search(pattern, path.read_text(encoding="ascii")), 20,
                              "the box has used it up")
                done = client.ssh("true", timeout=60)
            finally:
                give_back()
                session.kill()
        assert done.status == 255 and "box kept the gateway from starting" in done.errors
        assert "by kubectl" not in gateway.log()[mark:]
        client.ssh("true").ok()


def test_a_paused_box_of_this_node_is_refused_and_not_reached_by_kubectl(cluster, gateway, node,
                                                                        connect):
    """kubectl exec would hang in it."""
    with cluster.run_box("demo", "paused", node=1) as box:
        freezer = container_cgroup.Freezer(node.near.instance.find_pod("demo", "paused").box.pid)
        client = connect(gateway, box.login)
        client.ssh("true").ok()
        mark = gateway.log_size()
        try:
            freezer.freeze()
            done = client.ssh("true", timeout=15)
        finally:
            freezer.thaw()
        assert (done.status, "The box is paused" in done.errors) == (255, True)
        assert "by kubectl" not in gateway.log()[mark:]
        assert client.ssh("exit 6").status == 6


def test_a_program_that_fails_is_not_run_again(gateway, near_box, connect):
    mark = gateway.log_size()
    done = connect(gateway, near_box.login).ssh("echo once; exit 255")
    assert (done.status, done.out) == (255, b"once\n")
    assert "by kubectl" not in gateway.log()[mark:]


def test_kubectl_only(tmp_path, node, user_key, near_box, connect):
    with started(tmp_path, node, user_key, ZOMG_SSH_PATH="kubectl") as gateway:
        assert connect(gateway, near_box.login).ssh("exit 6").status == 6
        gateway.wait_for_log("by kubectl: this node is not asked")
        assert gateway.pids("zomg-ssh-resolver") == []


def test_cri_only(tmp_path, node, user_key, near_box, box, connect):
    with started(tmp_path, node, user_key, ZOMG_SSH_PATH="cri") as gateway:
        assert connect(gateway, near_box.login).ssh("exit 6").status == 6
        done = connect(gateway, box.login).ssh("true")
        assert (done.status, "no such box" in done.errors) == (255, True)
        assert gateway.pids("zomg-ssh-kubernetes") == []


def test_a_box_in_two_namespaces_of_two_nodes_is_refused(cluster, gateway, near_box, connect):
    cluster.apply('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"stranger"}}')
    with cluster.run_box("demo", "near", node=2, namespace="stranger"):
        done = connect(gateway, near_box.login).ssh("true")
        assert (done.status, "More than one namespace" in done.errors) == (255, True)


def test_a_namespace_that_is_set_decides(tmp_path, cluster, node, user_key, near_box,
                                         connect):
    cluster.apply('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"stranger"}}')
    with cluster.run_box("demo", "near", node=2, namespace="stranger"), \
            started(tmp_path, node, user_key, ZOMG_SSH_NAMESPACE="default") as gateway:
        assert connect(gateway, near_box.login).ssh("exit 6").status == 6


def test_the_account_may_be_refused(tmp_path, cluster, node, user_key, box, connect):
    cluster.apply('{"apiVersion":"v1","kind":"ServiceAccount",'
                  '"metadata":{"name":"nobody","namespace":"gateway"}}')
    kubeconfig = cluster.service_account_kubeconfig("gateway", "nobody")
    with started(tmp_path, node, user_key, KUBECONFIG=str(kubeconfig)) as gateway:
        done = connect(gateway, box.login).ssh("true")
        assert (done.status, "API refused the gateway" in done.errors) == (255, True)
        gateway.wait_for_log("403 Forbidden: the gateway's account needs the verb list on pods")


@pytest.mark.parametrize("project, name", [("Pro.ject_1", "Box-2.x"), ("demo", "box1--2")])
def test_an_odd_name_leads_to_its_own_box(node, gateway, connect, project, name):
    with node.box(project, name, mounts=False) as box:
        done = connect(gateway, f"{project}--{name}").ssh("hostname; exit 6", timeout=60)
        assert (done.status, done.text.strip()) == (6, box.pod.name)


HOSTILE = [
    "demo--box1'", "demo--box1;id", "demo--$(id)", "demo--`id`", 'demo--box1" --', "demo--box1|id", "demo--box1 id",
    "--kubeconfig=x--box1", "demo--box1\\n", "demo--box1,zomg.ai/x in (y)", "demo,zomg.ai/box=box1--box1",
    "demo--box1,zomg.ai/box!=far", "demo--*", "demo--box1&limit=0", "demo--box1%2Cx", "demo--box1/exec",
    "demo--../../secrets", 'demo--{"a": 1}', 'demo--box1"}],"x":[{"', "demo--!!python/object",
    "demo--box1: {a: b}", "demo--&a *a", "demo--${HOME}", "demo--box1?watch=1", "demo--box1#",
]


@pytest.mark.parametrize("login", HOSTILE)
def test_a_hostile_name_leads_nowhere(gateway, client, connect, login):
    """Nobody is asked for it, and nothing changes for others."""
    mark = gateway.log_size()
    hostile = connect(gateway, "x--y")
    hostile.login = login

    async def log_in():
        await second_client.asyncssh_connect(hostile)
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(asyncio.wait_for(log_in(), 20))
    seen = gateway.log()[mark:]
    assert "by kubectl" not in seen and "the Kubernetes API" not in seen and "no box" not in seen
    assert gateway.process.poll() is None and client.ssh("exit 3").status == 3


def test_nothing_of_the_user_is_in_an_argument_or_the_log(gateway, client):
    secret = "s3cr3t-0f-th3-us3r"
    with client.start(f"echo {secret}; cat") as session:
        try:
            assert session.stdout.readline().decode().strip() == secret
            for pid in gateway.pids("kubectl") + gateway.pids(KUBECTL):
                for name in ("cmdline", "environ"):
                    with open(f"/proc/{pid}/{name}", "rb") as file:
                        assert secret.encode() not in file.read()
        finally:
            session.kill()
    assert secret not in gateway.log()
