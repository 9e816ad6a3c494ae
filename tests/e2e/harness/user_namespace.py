"""A box whose container has a user namespace of its own, which CRI of containerd 1.6 cannot make.
The runtime makes it; a FakeCri tells the gateway of it."""

import json
import os
import pathlib
import secrets
import shutil
import subprocess

from harness import processes, waiting
from harness.fake_cri import FakeCri, MadeUpContainer

FIRST_ID = 100000
IDS = 65536
CAPABILITIES = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID", "CAP_KILL",
                "CAP_SYS_CHROOT", "CAP_SETPCAP"]


class UserNamespaceBox:
    """`login` reaches it through a gateway that asks `socket`. A context."""

    def __init__(self, directory, node):
        self._directory = pathlib.Path(directory)
        self._node = node
        self.id = secrets.token_hex(32)
        self.login = "parity--user-namespace"
        run = pathlib.Path(node.instance.settings["run"])
        self._state = run / "runc-user"
        # Where the container's root can get through, which is nobody on the host.
        self._bundle = run / "user-box"
        self._cri = None

    def __enter__(self):
        bundle = self._bundle
        self._directory.mkdir(parents=True, exist_ok=True)
        # The resolver goes through it to the socket.
        self._directory.chmod(0o711)
        bundle.mkdir(parents=True)
        # A file system of its own: nothing can be executed in /run of a host with systemd.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=711", "user-box", bundle], check=True)
        (bundle / "rootfs").mkdir()
        with self._node.box("source", "user-namespace") as box:
            subprocess.run(["cp", "-a", "-x", f"/proc/{box.container.pid}/root/.",
                            bundle / "rootfs"], check=True)
            for name in ("proc", "dev", "sys"):
                shutil.rmtree(bundle / "rootfs" / name)
                (bundle / "rootfs" / name).mkdir()
        for root, folders, files in os.walk(bundle / "rootfs"):
            for name in folders + files:
                path = os.path.join(root, name)
                owner = os.lstat(path)
                os.lchown(path, owner.st_uid + FIRST_ID, owner.st_gid + FIRST_ID)
                if not os.path.islink(path):
                    os.chmod(path, owner.st_mode & 0o7777)
        os.lchown(bundle / "rootfs", FIRST_ID, FIRST_ID)
        (bundle / "config.json").write_text(json.dumps(self._spec()), encoding="ascii")
        # Its first process keeps what runc had for output: a pipe would never end.
        subprocess.run(processes.at_usual_priority(
            self._node.runtime, "--root", self._state, "run", "--detach", "--bundle", bundle, self.id),
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60)
        state = json.loads(self._runc("state", self.id).stdout)
        self._cri = FakeCri(self._directory, self._node,
                            MadeUpContainer("parity", "user-namespace", self.id, state["pid"],
                                            self._spec()))
        self._cri.__enter__()
        self.pid = state["pid"]
        return self

    def __exit__(self, *_):
        if self._cri:
            self._cri.__exit__()
        self._runc("delete", "--force", self.id, check=False)
        waiting.until(lambda: not (self._state / self.id).exists(), 10, "runc has deleted it")
        subprocess.run(["umount", self._bundle], check=True)
        self._bundle.rmdir()

    @property
    def socket(self):
        return self._cri.socket

    def exec(self, script):
        # As containerd does: crun goes by the container's own process in nothing.
        process = self._bundle / "process.json"
        process.write_text(json.dumps({**self._spec()["process"], "args": ["/bin/sh", "-c", script]}),
                           encoding="ascii")
        return self._runc("exec", "--process", process, self.id).stdout.decode()

    def _runc(self, *arguments, check=True):
        return subprocess.run(
            processes.at_usual_priority(self._node.runtime, "--root", self._state, *arguments),
            check=check, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=None if check else subprocess.DEVNULL, timeout=60)

    def _spec(self):
        mapping = [{"containerID": 0, "hostID": FIRST_ID, "size": IDS}]
        mounts = [
            ("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
            ("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            ("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666",
                                              "mode=0620"]),
            ("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        ]
        return {
            "ociVersion": "1.0.2",
            "process": {
                "user": {"uid": 0, "gid": 0, "additionalGids": [5]},
                "args": ["/init"], "cwd": "/",
                "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                "capabilities": {name: CAPABILITIES
                                 for name in ("bounding", "effective", "permitted")},
                "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}],
                "oomScoreAdj": 300,
            },
            "root": {"path": "rootfs"},
            "hostname": "user-namespace",
            "mounts": [{"destination": point, "type": kind, "source": source, "options": options}
                       for point, kind, source, options in mounts],
            "linux": {
                "cgroupsPath": f"{self._node.instance.cgroup}/user-namespace/{self.id}",
                "uidMappings": mapping, "gidMappings": mapping,
                "namespaces": [{"type": kind} for kind in
                               ("pid", "network", "ipc", "uts", "mount", "user", "cgroup")],
                "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list"],
                "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"],
                "seccomp": {
                    "defaultAction": "SCMP_ACT_ALLOW",
                    "architectures": ["SCMP_ARCH_X86_64"],
                    "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}],
                },
            },
        }
