"""Reports of AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, where the programs that are
tested were built with them (CMake's preset `dev`).

Every process of a gateway has its log for standard error, so that is where they are."""

import re

import pytest

from harness import paths

ENABLED = paths.GATEWAY.exists() and b"__asan_init" in paths.GATEWAY.read_bytes()
# For what such a build does otherwise (tests/README.md): of single tests, and of whole files.
other_build = pytest.mark.skipif(ENABLED, reason="sanitizers: this build does it otherwise")
OTHER_BUILDS = {"test_entry_attacks.py", "test_host_key_memory.py", "test_linkage.py",
                "test_pictures.py", "test_process_privileges.py", "test_process_table.py",
                "test_taken_over.py"}
REPORT = re.compile(r"ERROR: (?:Address|Leak)Sanitizer|LeakSanitizer has encountered|runtime error: ")


def check(log):
    """Fails where a log has a report."""
    found = REPORT.search(log)
    assert not found, log[max(0, found.start() - 500):found.start() + 6000]
