"""Fixtures: one cluster for all tests, and what runs in it."""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

# pylint: disable=wrong-import-position
from harness.cluster import Cluster  # noqa: E402
# pylint: enable=wrong-import-position


def pytest_sessionstart(session):
    if os.geteuid() != 0:
        pytest.exit("the cluster's tests must run as root", 2)


def directory(factory, name):
    """A directory that unprivileged processes get through."""
    path = factory.mktemp(name)
    path.chmod(0o711)
    return path


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """The cluster that tests share. ZOMG_TEST_CLUSTER names the directory of one that runs already."""
    running = os.environ.get("ZOMG_TEST_CLUSTER")
    if running:
        yield Cluster(running)
        return
    with Cluster(directory(tmp_path_factory, "cluster")) as running:
        yield running
