"""libssh 0.10 of Debian, by its own interface."""

import pytest

from harness import paths
from harness.client_program import *  # pylint: disable=wildcard-import,unused-wildcard-import


@pytest.fixture(scope="session")
def program():
    return ["/usr/bin/python3", paths.ROOT / "tests/e2e/clients/programs/libssh_client.py"]
