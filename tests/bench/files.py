"""sftp: one large file, and many small ones."""

import pathlib
import shutil
import subprocess
import time

from figure import Figure, alternate

MIB = 1024 * 1024


def _sftp(stage, server, batch):
    subprocess.run(["sftp", "-q", "-F", str(stage.config), "-b", "-", server], input=batch,
                   check=True, text=True, stdout=subprocess.DEVNULL)


def _seconds(stage, batch):
    def measure(server):
        started = time.perf_counter()
        _sftp(stage, server, batch)
        return time.perf_counter() - started
    return measure


def large(stage, scale):
    """One file of 1 GiB, in memory on both sides."""
    mib = scale(1024, 128)
    local = pathlib.Path("/dev/shm") / f"{stage.work.name}-large"
    try:
        with open(local, "wb") as file:
            file.truncate(mib * MIB)
        # Written once, so that reading it costs the same for both.
        _sftp(stage, "sshd", f"put {local} {stage.memory}/large\n")
        for name, batch, wanted in (("get", f"get {stage.memory}/large {local}", 1.1),
                                    ("put", f"put {local} {stage.memory}/large", 1.3)):
            samples = alternate(scale(5, 2), _seconds(stage, batch + "\n"))
            rates = {server: [mib / seconds for seconds in taken]
                     for server, taken in samples.items()}
            yield Figure(f"sftp {name}, {mib} MiB", "MiB/s", rates, True, wanted=wanted)
    finally:
        local.unlink(missing_ok=True)
        _sftp(stage, "sshd", f"-rm {stage.memory}/large\n")


def small(stage, scale):
    """2,000 files of 4 KiB."""
    count = scale(2000, 200)
    local = pathlib.Path("/dev/shm") / f"{stage.work.name}-small"
    local.mkdir()
    try:
        for index in range(count):
            (local / f"{index:04}").write_bytes(b"x" * 4096)
        subprocess.run(stage.ssh("sshd", f"mkdir {stage.memory}/small"), check=True)
        for name, batch in (("put", f"put {local}/* {stage.memory}/small/\n"),
                            ("get", f"get {stage.memory}/small/* {local}/\n")):
            samples = alternate(scale(5, 2), _seconds(stage, batch))
            rates = {server: [count / seconds for seconds in taken]
                     for server, taken in samples.items()}
            yield Figure(f"sftp {name}, {count} files of 4 KiB", "files/s", rates, True,
                         wanted=1.0 if name == "put" else None)
    finally:
        shutil.rmtree(local)
    subprocess.run(stage.ssh("sshd", f"rm -r {stage.memory}/small"), check=True)
