"""A process of the gateway that was taken over: the test makes it call the system."""

import ctypes
import pathlib
import subprocess

_libseccomp = ctypes.CDLL("libseccomp.so.2")


def _number(call):
    number = _libseccomp.seccomp_syscall_resolve_name(call.encode())
    assert number >= 0, f"no system call is named {call}"
    return number


class TakeOver:
    """The C program beside this file, made in `directory`."""

    def __init__(self, directory):
        self._program = directory / "taken_over"
        subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", self._program,
                        pathlib.Path(__file__).with_name("taken_over.c")], check=True)

    def call(self, pid, call, *arguments, unfiltered=False):
        """Has the process make a system call; "returned N", N below 0 being a negated errno, or
        "killed by N". Unfiltered it is as if the process had no seccomp filter."""
        words = [str(argument & (1 << 64) - 1) for argument in arguments]
        flags = ["--unfiltered"] if unfiltered else []
        done = subprocess.run([self._program, *flags, str(pid), str(_number(call)), *words], text=True,
                              check=True, stdout=subprocess.PIPE, timeout=20)
        return done.stdout.strip()
