"""Runs the benchmarks and reports them. tests/bench.sh starts it."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import resource
import signal
import subprocess
import sys
import time

import commands
import echo
import files
import login
import lookup
import memory
import report
import strangers
import transfer
from stage import ROOT, stage

HERE = pathlib.Path(__file__).resolve().parent

# In the order in which they run: what matters most comes first.
BENCHMARKS = {
    "login": login.single,
    "rate": login.rate,
    "exec": commands.on_an_open_connection,
    "ciphers": transfer.ciphers,
    "large": files.large,
    "small": files.small,
    "distance": transfer.distance,
    "echo": echo.idle,
    "echo-beside": echo.beside_transfer,
    "memory": memory.per_session,
    "thousand": memory.thousand,
    "strangers": strangers.beside,
    "lookup-cri": lookup.cri,
    "lookup-api": lookup.api,
}


def conditions(made, options):
    def first_line(command):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return (done.stdout or done.stderr).splitlines()[0]

    with open("/proc/cpuinfo", encoding="ascii") as info:
        cpu = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": cpu,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "client": first_line(["ssh", "-V"]),
        "sshd": first_line(["chroot", str(made.volumes), "/usr/sbin/sshd", "-V"]),
        "commit": first_line(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]),
        "quick": options.quick,
        "note": options.note,
    }


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: for trying it out")
    parser.add_argument("--only", default=",".join(BENCHMARKS), help="names, comma-separated")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "bench")
    parser.add_argument("--record", action="store_true",
                        help="writes the results into tests/bench and its README.md too")
    parser.add_argument("--note", default="", help="a sentence for the table, of how it was measured")
    options = parser.parse_args()
    unknown = set(options.only.split(",")) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark is named {', '.join(unknown)}: {', '.join(BENCHMARKS)}")
    return options


def write(directory, figures, facts):
    directory.mkdir(parents=True, exist_ok=True)
    results = {"conditions": facts, "figures": [figure.as_json() for figure in figures]}
    (directory / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (directory / "chart.svg").write_text(report.chart(figures, facts))


def main():
    options = parse_arguments()

    def scale(full, quick):
        return quick if options.quick else full

    # A thousand clients, and a pipe from each.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # So that an end from outside leaves nothing behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended by SIGTERM"))
    figures = []
    with stage() as made:
        facts = conditions(made, options)
        for name in options.only.split(","):
            started = time.monotonic()
            for figure in BENCHMARKS[name](made, scale):
                figures.append(figure)
                print(report.row(figure), flush=True)
            print(f"  ({name}: {time.monotonic() - started:.0f} s)", flush=True)
            # Each time, for a run that is broken off.
            write(options.out, figures, facts)
            (options.out / "table.md").write_text(report.table(figures, facts))
    if options.record:
        write(HERE, figures, facts)
        readme = HERE / "README.md"
        readme.write_text(report.replace_block(readme.read_text(), report.table(figures, facts)))
    print(f"\nresults: {options.out}")


if __name__ == "__main__":
    main()
