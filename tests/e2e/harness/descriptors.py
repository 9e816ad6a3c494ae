"""What the descriptors of another process lead to."""

import ctypes
import os
import stat

_SYS_PIDFD_GETFD = 438
_libc = ctypes.CDLL(None, use_errno=True)


def _take(pid, number):
    """A copy of the descriptor `number` of a process, ours to close."""
    pidfd = os.pidfd_open(pid)
    try:
        copy = _libc.syscall(_SYS_PIDFD_GETFD, pidfd, number, 0)
        if copy < 0:
            raise OSError(ctypes.get_errno(), f"pidfd_getfd of {pid}, {number}")
        return copy
    finally:
        os.close(pidfd)


def _identity(fd):
    """Of a directory and the mount that it is seen by."""
    with open(f"/proc/self/fdinfo/{fd}", encoding="ascii") as info:
        [mount] = [line.split()[1] for line in info if line.startswith("mnt_id:")]
    status = os.fstat(fd)
    return mount, status.st_dev, status.st_ino


def ways_out(pid):
    """The descriptors of a process that are directories which `..` leads out of: their names, with
    the names of what is up there."""
    found = {}
    for entry in os.listdir(f"/proc/{pid}/fd"):
        copy = _take(pid, int(entry))
        try:
            if not stat.S_ISDIR(os.fstat(copy).st_mode):
                continue
            above = os.open("..", os.O_RDONLY | os.O_DIRECTORY, dir_fd=copy)
            try:
                if _identity(above) != _identity(copy):
                    found[os.readlink(f"/proc/{pid}/fd/{entry}")] = sorted(os.listdir(above))
            finally:
                os.close(above)
        finally:
            os.close(copy)
    return found
