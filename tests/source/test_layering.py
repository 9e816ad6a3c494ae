"""A folder is a program: it includes common/ and itself, and each foreign library has one home."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("common", "listener", "monitor", "sessiond")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)

# A library's header, and the only files or folders that may include it.
HOMES = {
    "libssh/": ("listener/connection/ssh/",),
    "curl/": ("monitor/resolver/", "monitor/keyring/"),
    "nlohmann/": ("monitor/resolver/",),
    "google/protobuf/": ("monitor/resolver/",),
    "yaml-cpp/": ("monitor/settings.cc",),
    "seccomp.h": ("common/sandbox/",),
    "sys/capability.h": ("common/sandbox/", "monitor/privileges.cc", "sessiond/"),
}


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cc", ".c"):
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def includes():
    for name, text in sources():
        for quote, header in INCLUDE.findall(text):
            yield name, quote, header


def test_folders_include_only_common_and_themselves():
    wrong = []
    for name, quote, header in includes():
        folder, of = name.split("/")[0], header.split("/")[0]
        if of in FOLDERS and of not in (folder, "common"):
            wrong.append(f"{name} includes {header}")
        if quote == '"' and of not in FOLDERS and "/" in header:
            wrong.append(f"{name} includes {header}, which is of no folder")
    assert wrong == []


def test_resolver_and_monitor_are_apart():
    # Programs of their own below monitor/: nothing of the privileged part is linked into them.
    wrong = [f"{name} includes {header}" for name, _, header in includes()
             if name.startswith("monitor/resolver/") and header.startswith("monitor/")
             and not header.startswith("monitor/resolver/")]
    wrong += [f"{name} includes {header}" for name, _, header in includes()
              if name.startswith("monitor/") and not name.startswith("monitor/resolver/")
              and header.startswith("monitor/resolver/")]
    assert wrong == []


def test_every_library_has_one_home():
    wrong = [f"{name} includes {header}" for name, _, header in includes()
             for library, homes in HOMES.items()
             if header.startswith(library) and not name.startswith(homes)]
    assert wrong == []


def test_there_is_something_to_test():
    assert len(list(sources())) > 50
