"""A pod's memory limit ends everybody's sessions when it is passed: the settings must not allow that."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import threading

import pytest

from harness import keys, paths, sanitizers, second_client, startup, waiting
from harness.gateway import CONNECTION, Gateway, clean_environment

MIB = 1024 * 1024

# As memory_need.cc has it.
SECOND_SESSION_KIB = 512
SPARE_KIB = 608
MANIFESTS = ("zomg-ssh-gateway.yaml", "zomg-ssh-gateway-daemonset.yaml")


def greatest_need(tmp_path, **settings):
    """MiB, as --check says it."""
    done = subprocess.run([paths.GATEWAY, "--check"], stdin=subprocess.DEVNULL, timeout=30,
                          env=clean_environment(**startup.settings(tmp_path, **settings)),
                          capture_output=True, text=True, check=False)
    return int(re.search(r"memory: at most (\d+) MiB", done.stdout).group(1))


def constant(name):
    """A bound of common/base/limits.h."""
    text = (paths.ROOT / "common/base/limits.h").read_text(encoding="utf-8")
    product = re.search(rf"\b{name} = ([\d *]+);", text).group(1)
    value = 1
    for factor in product.split("*"):
        value *= int(factor)
    return value


def default(name):
    text = (paths.ROOT / "monitor/settings/settings.h").read_text(encoding="utf-8")
    return int(re.search(rf"\b{name} = (\d+);", text).group(1))


def test_what_check_says_is_what_the_bounds_come_to(tmp_path):
    windows = default("max_sessions") * constant("kLeastReceiveWindowBytes") // 1024
    pipes = 2 * constant("kInputPipeBytes") // 1024
    sessions = constant("kConnectionMemoryKibibytes") + SECOND_SESSION_KIB
    connections = default("max_connections") * (sessions + pipes + windows)
    spares = constant("kMaxSpareSessions") * SPARE_KIB
    assert greatest_need(tmp_path) == constant("kFixedMemoryMebibytes") + (connections + spares) // 1024 + \
        default("max_window_mebibytes")


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifests_limit_is_what_the_settings_allow(tmp_path, name):
    text = (paths.ROOT / "deploy" / name).read_text(encoding="utf-8")
    settings = dict(re.findall(r'^  (ZOMG_SSH_MAX_\w+): "(\d+)"', text, re.MULTILINE))
    limit = int(re.search(r"limits: \{memory: (\d+)Mi\}", text).group(1))
    need = greatest_need(tmp_path, **settings)
    assert need <= limit <= need * 1.1


def test_the_need_follows_the_settings(tmp_path):
    few = greatest_need(tmp_path, ZOMG_SSH_MAX_CONNECTIONS="16")
    assert few < greatest_need(tmp_path, ZOMG_SSH_MAX_CONNECTIONS="64")
    assert few < greatest_need(tmp_path, ZOMG_SSH_MAX_CONNECTIONS="16", ZOMG_SSH_MAX_SESSIONS="32")
    held = 2 * constant("kMaxSftpHeldBytes") // MIB
    assert few + 16 * held == greatest_need(tmp_path, ZOMG_SSH_MAX_CONNECTIONS="16",
                                            ZOMG_SSH_AUDIT_SFTP="yes")
    assert few + 44 == greatest_need(tmp_path, ZOMG_SSH_MAX_CONNECTIONS="16",
                                     ZOMG_SSH_MAX_WINDOW_MIB="300")


class MemoryCgroup:
    """In which a program runs, with all that it starts."""

    def __init__(self, name, limit_mib):
        self.directory = pathlib.Path("/sys/fs/cgroup/memory", name)
        self.directory.mkdir()
        (self.directory / "memory.limit_in_bytes").write_text(str(limit_mib * MIB), encoding="ascii")
        # Only with a limit are the sockets' buffers counted.
        (self.directory / "memory.kmem.tcp.limit_in_bytes").write_text(str(2**40), encoding="ascii")

    def wrap(self, program, wrapper):
        wrapper.write_text(f'#!/bin/sh\necho $$ >{self.directory}/cgroup.procs\nexec {program} "$@"\n',
                           encoding="ascii")
        wrapper.chmod(0o755)
        return wrapper

    def used_mib(self):
        """Without the pages of files, which are given back when others need room."""
        files = re.findall(r"^total_(?:in)?active_file (\d+)$",
                           (self.directory / "memory.stat").read_text(encoding="ascii"), re.M)
        used = [int((self.directory / name).read_text(encoding="ascii"))
                for name in ("memory.usage_in_bytes", "memory.kmem.tcp.usage_in_bytes")]
        return (sum(used) - sum(map(int, files))) / MIB

    def __enter__(self):
        return self

    def __exit__(self, *_):
        def removed():
            try:
                self.directory.rmdir()
            except OSError:
                return False
            return True
        waiting.until(removed, 20, f"{self.directory} can be removed")


def fill(channel):
    """Sends until nothing more is taken."""
    channel.settimeout(5)
    with contextlib.suppress(OSError):
        while True:
            channel.sendall(bytes(256 * 1024))


def filled(connection, stack):
    """Three sessions whose programs take some megabytes, as fast as they come, and then read no more."""
    channels = []
    for _ in range(3):
        channel = stack.enter_context(connection.get_transport().open_session())
        channel.exec_command("head -c 4000000 >/dev/null; exec sleep 1000")
        channels.append(channel)
    return channels


@sanitizers.other_build
@pytest.mark.timeout(300)
def test_what_users_take_at_most_is_within_the_limit(tmp_path, node, user_key, box, connect):
    """All connections and all sessions, half of them behind programs that do not read, and half
    behind clients that do not."""
    connections = 16
    limits = {"ZOMG_SSH_MAX_CONNECTIONS": str(connections), "ZOMG_SSH_MAX_WINDOW_MIB": "64",
              "ZOMG_SSH_PATH": "cri"}
    need = greatest_need(tmp_path, **limits)
    with MemoryCgroup(f"zomg-memory-{os.getpid()}", need) as cgroup, contextlib.ExitStack() as stack:
        gateway = stack.enter_context(
            Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                    program=cgroup.wrap(paths.GATEWAY, tmp_path / "wrapped"), **limits))
        connect(gateway, box.login).sh("true")
        waiting.until(lambda: not gateway.pids(CONNECTION), 20, "nobody is left")
        alone = cgroup.used_mib()
        assert alone < constant("kFixedMemoryMebibytes")
        channels = []
        for _ in range(connections // 2):
            channels += filled(stack.enter_context(second_client.paramiko_connection(
                connect(gateway, box.login))), stack)
            reader = stack.enter_context(connect(gateway, box.login).start("exec cat /dev/zero"))
            stack.callback(reader.kill)
            assert len(reader.stdout.read(8 * MIB)) == 8 * MIB
            os.kill(reader.pid, signal.SIGSTOP)
        threads = [threading.Thread(target=fill, args=(channel,)) for channel in channels]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(200)
        # Nobody was ended for want of memory.
        assert len(gateway.pids(CONNECTION)) == connections
        assert len(gateway.sessions()) == 2 * connections
        grown = cgroup.used_mib() - alone
        print(f"alone {alone:.0f} MiB, by its users {grown:.0f}, at most {need}")
        assert grown < need - constant("kFixedMemoryMebibytes")
