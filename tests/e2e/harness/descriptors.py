"""What the descriptors of another process lead to."""

import ctypes
import os
import socket
import stat

_SYS_PIDFD_GETFD = 438
_libc = ctypes.CDLL(None, use_errno=True)


def take(pid, number):
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


def kind_of_socket(pid, number):
    """Of a descriptor that is a socket: its family, type, and whether it listens."""
    with socket.socket(fileno=take(pid, number)) as copy:
        return (copy.family, copy.type,
                copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) != 0)


def ways_out(pid):
    """The descriptors of a process that are directories which `..` leads out of: their names, with
    the names of what is up there."""
    found = {}
    for entry in os.listdir(f"/proc/{pid}/fd"):
        copy = take(pid, int(entry))
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
