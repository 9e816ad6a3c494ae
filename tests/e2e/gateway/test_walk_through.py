"""docs/deploy.md's way from nothing to a login on a plain host: each of its commands, as it stands there.

They are run as root of a root directory of their own, over the machine's (an overlay that is gone
afterwards), with a network of their own. What this machine may not have is played: systemd."""

import os
import pathlib
import stat
import subprocess

import pytest

from harness import paths, readme
from harness.cgroup import Cgroup

pytestmark = pytest.mark.slow

BUILD = paths.BINARIES.parent
LOGIN = "ssh demo--box1@localhost -p 2222"

# Starts the unit's program as its file says, in the background.
SYSTEMCTL = """#!/bin/sh
set -eu
[ "$1 $2" = 'enable --now' ]
unit=/lib/systemd/system/$3.service
[ -f "$unit" ] || unit=/usr$unit
mkdir -p "/var/lib/$(sed -n 's/^StateDirectory=//p' "$unit")"
env -i $(sed -n 's/^Environment=//p' "$unit") setsid $(sed -n 's/^ExecStart=//p' "$unit") \\
  >/run/gateway.log 2>&1 </dev/null &
tries=0
until grep -q 'listening on' /run/gateway.log; do
  tries=$((tries + 1))
  [ $tries -lt 200 ] || { cat /run/gateway.log; exit 1; }
  sleep 0.1
done
"""

# Makes the root directory and goes there: ROOT SOCKET-DIRECTORY CHECKOUT SCRIPT
ENTER = """
set -eu
top=$1 sockets=$2 checkout=$3 script=$4
ip link set lo up
mount -t tmpfs -o mode=0755 tmpfs "$top"
mkdir "$top/upper" "$top/work" "$top/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" "$top/root"
cd "$top/root"
for place in proc sys dev; do mount --rbind "/$place" "$place"; done
mount -t tmpfs -o mode=0755 tmpfs run
mkdir -p run/containerd ".$sockets" ".$checkout" root/.ssh
mount --bind "$sockets" run/containerd
mount --bind "$sockets" ".$sockets"
mount --rbind "$checkout" ".$checkout"
cp "$script/systemctl" usr/local/bin/systemctl
rm -rf etc/zomg-ssh-gateway root/.ssh
mkdir -m 0700 root/.ssh
cp "$script/commands" run/commands
mkdir .old
pivot_root . .old
umount -l /.old
cd "$checkout"
exec sh -eux /run/commands
"""


def as_it_stands(command):
    """The command, with the user's own typing where it waits for that. Another build than the
    release is tested as it is."""
    if command == LOGIN:
        return f"{command} <<'END'\necho typed in the box: $(whoami)\nEND"
    if BUILD != paths.ROOT / "build/release":
        return "" if command.startswith("cmake") else command.replace("build/release", os.path.relpath(BUILD, paths.ROOT))
    return command


@pytest.mark.timeout(900)
def test_on_a_plain_host(node, tmp_path):
    cache = BUILD / "CMakeCache.txt"
    if not cache.exists() or "CMAKE_INSTALL_PREFIX:PATH=/usr\n" not in cache.read_text():
        pytest.skip(f"{BUILD} is not what a package is made of: tests/run.sh builds the release")
    script = tmp_path / "script"
    script.mkdir()
    (script / "systemctl").write_text(SYSTEMCTL, encoding="ascii")
    (script / "systemctl").chmod(stat.S_IRWXU)
    commands = readme.commands("On a plain host")
    assert commands[-1] == LOGIN
    (script / "commands").write_text("\n".join([
        "export HOME=/root DEBIAN_FRONTEND=noninteractive", "umask 022",
        "ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519",
        "printf 'StrictHostKeyChecking accept-new\\nBatchMode yes\\n' >/root/.ssh/config",
        *map(as_it_stands, commands), ""]), encoding="ascii")
    top = tmp_path / "top"
    top.mkdir()
    cgroup = Cgroup(node.unique_cgroup())
    try:
        with node.box("demo", "box1"):
            done = subprocess.run(
                ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-c",
                 f"echo $$ >{cgroup.procs_file}\n{ENTER}", "sh", str(top),
                 str(pathlib.Path(node.socket).parent), str(paths.ROOT), str(script)],
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=800)
    finally:
        cgroup.remove()
    text = done.stdout.decode(errors="replace")
    assert done.returncode == 0, text[-4000:]
    assert "typed in the box: root" in text
