"""What qemu-user is kept from: each with its reason, and by the name of a test that there is."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/arm64"
SKIPPED = [line.split("|") for line in
           (ROOT / "tests/arm64/skipped").read_text(encoding="utf-8").splitlines()
           if line and not line.startswith("#")]


@pytest.mark.parametrize("pattern, reason", SKIPPED, ids=[pattern for pattern, _ in SKIPPED])
def test_qemu_cannot_run(pattern, reason):
    listed = subprocess.run(["qemu-aarch64-static", BUILD / "bin/common_test", "--gtest_list_tests",
                             f"--gtest_filter={pattern}"], capture_output=True, text=True,
                            check=True).stdout
    assert re.search("^  ", listed, re.M), f"no test is named {pattern}"
    pytest.skip(reason)
