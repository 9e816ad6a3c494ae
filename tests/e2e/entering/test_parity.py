"""A session is what `ctr task exec` is in the same container, but for what a table names."""

import pytest

import parity_table
from harness import confinement


@pytest.fixture(scope="module")
def pair(tmp_path_factory, node, user_key):
    directory = tmp_path_factory.mktemp("pair")
    directory.chmod(0o711)
    with parity_table.Pair(directory, node, user_key) as running:
        yield running


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return parity_table.write_profile(tmp_path_factory.mktemp("profile"))


@pytest.mark.parametrize("kind", parity_table.kinds())
def test_only_the_named_differences(kind, node, pair, profile, tmp_path, user_key):
    measured = parity_table.measure(kind, node, pair, profile, tmp_path, user_key)
    assert measured == parity_table.committed_rows()[kind]


def test_a_difference_is_seen(box, client, gateway, connect):
    """The comparison itself: a session with one resource limit less is told apart."""
    whole = confinement.Snapshot.parse(client.sh(confinement.SNAPSHOT))
    less = confinement.Snapshot.parse(client.sh("ulimit -n 100; umask 077;" + confinement.SNAPSHOT))
    # Whether they show in their mount namespaces, each its own here, is chance: numbers are used again.
    seen = [name for name in confinement.differences(whole, less) if name != "ns/mnt"]
    assert seen == ["limits", "status Umask"]
