"""Hard resource limits of whoever starts the gateway: it serves with what there is, or says at its start
what it needs. Without CAP_SYS_RESOURCE, as in a pod, none can be raised."""

import re
import subprocess

import pytest

from harness import keys, paths, sanitizers
from harness.gateway import Gateway, clean_environment

pytest_plugins = ["harness.crowd"]
pytestmark = [pytest.mark.timeout(120), sanitizers.other_build]

MEBIBYTE = 1 << 20
# By the names of prlimit(1), with values at which users are still to be served.
LOW = [("nofile", 4096), ("nofile", 1024), ("nofile", 256), ("nproc", 100), ("fsize", 64 * MEBIBYTE),
       ("as", 512 * MEBIBYTE), ("data", 128 * MEBIBYTE), ("stack", MEBIBYTE), ("sigpending", 64),
       ("core", 0), ("memlock", 0), ("msgqueue", 0), ("locks", 0), ("rss", 1), ("nice", 0),
       ("rtprio", 0), ("rttime", 0), ("cpu", 3600)]
TOO_LOW = [("nofile", 127, "open files is 127; set at least 128"),
           ("nproc", 63, "processes of an account is 63; set at least 64"),
           ("fsize", MEBIBYTE, "bytes of a file is 1048576; set at least 67108864"),
           ("as", 256 * MEBIBYTE, "bytes of address space is 268435456; set at least"),
           ("data", 64 * MEBIBYTE, "bytes of data is 67108864; set at least")]


def limited(directory, resource, value):
    """A program that is the gateway under a limit."""
    script = directory / "limited"
    script.write_text(f"#!/bin/sh\nexec prlimit --{resource}={value}:{value} "
                      f"setpriv --bounding-set -sys_resource '{paths.GATEWAY}' \"$@\"\n",
                      encoding="ascii")
    script.chmod(0o755)
    return script


@pytest.mark.parametrize("resource, value", LOW)
def test_users_are_served(node, box, user_key, connect, tmp_path, resource, value):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 limited(tmp_path, resource, value)) as gateway:
        client = connect(gateway, box.login)
        assert client.sh("echo in") == "in\n"
        client.sftp("pwd\n").ok()
        assert " error " not in gateway.log()


def test_it_says_how_many_connections_there_can_be(node, user_key, tmp_path):
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 limited(tmp_path, "nofile", 4096)) as gateway:
        gateway.wait_for_log("(?s)warning .*: 288 connections at most, for the hard limit of open "
                             "files is 4096; 57408 would do for all 4096.*listening on")


def test_it_serves_as_many_as_it_says(node, user_key, tmp_path):
    """And who comes then hears what everybody hears who is not served."""
    import socket
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 limited(tmp_path, "nofile", 128), ZOMG_SSH_MAX_STARTUPS="100") as gateway:
        said = gateway.wait_for_log(r"warning .*: (\d+) connections at most")
        opened = []
        try:
            for _ in range(int(said[1])):
                opened.append(socket.create_connection(("127.0.0.1", gateway.port), timeout=20))
                assert opened[-1].recv(8) == b"SSH-2.0-"
            with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as late:
                assert late.recv(100).startswith(b"Not allowed at this time")
        finally:
            for one in opened:
                one.close()
        assert " error " not in gateway.log()


@pytest.mark.parametrize("resource, value, sentence", TOO_LOW)
def test_it_does_not_start_and_says_why(node, user_key, tmp_path, resource, value, sentence):
    with pytest.raises(AssertionError, match=re.escape(sentence)):
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                     limited(tmp_path, resource, value)):
            pass


def check(directory, resource, value):
    done = subprocess.run([limited(directory, resource, value), "--check"], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean_environment())
    return [line for line in done.stdout.splitlines() if "resource limits" in line], done.returncode


@pytest.mark.parametrize("resource, value, sentence", TOO_LOW)
def test_the_check_names_what_is_too_low(tmp_path, resource, value, sentence):
    lines, status = check(tmp_path, resource, value)
    [line] = [line for line in lines if line.startswith("BAD ")]
    assert sentence in line and status == 1


def test_the_check_warns_of_what_is_low(tmp_path):
    [line], _ = check(tmp_path, "nofile", 4096)
    assert line.startswith("warning ") and "288 connections at most" in line


def test_users_are_served_in_a_cgroup_with_few_processes(node, box, user_key, connect, tmp_path, crowd):
    cgroup, program = crowd
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), program) as gateway:
        gateway.wait_for_log(rf"(?s)warning .*: 12 connections at most, for {cgroup}/pids.max is 132; 32800 "
                             "would do for all 4096.*listening on")
        assert connect(gateway, box.login).sh("echo in") == "in\n"
    done = subprocess.run([program, "--check"], check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=clean_environment())
    assert "12 connections at most" in done.stdout
    assert "quotas: 12 connections, 4 of one key, 9 of one login name; 24 sessions, 8 of one key" in done.stdout
