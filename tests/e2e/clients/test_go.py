"""x/crypto/ssh 0.4 and pkg/sftp 1.13 of Go."""

import os
import subprocess

import pytest

from harness import paths
from harness.client_program import *  # pylint: disable=wildcard-import,unused-wildcard-import

# It takes a compiler that nothing else of e2e needs.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    """Built of Debian's packages of Go's libraries."""
    made = tmp_path_factory.mktemp("go") / "client"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
                   "CGO_ENABLED": "0"}
    subprocess.run(["go", "build", "-o", made,
                    paths.ROOT / "tests/e2e/clients/programs/go_client.go"],
                   check=True, env=environment)
    return [made]
