"""A folder is a program or a room of one, rooms have an order, and each foreign library has one home."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("common", "listener", "monitor", "sessiond")
MOST_LINES = 300

# A part (a room, or a program of its own), and where else its files may include from; the longest part
# that a path begins with decides. Of the rooms of a program each one may include those before it, so no
# arrow runs back up. Programs of their own below a folder share nothing with it: it may run with
# privileges that they do not have.
ROOMS = {
    "common": ("common/base", "common/base/io", "common/proc", "common/ipc", "common/messages", "common/ssh",
               "common/sandbox/seccomp", "common/sandbox", "common/program"),
    "monitor": ("monitor/base", "monitor/files", "monitor/settings", "monitor/settings/documents",
                "monitor/events", "monitor/keys", "monitor/login", "monitor/lookups", "monitor/boxes",
                "monitor/connections", "monitor/supervisor", "monitor/check", "monitor"),
    "listener/connection": ("listener/connection/protocol", "listener/connection/requests",
                            "listener/connection/session", "listener/connection/ssh",
                            "listener/connection"),
    "sessiond": ("sessiond/container", "sessiond/box", "sessiond/entry", "sessiond"),
    "monitor/helpers/resolver": ("monitor/helpers/resolver/cri", "monitor/helpers/resolver/container",
                                 "monitor/helpers/resolver"),
}
MAY_INCLUDE = {room: ((), ("common",))[program != "common"] + rooms[:place]
               for program, rooms in ROOMS.items() for place, room in enumerate(rooms)} | {
    # Rooms side by side, which know nothing of each other.
    "monitor/events": ("common", "monitor/base", "monitor/files"),
    "monitor/keys": ("common", "monitor/base", "monitor/files"),
    "monitor/supervisor": ("common", "monitor/base", "monitor/settings"),
    "common/ssh": ("common/base", "common/ipc", "common/messages"),
    "common/sandbox/seccomp": ("common/base",),
    "common/sandbox": ("common/base", "common/sandbox/seccomp"),
    # Files that the monitor reads at its start, and the file reader after it.
    "monitor/files/file": ("common",),
    "listener": ("common",),
    "sessiond/kubectl": ("common",),
    **{f"monitor/helpers/{program}": ("common",)
       for program in ("audit", "keyring", "log", "lookup", "metrics", "recorder", "settings_reader")},
    "monitor/helpers/file_reader": ("common", "monitor/files/file", "monitor/helpers/lookup/sealed_file"),
    "monitor/helpers/kubernetes": ("common", "monitor/helpers/lookup"),
} | {room: ("common", "monitor/helpers/lookup", *ROOMS["monitor/helpers/resolver"][:place])
     for place, room in enumerate(ROOMS["monitor/helpers/resolver"])}
MOST_MODULES = 15

# A foreign header, and the only folders or files (whatever their ending) that may include it.
HOMES = {
    r"libssh/": ("listener/connection/ssh",),
    r"curl/": ("monitor/helpers/resolver", "monitor/helpers/keyring", "monitor/helpers/kubernetes"),
    r"google/protobuf/|.*\.pb\.h": ("monitor/helpers/resolver",),
    r"nlohmann/": ("monitor/helpers/resolver", "monitor/helpers/keyring",
                   "monitor/helpers/kubernetes", "monitor/helpers/audit",
                   "monitor/helpers/recorder"),
    r"microhttpd\.h": ("monitor/helpers/metrics/http_server",),
    r"yaml-cpp/": ("monitor/helpers/settings_reader", "monitor/helpers/kubernetes/kubeconfig_yaml"),
    # Our own sandboxes, and the profiles of containers.
    r"seccomp\.h": ("common/sandbox", "monitor/helpers/resolver/container/seccomp_profile"),
    r"openssl/": ("monitor", "listener/connection/ssh"),
}

# What is written once, and the file (whatever its ending) that has it.
ONCE = {
    r"\bEINTR\b": "common/base/uninterrupted",
    r"::signalfd\(": "common/base/io/signals",
    r'"\{\}--\{\}': "common/ssh/login_name",
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
    assert {part_of(name) for name in SOURCES} >= {"monitor", "monitor/base", "monitor/helpers/resolver"}


@pytest.mark.parametrize("part", MAY_INCLUDE)
def test_a_part_includes_only_itself_and_what_is_below_it(part):
    assert [f"{name} includes {header}" for name, quote, header in INCLUDES
            if part_of(name) == part and quote == '"' and not header.endswith(".pb.h")
            and part_of(header) != part
            and not any(is_in(header, place) for place in MAY_INCLUDE[part])] == []


def test_each_file_is_in_a_room():
    assert [name for name in SOURCES if part_of(name) is None] == []


def test_rooms_are_small():
    """A module is a header and its source."""
    modules = {name.rsplit(".", 1)[0] for name in SOURCES}
    rooms = {module.rsplit("/", 1)[0] for module in modules}
    sizes = {room: sum(module.rsplit("/", 1)[0] == room for module in modules) for room in rooms}
    assert {room: size for room, size in sizes.items() if size > MOST_MODULES} == {}


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


@pytest.mark.parametrize("text", ONCE)
def test_it_is_written_once(text):
    assert {name for name, source in SOURCES.items() if re.search(text, source)
            and not is_in(name, ONCE[text])} == set()
    assert any(re.search(text, SOURCES[name]) for name in SOURCES if is_in(name, ONCE[text]))


def test_files_are_short():
    """But for the tables of all bounds and of all settings."""
    tables = {"common/base/limits.h", "monitor/settings/table.cc"}
    assert [f"{name}: {text.count(chr(10))} lines" for name, text in SOURCES.items()
            if text.count("\n") > MOST_LINES and name not in tables] == []


def test_headers_are_included_once():
    assert [name for name, text in SOURCES.items()
            if name.endswith(".h") and "#pragma once" not in text] == []
