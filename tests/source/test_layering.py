"""A folder is a program: it includes common/ and itself, and each foreign library has one home."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("common", "listener", "monitor", "sessiond")
MOST_LINES = 300

# A part, and the parts that its files may include; the longest that a path begins with decides.
# Programs of their own below a folder share nothing with it: it may run with privileges that they
# do not have.
MAY_INCLUDE = {
    "common": (),
    "listener": ("common",),
    "listener/connection": ("common",),
    "monitor": ("monitor/file", "common"),
    "monitor/audit": ("common",),
    "monitor/recorder": ("common",),
    "monitor/kubernetes": ("monitor/lookup", "monitor/lookup/sealed_file", "common"),
    "monitor/log": ("common",),
    "monitor/lookup": ("monitor/lookup/sealed_file", "common"),
    "monitor/lookup/sealed_file": ("common",),
    "monitor/metrics": ("common",),
    "monitor/resolver": ("monitor/lookup", "monitor/lookup/sealed_file", "common"),
    "monitor/keyring": ("common",),
    # Files that the monitor reads at its start, and this program after it.
    "monitor/file": ("common",),
    "monitor/file_reader": ("monitor/file", "monitor/lookup/sealed_file", "common"),
    "sessiond": ("common",),
    "sessiond/kubectl": ("common",),
}

# A foreign header, and the only folders or files (whatever their ending) that may include it.
HOMES = {
    r"libssh/": ("listener/connection/ssh",),
    r"curl/": ("monitor/resolver", "monitor/keyring", "monitor/kubernetes"),
    r"google/protobuf/|.*\.pb\.h": ("monitor/resolver",),
    r"nlohmann/": ("monitor/resolver", "monitor/keyring", "monitor/kubernetes", "monitor/audit",
                   "monitor/recorder"),
    r"microhttpd\.h": ("monitor/metrics/http_server",),
    r"yaml-cpp/": ("monitor/settings/reader", "monitor/kubernetes/kubeconfig_yaml"),
    # Our own sandboxes, and the profiles of containers.
    r"seccomp\.h": ("common/sandbox", "monitor/resolver/seccomp_profile"),
    r"openssl/": ("monitor", "listener/connection/ssh"),
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


def read_sources():
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
            for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*"))
            if path.suffix in (".h", ".cc")}


SOURCES = read_sources()
INCLUDES = [(name, quote, header) for name, text in SOURCES.items()
            for quote, header in INCLUDE.findall(text)]


def is_in(path, place):
    """Whether a path is that folder, in it, or that file whatever its ending."""
    return path.startswith(place + "/") or path.rsplit(".", 1)[0] == place


def part_of(path):
    return max((part for part in MAY_INCLUDE if is_in(path, part)), key=len, default=None)


def test_there_is_something_to_test():
    assert len(SOURCES) > 100 and len(INCLUDES) > 500
    assert {part_of(name) for name in SOURCES} >= set(FOLDERS) | {"monitor/resolver"}


@pytest.mark.parametrize("part", MAY_INCLUDE)
def test_a_part_includes_only_itself_and_common(part):
    allowed = (part, *MAY_INCLUDE[part])
    assert [f"{name} includes {header}" for name, _, header in INCLUDES
            if part_of(name) == part and part_of(header) not in (None, *allowed)] == []


def test_quoted_headers_are_ours_and_named_from_the_root():
    assert [f"{name} includes {header}" for name, quote, header in INCLUDES
            if quote == '"' and part_of(header) is None and not header.endswith(".pb.h")] == []


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library):
    assert [f"{name} includes {header}" for name, _, header in INCLUDES
            if re.match(library, header)
            and not any(is_in(name, home) for home in HOMES[library])] == []


@pytest.mark.parametrize("library", HOMES)
def test_the_home_is_used(library):
    """A rule for a library that nobody includes would say nothing."""
    assert any(re.match(library, header) for _, _, header in INCLUDES)


def test_files_are_short():
    """But for the tables of all bounds and of all settings."""
    tables = {"common/limits.h", "monitor/settings/table.cc"}
    assert [f"{name}: {text.count(chr(10))} lines" for name, text in SOURCES.items()
            if text.count("\n") > MOST_LINES and name not in tables] == []


def test_headers_are_included_once():
    assert [name for name, text in SOURCES.items()
            if name.endswith(".h") and "#pragma once" not in text] == []
