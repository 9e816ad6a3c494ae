#!/usr/bin/python3
"""The table `Tried on` of README, from what the tests ran on.

  tried_on.py row           prints the row of the machine that it is run on, with today's date
  tried_on.py write FILE    puts the rows of a file into README, each in the place of the one that begins alike
"""

import datetime
import pathlib
import re
import subprocess
import sys

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- begin generated: tried on (tests/tried_on.py) -->\n"
END = "<!-- end generated -->"


def said(*command):
    """The first line that a program says; nothing where it is missing."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except FileNotFoundError:
        return ""
    return (done.stdout.splitlines() or [""])[0]


def version(*command):
    found = re.search(r"\d+(\.\d+)+(p\d+)?", said(*command))
    return found[0] if found else None


def read(path):
    try:
        return pathlib.Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def programs(**commands):
    """Those that are there, with their versions."""
    found = {name: version(*command) for name, command in commands.items()}
    return ", ".join(f"{name} {number}" for name, number in found.items() if number) or "none"


def cgroups():
    if said("stat", "-f", "-c", "%T", "/sys/fs/cgroup") == "cgroup2fs":
        return "v2"
    return "v1, and v2 without controllers" if " cgroup2 " in read("/proc/mounts") else "v1"


def distribution():
    names = dict(line.split("=", 1) for line in read("/etc/os-release").splitlines() if "=" in line)
    return f"{names['NAME'].strip(chr(34)).split()[0]} {read('/etc/debian_version') or names['VERSION_ID']}"


def row():
    modules = [name for name in read("/sys/kernel/security/lsm").split(",")
               if name in ("apparmor", "selinux", "smack", "tomoyo")]
    init = version("systemctl", "--version") or re.search(r"\d+", said("systemctl", "--version") or "0")[0]
    cells = [distribution(), re.match(r"[\d.]+\d", said("uname", "-r"))[0], cgroups(),
             {"apparmor": "AppArmor", "selinux": "SELinux"}.get(modules[0], modules[0]) if modules else "none",
             f"systemd {init}" if read("/proc/1/comm") == "systemd" else "no systemd",
             programs(containerd=("containerd", "--version"), runc=("runc", "--version")),
             programs(OpenSSH=("ssh", "-V")),
             datetime.date.today().isoformat()]
    return f"| {' | '.join(cells)} |"


def write(rows):
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    table, after = rest.split(END, 1)
    lines = table.strip().splitlines()
    for new in rows:
        name = new.split(" | ", maxsplit=1)[0]
        lines = [line for line in lines if line.split(" | ", maxsplit=1)[0] != name] + [new]
    README.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n\n{END}{after}", encoding="utf-8")


def main():
    if sys.argv[1:] == ["row"]:
        print(row())
    elif sys.argv[1:2] == ["write"] and len(sys.argv) == 3:
        write(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").splitlines())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
