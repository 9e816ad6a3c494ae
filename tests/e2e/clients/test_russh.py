"""russh 0.63 of Rust, by the package russh of npm."""

import pytest

from harness import npm, tried
from harness.client_program import *  # pylint: disable=wildcard-import,unused-wildcard-import

# The package has no way to do these.
del test_new_keys, test_list_rename_resume  # noqa: F821


@pytest.fixture(scope="session")
def program():
    return npm.program("russh_client.js")


def test_terminal(call):
    """The package does not tell the status."""
    tried.check_terminal(call("terminal", stdin=tried.TERMINAL_INPUT), size="30 90", status=0)


def test_list_and_rename(call, home):
    folder = tried.empty(home / "folder")
    (folder / "old").touch()
    call("rename", "folder/old", "folder/new").ok()
    assert call("list", "folder").ok().text.split() == ["new"]
