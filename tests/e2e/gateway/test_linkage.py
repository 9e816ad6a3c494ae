"""What the programs are made of: the privileged ones carry no parser of foreign bytes."""

import re
import subprocess

import pytest

from harness import paths
from harness.gateway import (AUDIT, CONNECTION, KEYRING, LISTENER, METRICS, RECORDER, RESOLVER,
                             SESSIOND)

PROGRAMS = ["zomg-ssh-gateway", LISTENER, CONNECTION, RESOLVER, KEYRING, AUDIT, METRICS, RECORDER,
            SESSIOND]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed(program):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", paths.BINARIES / program))


def symbols(program):
    """Names of functions, of the symbol tables and of the debug information's strings."""
    return run("nm", "-a", paths.BINARIES / program) + run("nm", "-D", paths.BINARIES / program)


def mentions(program, name):
    """Whether the name of a function or a text of a library is in the file at all."""
    return name.encode() in (paths.BINARIES / program).read_bytes()


FOREIGN = ["ssh_bind_new", "ssh_packet_", "libssh", "curl_easy_", "libcurl",
           "google::protobuf", "libprotobuf"]


@pytest.mark.parametrize("program", ["zomg-ssh-gateway", SESSIOND, LISTENER, AUDIT, METRICS,
                                     RECORDER])
def test_no_parser_of_foreign_bytes(program):
    libraries = " ".join(needed(program))
    for word in ("ssh", "curl", "protobuf", "nghttp", "yaml"):
        assert word not in libraries
    for word in FOREIGN:
        assert word not in symbols(program), word
    assert not mentions(program, "ssh_bind_new")
    assert not mentions(program, "curl_easy_init")


def test_the_test_would_notice():
    """The words that are looked for are there where they belong."""
    assert "ssh_bind_new" in symbols(CONNECTION) and mentions(CONNECTION, "ssh_bind_new")
    for program in (RESOLVER, KEYRING):
        assert "curl" in " ".join(needed(program)) and "curl_easy_" in symbols(program)
    assert not mentions(CONNECTION, "curl_easy_init")
    assert "ssh_bind_new" not in symbols(RESOLVER)


@pytest.mark.skipif(paths.BINARIES.parent.name != "release", reason="hardening is for releases")
class TestHardening:
    """What `cmake --preset release` promises."""

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_position_independent(self, program):
        assert re.search(r"Type:\s+DYN", run("readelf", "-h", paths.BINARIES / program))

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_full_relro_and_no_executable_stack(self, program):
        headers = run("readelf", "-lW", paths.BINARIES / program)
        assert "GNU_RELRO" in headers
        assert re.search(r"GNU_STACK.* RW ", headers)
        assert not re.search(r"LOAD.* RWE ", headers)
        assert "BIND_NOW" in run("readelf", "-d", paths.BINARIES / program)

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_stack_protector(self, program):
        assert "__stack_chk_fail" in symbols(program)

    @pytest.mark.parametrize("program", [LISTENER, CONNECTION, AUDIT, SESSIOND])
    def test_static(self, program):
        assert needed(program) == []
