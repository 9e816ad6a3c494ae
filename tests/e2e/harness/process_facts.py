"""What /proc says of a process, in the words of the process tables of docs/design/processes.md."""

import contextlib
import grp
import os
import pwd
import re
import resource
import socket

from harness import descriptors, processes

SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
NONE = f"{0:016x}"
KILL = f"{1 << 5:016x}"
KILL_AND_SETUID = f"{1 << 5 | 1 << 7:016x}"
LIMITS = {"NPROC": "Max processes", "NOFILE": "Max open files", "AS": "Max address space",
          "DATA": "Max data size", "FSIZE": "Max file size", "MEMLOCK": "Max locked memory",
          "CORE": "Max core file size", "CPU": "Max cpu time", "STACK": "Max stack size",
          "SIGPENDING": "Max pending signals", "MSGQUEUE": "Max msgqueue size", "RSS": "Max resident set",
          "LOCKS": "Max file locks", "NICE": "Max nice priority", "RTPRIO": "Max realtime priority",
          "RTTIME": "Max realtime timeout"}
_SOCKETS = {(socket.AF_UNIX, socket.SOCK_SEQPACKET, False): "channel",
            (socket.AF_UNIX, socket.SOCK_STREAM, False): "stream",
            (socket.AF_INET, socket.SOCK_STREAM, False): "TCP",
            (socket.AF_INET, socket.SOCK_STREAM, True): "listening TCP",
            (socket.AF_INET, socket.SOCK_DGRAM, False): "UDP"}


def descendants(pid):
    """A process and all that it, and who it started, has started; the oldest first. Of a subreaper these
    are all, wherever they are by now."""
    parents = {}
    for other in processes.all_pids():
        parents.setdefault(processes.status(other).get("PPid"), []).append(other)
    found = [pid]
    for one in found:
        found += parents.get(str(one), [])
    return [one for one in found if processes.alive(one)]


def statuses(pid):
    """Of each of its threads: what each has for itself."""
    return [processes.status(f"{pid}/task/{thread}") for thread in os.listdir(f"/proc/{pid}/task")]


def common_fact(pid, fact):
    """What all threads of a process have in common, which they have to."""
    seen = {fact(status) for status in statuses(pid)}
    assert len(seen) == 1, f"threads of {processes.arguments(pid)} differ: {seen}"
    return seen.pop()


def is_own_user(uid):
    """Whether it is one of the numbers that nobody has (common/sandbox/counted_apart.h)."""
    return uid >> 28 == 7


def account(status):
    """The name of the account whose uid and gid it has, four times each; but for a real uid of its own, or
    one that is its user all over."""
    real, *uids = map(int, status["Uid"].split())
    gids = set(status["Gid"].split())
    if len(set(uids)) != 1 or len(gids) != 1:
        return f"uids {uids} gids {gids}"
    gid = int(gids.pop())
    if is_own_user(uids[0]) and real == uids[0]:
        return f"own, of group {pwd.getpwnam(grp.getgrgid(gid).gr_name).pw_name}"
    entry = pwd.getpwuid(uids[0])
    name = entry.pw_name if gid == entry.pw_gid else f"{entry.pw_name} with gid {gid}"
    if real == uids[0]:
        return name
    return f"{name}, counted apart" if is_own_user(real) else f"{name}, real {real}"


def capabilities(status, started_with, of_the_box):
    """`started_with` is the bounding set of the gateway, `of_the_box` the five sets of its first process."""
    sets = tuple(status[name] for name in SETS)
    return {(NONE,) * 5: "none",
            (NONE, KILL, KILL, KILL, NONE): "KILL",
            (NONE, KILL_AND_SETUID, KILL, started_with, NONE): "KILL, (SETUID), bounds",
            (NONE, started_with, started_with, started_with, NONE): "bounds",
            of_the_box: "the box's"}.get(sets, f"{sets}")


def filters(status):
    assert status["Seccomp"] == ("2" if status["Seccomp_filters"] != "0" else "0")
    return status["Seccomp_filters"]


def namespace(pid, kind, gateway, box):
    """Whose it is. `gateway` and `box` are the pids of the supervisor and of a box's first process."""
    mine = processes.namespace(pid, kind)
    parent = processes.status(pid)["PPid"]
    for other, name in ((gateway, "gateway's"), (box, "box's"), (parent, "parent's")):
        if mine == processes.namespace(other, kind):
            return name
    return "own"


def network(pid, gateway, box):
    """`empty` where there is not even a loopback that is up."""
    whose = namespace(pid, "net", gateway, box)
    if whose in ("gateway's", "box's"):
        return whose
    interfaces = [line.split(":")[0].strip()
                  for line in processes.read(pid, "net/dev").decode().splitlines()[2:]]
    bare = interfaces in ([], ["lo"]) and processes.read(pid, "net/fib_trie") == b""
    return f"{whose}, empty" if bare else f"{whose}, with {interfaces}"


def root_files(pid):
    """The paths of all files under its root directory."""
    root = f"/proc/{pid}/root"
    return {path[len(root):] for folder, _, names in os.walk(root)
            for path in [os.path.join(folder, name) for name in names]}


def writable_mounts(pid):
    lines = processes.read(pid, "mountinfo").decode().splitlines()
    assert lines
    return [line for line in lines if "ro" not in line.split()[5].split(",")]


def limits(pid):
    """The soft and the hard ones by the names of getrlimit(2) without RLIMIT_."""
    lines = processes.read(pid, "limits").decode().splitlines()
    found = {}
    for name, title in LIMITS.items():
        [line] = [line for line in lines if line.startswith(title)]
        found[name] = tuple(resource.RLIM_INFINITY if word == "unlimited" else int(word)
                            for word in line[len("Max realtime timeout "):].split()[:2])
    return found


class Descriptors:
    """Names the kinds of descriptors. `known` has names for what files (device, inode) and sockets
    (inode) are: {identity: name}."""

    def __init__(self, known):
        self._known = known

    def of(self, pid):
        """The kinds by number, without what is gone before it can be looked at."""
        found = {}
        for number in map(int, os.listdir(f"/proc/{pid}/fd")):
            with contextlib.suppress(OSError):
                found[number] = self._kind(pid, number)
        return found

    def _kind(self, pid, number):
        path = f"/proc/{pid}/fd/{number}"
        link = os.readlink(path)
        status = os.stat(path)
        if (name := self._known.get((status.st_dev, status.st_ino))) is not None:
            return name
        if link.startswith("socket:"):
            return _SOCKETS.get(kind := descriptors.kind_of_socket(pid, number), f"{kind}")
        if anonymous := re.fullmatch(r"anon_inode:\[?(\w+)\]?", link):
            return anonymous[1].replace("eventpoll", "epoll")
        if link.startswith("pipe:"):
            return "pipe"
        if link.startswith("/memfd:"):
            return "program" if "zomg-ssh" in link else "memfd"
        if re.fullmatch(r"\w+:\[\d+\]", link):
            return "namespace"
        if link == "/dev/null":
            return "null"
        if re.search(r"/(ptmx|pts/\d+)$", link):
            return "terminal"
        if os.path.isdir(path):
            return "directory"
        if status.st_mode & 0o111:
            return "program"
        return "file"


def identity(path):
    status = os.stat(path)
    return status.st_dev, status.st_ino
