"""A library's next version tries a system call that no filter of ours knows."""

import re
import subprocess

from harness import keys, newer_library, startup
from harness.gateway import RESOLVER, Gateway, clean_environment


def refusals(log):
    """The programs and calls that lines of the log name."""
    return re.findall(r"warning (\S+)\[\d+\]: sandbox: refused the system call (\w+)\(", log)


def test_a_login_goes_on_without_it_and_the_log_names_it_once(tmp_path, node, box, user_key, connect):
    program = newer_library.make(tmp_path, "SYS_epoll_pwait2")
    with Gateway(tmp_path / "own", node, keys.public_half(user_key), program=program) as gateway:
        for _ in range(2):
            assert connect(gateway, box.login).sh("echo in") == "in\n"
        resolver = gateway.one(RESOLVER)
        assert refusals(gateway.log()) == [(RESOLVER, "epoll_pwait2")]
        assert gateway.log().count(f"[{resolver}]: sandbox: refused") == 1


def check(tmp_path, node, call):
    program = newer_library.make(tmp_path, call)
    settings = startup.settings(tmp_path, ZOMG_SSH_CRI_SOCKET=node.socket)
    return subprocess.run([program, "--check"], env=clean_environment(**settings),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
                          check=False)


def test_check_names_the_program_and_the_call(tmp_path, node):
    done = check(tmp_path, node, "SYS_epoll_pwait2")
    assert "warning  system call epoll_pwait2: a library of zomg-ssh-resolver makes it" in done.stdout
    assert done.returncode == 0 and "ok       lookup by zomg-ssh-resolver" in done.stdout
    assert refusals(done.stderr) == [(RESOLVER, "epoll_pwait2")]


def test_check_says_when_a_lookup_is_killed_for_it(tmp_path, node):
    done = check(tmp_path, node, "SYS_ptrace")
    assert done.returncode == 1
    assert re.search(r"^BAD +lookup by zomg-ssh-resolver: its sandbox killed it", done.stdout, re.M)
