"""The page of clients says what the tests of clients are."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e/clients"))

import tried_table  # noqa: E402  (found by the line above)


def test_the_page_is_as_it_is_made():
    """tests/e2e/clients/tried_table.py >docs/clients.md"""
    assert (ROOT / "docs/clients.md").read_text(encoding="utf-8") == tried_table.page()
