"""What a box does to the processes of ours that enter it; ATTACKS.md has the list."""

import hashlib
import itertools
import os
import pathlib
import shutil
import subprocess
import time

import pytest

from harness import attacker, processes, waiting
from harness.gateway import SESSIOND

SESSIONS = 4
SHELL_ATTACK = b"#!/proc/self/exe\n"

KINDS = {
    "plain": {},
    "RuntimeDefault": {"seccomp": "RuntimeDefault"},
    "may trace": {"seccomp": "RuntimeDefault", "add_capabilities": ["SYS_PTRACE"]},
    "may trace, unfiltered": {"add_capabilities": ["SYS_PTRACE"]},
}


@pytest.fixture(scope="module")
def comm(gateway, client):
    return attacker.comm_of_sessiond(gateway, client)


def attacked(box, gateway, connect, tmp_path, comm):
    """What a watcher in the box manages to do while users log in."""
    client = connect(gateway, box.login)
    with attacker.Watcher(box, tmp_path, comm) as watcher:
        # As often as it takes to be seen at all: on a busy machine the attacker is slow, too.
        deadline = time.monotonic() + 60
        for number in itertools.count():
            if number >= SESSIONS and ("seen" in watcher.succeeded()
                                       or time.monotonic() > deadline):
                break
            client.ssh("true", flags=["-tt"] if number % 2 else [])
        return set(watcher.succeeded()) - {"ready"}


