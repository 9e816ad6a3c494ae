"""Reports of AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, where the programs that are
tested were built with them (CMake's preset `dev`).

A process of a gateway has the log for its standard error, so reports are there, or in what a test reads of a
program that it started. A process that cannot write its report ends with EXIT_STATUS all the same, and who
started it logs that."""

import re
import subprocess

import pytest

from harness import paths

ENABLED = paths.GATEWAY.exists() and b"__asan_init" in paths.GATEWAY.read_bytes()
# For what such a build does otherwise (tests/README.md): of single tests, and of whole files.
other_build = pytest.mark.skipif(ENABLED, reason="sanitizers: this build does it otherwise")
OTHER_BUILDS = {"test_entry_attacks.py", "test_host_key_memory.py", "test_linkage.py",
                "test_newer_libraries.py", "test_pictures.py", "test_process_privileges.py", "test_process_table.py",
                "test_taken_over.py"}
EXIT_STATUS = 86
REPORT = re.compile(r"ERROR: (?:Address|Leak)Sanitizer|LeakSanitizer has encountered|runtime error: "
                    rf"|exit status {EXIT_STATUS}\b")
OPTIONS = {f"{kind}SAN_OPTIONS": f"exitcode={EXIT_STATUS}" for kind in ("A", "L", "UB")} if ENABLED else {}
# How many times as long as with a release tests wait, before they fail.
PATIENCE = 4 if ENABLED else 1


def check(log):
    """Fails where a log has a report."""
    found = REPORT.search(log)
    assert not found, log[max(0, found.start() - 500):found.start() + 6000]


def attend(items):
    """Gives PATIENCE to each of these tests and to the programs that they start, and looks for reports in
    what those write. What waits by itself asks for PATIENCE: waiting.py, terminal.py and client.py."""
    subprocess.Popen.wait = _patient_wait
    subprocess.Popen.communicate = _attentive_communicate
    for item in items:
        marker = item.get_closest_marker("timeout")
        seconds = marker.args[0] if marker else float(item.config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(seconds * PATIENCE), append=False)


_wait, _communicate = subprocess.Popen.wait, subprocess.Popen.communicate


def _patient_wait(process, timeout=None):
    return _wait(process, timeout and timeout * PATIENCE)


def _attentive_communicate(process, input=None, timeout=None):  # pylint: disable=redefined-builtin
    written = _communicate(process, input, timeout and timeout * PATIENCE)
    for text in filter(None, written):
        check(text if isinstance(text, str) else text.decode(errors="replace"))
    return written
