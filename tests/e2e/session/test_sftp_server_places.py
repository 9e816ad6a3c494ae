"""sftp-server is found where each distribution has it."""

import shlex

import pytest

PLACES = {
    "Debian": "/usr/lib/openssh",
    "Void, FreeBSD": "/usr/libexec",
    "PATH": "/usr/local/bin",
    "Fedora": "/usr/libexec/openssh",
    "Alpine, Arch": "/usr/lib/ssh",
    "Gentoo": "/usr/lib/misc",
    "Gentoo, 64 bits": "/usr/lib64/misc",
    "NixOS": "/run/current-system/sw/libexec",
    "Guix": "/run/current-system/profile/libexec",
    "built from source": "/usr/local/libexec",
    "built from source, another prefix": "/usr/local/lib/openssh",
}


@pytest.fixture(scope="module")
def places(node):
    with node.box("places", "of-sftp-server") as box:
        yield box


@pytest.fixture
def mine(places, gateway, connect):
    return connect(gateway, places.login)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_sftp_server_is_found(mine, place):
    path = shlex.quote(place)
    mine.sh(f"found=$(find / -xdev -name sftp-server -type f) && mkdir -p {path} && "
            f'[ "$found" = {path}/sftp-server ] || mv "$found" {path}/')
    assert "/root" in mine.sftp("pwd\n").ok().text


def test_one_of_path_wins_over_other_distributions(mine):
    mine.sh("found=$(find / -xdev -name sftp-server -type f); mkdir -p /usr/libexec/openssh; "
            'mv "$found" /usr/libexec/openssh/; '
            "mkdir -p /usr/local/bin; printf '#!/bin/sh\\necho of PATH >&2\\n' >/usr/local/bin/sftp-server; "
            "chmod 755 /usr/local/bin/sftp-server")
    assert "of PATH" in mine.sftp("pwd\n").errors
    mine.sh("rm /usr/local/bin/sftp-server")
