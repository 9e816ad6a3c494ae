"""What the machine is, so that no test passes here because it is another."""

import pathlib
import re
import subprocess


def said(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT).stdout


def test_cgroup_v2_alone():
    assert said("stat", "-f", "-c", "%T", "/sys/fs/cgroup") == "cgroup2fs\n"
    mounts = pathlib.Path("/proc/mounts").read_text(encoding="ascii")
    assert " cgroup " not in mounts


def test_apparmor_is_on():
    assert pathlib.Path("/sys/module/apparmor/parameters/enabled").read_text(encoding="ascii") == "Y\n"
    assert said("systemctl", "is-active", "apparmor") == "active\n"


def test_systemd_is_the_first_process_and_has_run_noexec():
    assert pathlib.Path("/proc/1/comm").read_text(encoding="ascii") == "systemd\n"
    [run] = re.findall(r"^tmpfs /run tmpfs (\S+)", pathlib.Path("/proc/mounts").read_text(encoding="ascii"), re.M)
    assert "noexec" in run.split(",")


def test_containerd_uses_systemds_cgroups():
    assert "SystemdCgroup = true" in said("containerd", "config", "dump")