@pytest.mark.parametrize("kind", ["plain", "RuntimeDefault"])
def test_nothing_of_an_entering_process_can_be_had(kind, node, gateway, connect, tmp_path, comm):
    """CVE-2016-9962: ptrace, memory, descriptors, environment, executable, root."""
    with node.box("attack", "watch", **KINDS[kind]) as box:
        seen = attacked(box, gateway, connect, tmp_path, comm)
    assert "seen" in seen, "the attacker was too slow to prove anything"
    assert {line for line in seen if not line.startswith("permitted")} == {"seen"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_entering_process_has_no_more_than_the_box(kind, node, gateway, connect, tmp_path, comm):
    with node.box("attack", "caps", **KINDS[kind]) as box:
        seen = attacked(box, gateway, connect, tmp_path, comm)
        bounding = int(processes.status(box.container.pid)["CapBnd"], 16)
    permitted = [int(line.split()[1], 16) for line in seen if line.startswith("permitted")]
    assert permitted
    # The one that loads a seccomp filter, where nothing of the box could take it over.
    loads_filter = 1 << 21 if kind == "RuntimeDefault" else 0
    assert all(sets & ~(bounding | loads_filter) == 0 for sets in permitted), seen


@pytest.mark.parametrize("kind", ["may trace", "may trace, unfiltered"])
def test_a_box_that_may_trace_gets_at_nothing_of_the_host(kind, node, gateway, connect, tmp_path,
                                                          comm):
    """CVE-2024-21626: no descriptor leads out of the box."""
    with node.box("attack", "leak", **KINDS[kind]) as box:
        seen = attacked(box, gateway, connect, tmp_path, comm)
    descriptors = {line.removeprefix("descriptor ") for line in seen
                   if line.startswith("descriptor")}
    # The session's own, and the two channels to the supervisor.
    allowed = ("pipe:[", "socket:[", "/dev/pts/", "/volumes/dev/pts/")
    assert descriptors and not {name for name in descriptors if not name.startswith(allowed)}


def sealed_copies(gateway):
    """Hashes of the monitor's copy of sessiond."""
    hashes = set()
    for name in os.listdir(f"/proc/{gateway.pid}/fd"):
        path = f"/proc/{gateway.pid}/fd/{name}"
        if "memfd:zomg-ssh-sessiond" in os.readlink(path):
            hashes.add(hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest())
    assert len(hashes) == 1
    return hashes


def become_the_shell(box):
    attacker.put(box, "/volumes/attack-shell", SHELL_ATTACK)
    attacker.put(box, "/volumes/etc/passwd", b"root:x:0:0::/:/attack-shell\n", 0o644)


def test_sessiond_cannot_be_overwritten(node, gateway, connect, tmp_path, comm):
    """CVE-2019-5736: a shell that is /proc/self/exe makes our program run in the box."""
    before = sealed_copies(gateway)
    with node.box("attack", "overwrite") as box:
        become_the_shell(box)
        client = connect(gateway, box.login)
        with attacker.Watcher(box, tmp_path, comm) as watcher:
            def held():
                client.ssh("true")
                return "executable held" in watcher.succeeded()
            waiting.until(held, 60, "the attacker holds the executable")
            # Once nobody runs it, and the attacker had the time to try.
            waiting.until(lambda: not gateway.pids(SESSIOND), 15, "no sessiond runs")
            rounds = watcher.rounds()
            waiting.until(lambda: watcher.rounds() > rounds + 2, 15, "it was tried")
            assert "executable overwritten" not in watcher.succeeded()
    assert sealed_copies(gateway) == before


def test_a_loader_of_the_box_is_not_run(node, gateway, connect, tmp_path):
    """CVE-2019-5736 by way of the dynamic loader: sessiond has none."""
    with node.box("attack", "loader") as box:
        client = connect(gateway, box.login)
        [loader] = pathlib.Path(attacker.root_of(box), "volumes/usr/lib").glob("*/ld-linux-*.so.*")
        program = attacker.build(tmp_path, "loader", "-nostdlib", "-ffreestanding", "-fno-stack-protector")
        attacker.put(box, "/" + str(loader.relative_to(attacker.root_of(box))), program)
        client.ssh("true")
        ran = pathlib.Path(attacker.root_of(box), "volumes/tmp/loader-ran")
        assert ran.exists(), "the box's own programs did not run it either"
        ran.unlink()
        become_the_shell(box)
        client.ssh("true")
        assert not ran.exists()


def test_a_home_that_is_a_descriptor_leads_nowhere(node, gateway, connect):
    """CVE-2024-21626: /proc/self/fd/N as the working directory."""
    with node.box("attack", "home") as box:
        client = connect(gateway, box.login)
        box_root = client.sh("stat -c %d:%i /").strip()
        for number in range(3, 12):
            attacker.put(box, "/volumes/etc/passwd",
                         f"root:x:0:0::/proc/self/fd/{number}:/bin/sh\n".encode(), 0o644)
            assert client.sh("stat -c %d:%i .").strip() == box_root, number


def test_the_programs_descriptors_are_three(node, gateway, connect):
    with node.box("attack", "descriptors") as box:
        client = connect(gateway, box.login)
        # The fourth is the directory that is listed.
        assert client.sh("ls /proc/self/fd").split() == ["0", "1", "2", "3"]
        assert client.sh("readlink /proc/self/cwd").strip() == "/root"


def test_a_symbolic_link_for_volumes_is_refused(node, gateway, connect):
    with node.box("attack", "volumes", image="localhost/box:no-volumes") as box:
        os.symlink("/", f"{attacker.root_of(box)}/volumes")
        done = connect(gateway, box.login).ssh("true")
        assert done.status == 255 and "no /volumes directory" in done.errors


# The container's own devpts is not the one that /volumes has.
@pytest.mark.parametrize("name, target", [("dev/pts", "/dev/pts"), ("dev", "/target"),
                                          ("proc", "/target")])
def test_a_symbolic_link_in_volumes_is_not_followed(name, target, node, gateway, connect):
    """Nothing is mounted where the box points to, and no terminal comes from there."""
    with node.box("attack", "link") as box:
        root = attacker.root_of(box)
        os.mkdir(f"{root}/volumes/target")
        shutil.rmtree(f"{root}/volumes/{name}")
        os.symlink(target, f"{root}/volumes/{name}")
        # The container's own root has such a target, too: paths of ours begin there.
        os.mkdir(f"{root}/target")
        client = connect(gateway, box.login)
        with client.start("exec cat", options={"RequestTTY": "no"}) as session:
            try:
                program = waiting.until(lambda: box.running("cat"), 20, "the session runs")[0]
                # In the session's mount namespace, seen from the container's root.
                devices = subprocess.run(
                    ["nsenter", "-t", str(program), "-m", "/bin/busybox", "stat", "-c", "%d", "/",
                     "/target"], check=True, stdout=subprocess.PIPE).stdout.split()
                assert devices[0] == devices[1]
            finally:
                session.kill()
        done = client.ssh("tty", flags=["-tt"])
        if done.status == 0:
            assert done.text.startswith("/dev/pts/")
        else:
            assert "gave no terminal" in done.errors + done.text


def passwd_is(box, make, of="/volumes"):
    path = f"{attacker.root_of(box)}{of}/etc/passwd"
    pathlib.Path(path).unlink(missing_ok=True)
    make(path)


def the_containers_own_passwd_is(box, make):
    """It has the HOME of a user whom the box's own does not know."""
    passwd_is(box, PASSWDS["missing"])
    passwd_is(box, make, of="")


def big(path):
    with open(path, "wb") as file:
        file.truncate(1 << 30)


PASSWDS = {
    "a fifo": os.mkfifo,
    "a device": lambda path: os.mknod(path, 0o20666, os.makedev(1, 5)),
    "a terminal": lambda path: os.symlink("/dev/pts/ptmx", path),
    "1 GiB": big,
    "a directory": os.mkdir,
    "a link to itself": lambda path: os.symlink("passwd", path),
    "a link out of the box": lambda path: os.symlink("../" * 20 + "etc/outside", path),
    "missing": lambda path: None,
}


@pytest.mark.parametrize("what", PASSWDS)
def test_passwd_is(what, node, gateway, connect):
    with node.box("attack", "passwd", memory_limit_bytes=64 << 20) as box:
        passwd_is(box, PASSWDS[what])
        attacker.put(box, "/etc/outside", b"root:x:0:0::/outside:/bin/sh\n", 0o644)
        done = connect(gateway, box.login).ssh("echo $HOME $USER", stdin=b"x" * 100000, timeout=20)
        # The container's own passwd has that.
        assert done.ok().text == "/root root\n"


@pytest.mark.parametrize("what", sorted(set(PASSWDS) - {"a link out of the box"}))
def test_the_containers_own_passwd_is(what, node, gateway, connect):
    with node.box("attack", "own-passwd", memory_limit_bytes=64 << 20) as box:
        the_containers_own_passwd_is(box, PASSWDS[what])
        done = connect(gateway, box.login).ssh("echo $HOME $USER", stdin=b"x" * 100000, timeout=20)
        assert done.ok().text == "/ root\n"


def test_the_containers_own_passwd_is_a_link_out_of_it(node, gateway, connect):
    """It stays in the container, whose /outside is meant."""
    with node.box("attack", "own-passwd-link") as box:
        the_containers_own_passwd_is(box, PASSWDS["a link out of the box"])
        attacker.put(box, "/etc/outside", b"root:x:0:0::/outside:/bin/sh\n", 0o644)
        assert connect(gateway, box.login).sh("echo $HOME") == "/outside\n"


@pytest.mark.parametrize("is_passwd, home", [(passwd_is, "/root"), (the_containers_own_passwd_is, "/")])
def test_a_passwd_link_to_a_descriptor_is_not_followed(is_passwd, home, node, gateway, connect):
    """Who reads it has a pipe to the process that waits for it, and the container's environment."""
    # In a pid namespace of its own the box has no /proc/self for who reads.
    with node.box("attack", "passwd-descriptor", host_pid=True) as box:
        client = connect(gateway, box.login)
        for number in range(3, 40):
            is_passwd(box, lambda path, fd=number: os.symlink(f"/proc/self/fd/{fd}", path))
            assert client.ssh("echo $HOME", stdin=b"x" * 100000).ok().text == f"{home}\n"


def test_a_passwd_link_stays_in_the_box(node, gateway, connect):
    """One that starts at / starts at the box's."""
    with node.box("attack", "passwd-link") as box:
        passwd_is(box, lambda path: os.symlink("/etc/users", path))
        attacker.put(box, "/volumes/etc/users", b"root:x:0:0::/tmp:/bin/sh\n", 0o644)
        assert connect(gateway, box.login).sh("pwd") == "/tmp\n"
