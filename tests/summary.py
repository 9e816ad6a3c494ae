#!/usr/bin/python3
"""Adds up the reports of a test run:  summary.py DIRECTORY

Reads every *.xml (JUnit, of ctest and pytest) and every *.status (a suite's exit status), names what
failed, and prints `N passed, N failed[, N skipped]` as its last line. Exit status 1 on a failure.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree

NOTHING_SELECTED = 5  # of pytest, which is no failure where -k chooses


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.get("status") == "fail":
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def read_suite(directory, name):
    """The (outcome, test) pairs of one suite."""
    report = directory / (name + ".xml")
    results = []
    if report.exists():
        try:
            for case in ElementTree.parse(report).iter("testcase"):
                results.append((outcome(case), f"{case.get('classname')}.{case.get('name')}"))
        except ElementTree.ParseError as error:
            results.append(("failed", f"{name}: its report cannot be read: {error}"))
    status_file = directory / (name + ".status")
    status = int(status_file.read_text(encoding="utf-8")) if status_file.exists() else 1
    failed = any(result == "failed" for result, _ in results)
    if status not in (0, NOTHING_SELECTED) and not failed:
        results.append(("failed", f"{name}: ended with status {status}"))
    return results


def main():
    directory = pathlib.Path(sys.argv[1])
    names = sorted({path.stem for path in directory.iterdir() if path.suffix in (".xml", ".status")})
    results = [result for name in names for result in read_suite(directory, name)]
    count = {kind: sum(result == kind for result, _ in results)
             for kind in ("passed", "failed", "skipped")}
    print("=== summary")
    for kind, test in results:
        if kind != "passed":
            print(f"{kind}: {test}")
    line = f"{count['passed']} passed, {count['failed']} failed"
    if count["skipped"]:
        line += f", {count['skipped']} skipped"
    print(line)
    sys.exit(0 if count["failed"] == 0 and count["passed"] > 0 else 1)


if __name__ == "__main__":
    main()
