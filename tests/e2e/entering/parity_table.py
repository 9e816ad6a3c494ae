#!/usr/bin/python3
"""Writes the parity table of docs/design/parity.md from real containers:  parity_table.py

For every kind of container it compares what the kernel says to a program of `ctr task exec` with what it
says to one of a session. The gateway is started with unusual values of all that it could pass on.
test_parity.py allows no difference that the table does not name.
"""

import json
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import confinement, keys, odd_start, paths, processes, stack  # noqa: E402  pylint: disable=wrong-import-position
from harness.client import Client  # noqa: E402  pylint: disable=wrong-import-position
from harness.gateway import Gateway  # noqa: E402  pylint: disable=wrong-import-position
from harness.node import Node  # noqa: E402  pylint: disable=wrong-import-position
from harness.user_namespace import UserNamespaceBox  # noqa: E402  pylint: disable=wrong-import-position

import pods  # noqa: E402  pylint: disable=wrong-import-position

DOCUMENT = paths.ROOT / "docs/design/parity.md"
HEADER = ("| container | default settings | `ZOMG_SSH_CHROOT=/`, `ZOMG_SSH_BOX_USER=container` |\n"
          "|---|---|---|\n")

# A Localhost profile that refuses what entering a box takes, and the session's program does not.
PROFILE = {
    "defaultAction": "SCMP_ACT_ALLOW",
    "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    "syscalls": [
        {"names": ["mkdir", "mkdirat", "openat2", "setns", "unshare", "mount", "pivot_root", "clone3",
                   "chroot", "setsid", "pidfd_open", "sendmsg", "close_range", "move_mount",
                   "open_tree"],
         "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
        {"names": ["personality"], "action": "SCMP_ACT_KILL_PROCESS",
         "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]},
    ],
}

KINDS = {
    "plain": {},
    "RuntimeDefault": {"seccomp": "RuntimeDefault"},
    "Localhost profile": {"seccomp": "localhost/PROFILE"},
    "privileged": {"privileged": True},
    "drop-all": {"drop_capabilities": ["ALL"], "seccomp": "RuntimeDefault"},
    "add-some": {"add_capabilities": ["SYS_ADMIN", "NET_ADMIN"], "seccomp": "RuntimeDefault"},
    "may trace": {"add_capabilities": ["SYS_PTRACE"], "seccomp": "RuntimeDefault"},
    "non-root": {"run_as_user": 1000, "run_as_group": 1000, "supplemental_groups": [2000, 3000],
                 "seccomp": "RuntimeDefault"},
    "no_new_privs": {"no_new_privs": True, "seccomp": "RuntimeDefault"},
    "non-root, no_new_privs": {"run_as_user": 1000, "run_as_group": 1000, "no_new_privs": True,
                               "seccomp": "localhost/PROFILE"},
    "host network": {"host_network": True},
    "host PID": {"host_pid": True, "seccomp": "RuntimeDefault"},
    "shared PID": {"shared_pid": True, "seccomp": "RuntimeDefault"},
    "read-only root": {"readonly_rootfs": True},
    "procMount: Unmasked": {"proc_mount": "Unmasked", "seccomp": "RuntimeDefault"},
    "memory-limited": {"memory_limit_bytes": 128 << 20, "oom_score_adj": 500},
    "user namespace": None,
    "hostUsers: false": {"host_users": False},
    "hostUsers: false, RuntimeDefault": {"host_users": False, "seccomp": "RuntimeDefault"},
    "hostUsers: false, add-some": {"host_users": False, "seccomp": "RuntimeDefault",
                                   "add_capabilities": ["SYS_ADMIN", "NET_ADMIN"]},
    "hostUsers: false, non-root": {"host_users": False, "run_as_user": 1000, "run_as_group": 1000,
                                   "supplemental_groups": [2000, 3000]},
    "hostUsers: false, memory-limited": {"host_users": False, "memory_limit_bytes": 128 << 20,
                                         "oom_score_adj": 500},
    "hostUsers: false, procMount: Unmasked": {"host_users": False, "proc_mount": "Unmasked",
                                              "seccomp": "RuntimeDefault"},
    "hostUsers: false, with a volume": {
        "host_users": False, "mounts": [("/usr/share/zoneinfo", "/volumes/zones", True)]},
}


def kinds():
    """Those that this stack can make."""
    return [kind for kind, options in KINDS.items()
            if stack.MAKES_USER_NAMESPACES or (options or {}).get("host_users", True)]


def write_profile(directory):
    path = pathlib.Path(directory) / "profile.json"
    path.write_text(json.dumps(PROFILE), encoding="ascii")
    return path


def options_of(kind, profile):
    return {name: f"localhost/{profile}" if value == "localhost/PROFILE" else value
            for name, value in KINDS[kind].items()}


class Pair:
    """Two gateways to one node: as they are by default, and as the container is."""

    def __init__(self, directory, node, key, **settings):
        self._directory = pathlib.Path(directory)
        self._key = key
        line = keys.public_half(key)
        program = odd_start.program(self._directory / "odd", "all")
        self.gateways = [
            Gateway(self._directory / "default", node, line, program, **settings),
            Gateway(self._directory / "container", node, line, program, ZOMG_SSH_CHROOT="/",
                    ZOMG_SSH_BOX_USER="container", **settings)]

    def __enter__(self):
        for number, gateway in enumerate(self.gateways):
            try:
                gateway.__enter__()
            except BaseException:
                for started in self.gateways[:number]:
                    started.stop()
                raise
        return self

    def __exit__(self, *_):
        for gateway in self.gateways:
            gateway.stop()

    def snapshots(self, login):
        for gateway in self.gateways:
            client = Client(self._directory / f"client-{login}-{gateway.port}", gateway, self._key,
                            login)
            yield confinement.Snapshot.parse(client.sh(confinement.SNAPSHOT))


def reference(box):
    code, out, err = box.node.instance.exec(box.container.id,
                                            ["/bin/sh", "-c", confinement.SNAPSHOT])
    assert code == 0, err
    return as_recorded(confinement.Snapshot.parse(out.decode()), box.container.pid)


def as_recorded(wanted, pid):
    """What crun's exec leaves as it is in the shim, and so on the host, is what runc's makes of it: the
    container's oom_score_adj, and a session keyring that has nothing of the host."""
    if stack.RUNTIME == "crun":
        wanted.texts["oom_score_adj"] = processes.read(pid, "oom_score_adj").decode().strip()
        wanted.texts["attributes"] = re.sub(r"^session keyring: keyring;.*$",
                                            "session keyring: nothing",
                                            wanted.texts["attributes"], flags=re.M)
    return wanted


def row(kind, per_gateway):
    cells = ["; ".join(names) or "none" for names in per_gateway]
    return f"| {kind} | {' | '.join(cells)} |"


def measure(kind, node, pair, profile, directory, key):
    """The row of the table for one kind of container."""
    if KINDS[kind] is None:
        with UserNamespaceBox(directory, node) as box:
            confinement.put_program(directory / "program", box.pid, "/attributes",
                                    "/volumes/attributes")
            with Pair(directory / "pair", node, key, ZOMG_SSH_CRI_SOCKET=box.socket) as own:
                wanted = as_recorded(confinement.Snapshot.parse(box.exec(confinement.SNAPSHOT)),
                                     box.pid)
                return row(kind, [confinement.differences(wanted, seen)
                                  for seen in own.snapshots(box.login)])
    with node.box("parity", re.sub("[^a-z]+", "-", kind.lower()), **options_of(kind, profile)) as box:
        confinement.put_program(directory / "program", box.container.pid, "/dev/attributes")
        wanted = reference(box)
        assert "nice" in wanted.facts(), "the reference has no attributes"
        return row(kind, [confinement.differences(wanted, seen)
                          for seen in pair.snapshots(box.login)])


def committed_rows():
    """The rows of the table in docs/design/parity.md, by kind."""
    table = DOCUMENT.read_text(encoding="utf-8").split(HEADER)[1].split("\n\n")[0]
    return {line.split(" | ")[0].removeprefix("| "): line for line in table.splitlines()}


def main():
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        directory = pathlib.Path(name)
        directory.chmod(0o711)
        key = keys.make_user_key(directory)
        profile = write_profile(directory)
        (directory / "node").mkdir()
        with Node(directory / "node") as node, Pair(directory, node, key) as pair:
            measured = committed_rows()
            for number, kind in enumerate(kinds()):
                measured[kind] = measure(kind, node, pair, profile, directory / str(number), key)
                print(measured[kind], flush=True)
    rows = [measured[kind] for kind in KINDS if kind in measured]
    before, after = DOCUMENT.read_text(encoding="utf-8").split(HEADER)
    rest = after.split("\n\n", 1)[1]
    DOCUMENT.write_text(before + HEADER + "\n".join(rows) + "\n\n" + rest, encoding="utf-8")


if __name__ == "__main__":
    main()
