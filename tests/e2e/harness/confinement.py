"""What a process in a box is confined to, as /proc shows it to the process itself, and how two of
them differ."""

import dataclasses
import os
import pathlib
import subprocess

from harness import attacker

# Where attacks/attributes.c may be, as seen from the box: the tmpfs of the container's /dev can be
# written when its root cannot, and is there under /volumes, too.
PROGRAMS = ("/dev/attributes", "/attributes")

# Shell code that works under busybox and under Debian. `--` divides, `/proc/self` is that of cat.
SNAPSHOT = r"""
for file in status cgroup limits attr/current mountinfo oom_score_adj setgroups uid_map gid_map; do
  echo "--$file"; cat /proc/self/$file 2>/dev/null || echo none
done
echo "--ns"
for name in cgroup ipc mnt net pid pid_for_children time time_for_children user uts; do
  echo "$name: $(readlink /proc/self/ns/$name)"
done
echo "--attributes"
for program in %s; do [ ! -x $program ] || $program; done
echo "--end"
""" % " ".join(PROGRAMS)

# What /proc/PID/status says of the process, and not of what it may do.
_OF_THE_PROCESS = (
    "Name", "State", "Tgid", "Ngid", "Pid", "PPid", "TracerPid", "FDSize", "NStgid", "NSpid",
    "NSpgid", "NSsid", "Kthread", "Vm", "Rss", "HugetlbPages", "CoreDumping", "THP_enabled",
    "untag_mask", "Threads", "SigQ", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches",
    "x86_Thread")


def put_program(directory, pid, *paths):
    """Makes snapshots have the attributes of the process in the box whose first process is `pid`."""
    directory.mkdir(parents=True, exist_ok=True)
    program = attacker.build(directory, "attributes")
    own_users = os.readlink(f"/proc/{pid}/ns/user") != os.readlink("/proc/self/ns/user")
    for path in paths:
        if own_users:  # where the host's root is nobody, and cannot own a file
            subprocess.run(["nsenter", "--target", str(pid), "--user", "--mount", "--root", "--wd",
                            "--setuid", "0", "--setgid", "0", "/bin/sh", "-c",
                            'cat >"$0" && chmod 755 "$0"', path],
                           input=program, check=True, timeout=30)
        else:
            target = pathlib.Path(f"/proc/{pid}/root{path}")
            target.write_bytes(program)
            target.chmod(0o755)


@dataclasses.dataclass
class Snapshot:
    """Each file's text by its name."""
    texts: dict

    @classmethod
    def parse(cls, output):
        texts = {}
        name = None
        for line in output.splitlines():
            if line.startswith("--"):
                name = line[2:]
                texts[name] = []
            else:
                texts[name].append(line)
        assert "end" in texts, f"a snapshot without an end:\n{output}"
        return cls({name: "\n".join(lines) for name, lines in texts.items() if name != "end"})

    def facts(self):
        """What is compared: a dict of texts by what they are about."""
        facts = {name: text for name, text in self.texts.items()
                 if name not in ("status", "ns", "mountinfo", "attributes")}
        for line in self.texts["status"].splitlines():
            name, _, value = line.partition(":")
            if not name.startswith(_OF_THE_PROCESS):
                facts[f"status {name}"] = " ".join(value.split())
        for line in self.texts["attributes"].splitlines():
            name, _, value = line.partition(": ")
            facts[name] = facts.get(name, "") + value + "\n"
        for line in self.texts["ns"].splitlines():
            name, _, value = line.partition(": ")
            facts[f"ns/{name}"] = value
        facts["mountinfo"] = "\n".join(sorted(mount.text for mount in self.mounts()))
        return facts

    def mounts(self):
        return [Mount.parse(line) for line in self.texts["mountinfo"].splitlines()]


@dataclasses.dataclass
class Mount:
    """A line of mountinfo without the numbers that each mount namespace makes up for itself."""
    root: str
    point: str
    options: str
    kind: str

    @classmethod
    def parse(cls, line):
        before, after = line.split(" - ", 1)
        fields = before.split()
        return cls(fields[3], fields[4], fields[5], after)

    @property
    def text(self):
        return f"{self.point} {self.root} {self.options} {self.kind}"


def seen_from_volumes(snapshot):
    """The mounts that a session under /volumes has to see: those below it, and the container's
    /proc and /dev, with all that is mounted in them."""
    seen = []
    for mount in snapshot.mounts():
        if mount.point.startswith("/volumes/"):
            seen.append(dataclasses.replace(mount, point=mount.point.removeprefix("/volumes")).text)
        elif mount.point.split("/")[1] in ("proc", "dev"):
            seen.append(mount.text)
    return "\n".join(sorted(seen))


def differences(reference, session):
    """The names of the facts that two snapshots disagree about."""
    wanted = reference.facts()
    seen = session.facts()
    names = sorted(name for name in wanted | seen if wanted.get(name) != seen.get(name))
    if seen["mountinfo"] == seen_from_volumes(reference) and "mountinfo" in names:
        names[names.index("mountinfo")] = "mountinfo: as seen from /volumes"
    return names
