"""ssh2 1.17 of npm, for Node.js."""

import pytest

from harness import npm
from harness.client_program import *  # pylint: disable=wildcard-import,unused-wildcard-import


@pytest.fixture(scope="session")
def program():
    return npm.program("ssh2_client.js")
