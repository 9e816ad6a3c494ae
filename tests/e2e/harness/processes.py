"""Processes as /proc shows them."""

import os
import pathlib
import re
import signal

PROC = pathlib.Path("/proc")


def read(pid, name):
    """The bytes of /proc/PID/name; none when the process is gone."""
    try:
        return (PROC / str(pid) / name).read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def alive(pid):
    """Runs still: neither gone nor a zombie."""
    state = re.search(rb"^State:\s*(\S)", read(pid, "status"), re.M)
    return state is not None and state[1] not in b"ZX"


def arguments(pid):
    return [part.decode(errors="replace") for part in read(pid, "cmdline").split(b"\0")[:-1]]


def name(pid):
    """The last part of the program's first argument."""
    return (arguments(pid) or [""])[0].rsplit("/", 1)[-1]


def status(pid):
    """/proc/PID/status as a dict of stripped texts."""
    lines = read(pid, "status").decode().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def effective_user(pid):
    """The number of the user that decides what it may do; None when it is gone."""
    users = status(pid).get("Uid", "").split()
    return int(users[1]) if users else None


def hard_limit(pid, resource):
    """As /proc/PID/limits shows it, which is where the names are from: a number, or `unlimited`."""
    limits = read(pid, "limits").decode()
    [line] = [line for line in limits.splitlines() if line.startswith(resource)]
    return line[len("Max realtime timeout "):].split()[1]


def all_pids():
    return [int(entry) for entry in os.listdir(PROC) if entry.isdigit()]


def namespace(pid, kind):
    """An id of a namespace of the process, or None when it is gone or closed even to root."""
    try:
        return os.readlink(PROC / str(pid) / "ns" / kind)
    except OSError:
        return None


def in_box(container_pid):
    """The pids, as the host counts, of all that runs in the pid namespace of a container beside its
    first process."""
    space = namespace(container_pid, "pid")
    return [pid for pid in all_pids()
            if pid != container_pid and namespace(pid, "pid") == space and alive(pid)]


def kill(pid, number=signal.SIGKILL):
    """Sends a signal; a process that is gone is no error."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def memory_contains(pid, needle):
    """Whether any readable page of the process holds `needle`. Reads as root, so it also works on
    processes that forbid tracing; what cannot be read at all raises."""
    overlap = len(needle) - 1
    maps = read(pid, "maps").decode().splitlines()
    assert maps, f"process {pid} has no memory map"
    scanned = 0
    with open(PROC / str(pid) / "mem", "rb", buffering=0) as memory:
        for line in maps:
            span, mode = line.split()[:2]
            if mode[0] != "r" or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            start, end = (int(bound, 16) for bound in span.split("-"))
            tail = b""
            for at in range(start, end, 1 << 20):
                try:
                    memory.seek(at)
                    chunk = memory.read(min(1 << 20, end - at))
                except OSError:
                    # A page that a file lost, or a device's.
                    tail = b""
                    continue
                if needle in tail + chunk:
                    return True
                scanned += len(chunk)
                tail = chunk[-overlap:]
    assert scanned > 4096, f"nothing of process {pid} could be read"
    return False


def at_usual_priority(*command):
    """The command that runs `command` so, as pods have the priority of what made them: as on a node,
    however the tests are run. Not by a preexec_fn, for which Python has to fork(2): there gRPC of Debian
    13 waits for a thread of its own that does not end."""
    return ["sh", "-c", 'renice --priority 0 --pid $$ >/dev/null && exec "$@"', "sh",
            *map(str, command)]
