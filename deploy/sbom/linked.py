"""What a program is linked with, by the linker's map and by what the program says itself.

  linked.py DIRECTORY PROGRAM…    prints the shared libraries in DIRECTORY that the programs load
"""

import functools
import pathlib
import re
import subprocess
import sys

_MEMBER = re.compile(r"^(/?[^\s(]+\.a)\(")
_LOADED = re.compile(r"^LOAD (/?\S+\.o)$")


def output(*command, check=True):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise SystemExit(f"sbom: {' '.join(map(str, command))}: {done.stderr}")
    return done.stdout


def static_files(link_map, build):
    """Archives of which something is in the program, and objects, but for what the build itself made."""
    archives, objects, in_members = set(), set(), True
    with open(link_map, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith(("Discarded input sections", "Memory Configuration")):
                in_members = False
            if in_members and (found := _MEMBER.match(line)):
                archives.add(found[1])
            elif found := _LOADED.match(line.rstrip()):
                objects.add(found[1])
    files = {(build / name).resolve() for name in archives | objects}
    # The linker's plugin for optimisation over all of a program has objects of its own.
    return {file for file in files if build not in file.parents and file.exists()
            and not file.is_relative_to("/tmp")}


@functools.lru_cache(maxsize=None)
def needed(file):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-dW", file))


def shared_files(program, directories):
    """The shared libraries that the dynamic loader finds for a program, in `directories`."""
    found, waiting = {}, list(needed(program))
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        places = [place / name for place in directories if (place / name).exists()]
        if not places:
            raise SystemExit(f"sbom: {program} needs {name}, which is not in {directories}")
        found[name] = places[0]
        waiting += needed(places[0].resolve())
    return set(found.values())


def directly_needed(program):
    return set(needed(program))


def headers(source, directories):
    """The files that the programs' own text includes by `#include <…>`, in `directories`."""
    names = set()
    for folder in ("common", "listener", "monitor", "sessiond"):
        for file in (source / folder).rglob("*"):
            if file.suffix in (".cc", ".h"):
                names.update(re.findall(r"^#include <([^>]+)>", file.read_text(encoding="utf-8"), re.M))
    return {place / name for name in names for place in directories if (place / name).is_file()}


def _spellings(file):
    """As which a package may have a file: by its name or what that leads to, with or without /usr."""
    for path in dict.fromkeys([str(file), str(pathlib.Path(file).resolve())]):
        yield path
        yield path[len("/usr"):] if path.startswith("/usr/") else "/usr" + path


@functools.lru_cache(maxsize=None)
def debian_package(file):
    """The package that owns `file`, as NAME:ARCHITECTURE; none where it is no package's."""
    for line in output("dpkg-query", "-S", *_spellings(file), check=False).splitlines():
        owner, _, _ = line.partition(": ")
        if not owner.startswith("diversion "):
            return owner.split(",")[0]
    return None


@functools.lru_cache(maxsize=None)
def debian_fields(package):
    """Name, version, architecture, and the source package with its version."""
    form = "${Package}\\t${Version}\\t${Architecture}\\t${source:Package} ${source:Version}"
    return output("dpkg-query", "-W", "-f", form, package).split("\t")


if __name__ == "__main__":
    place = pathlib.Path(sys.argv[1])
    print("\n".join(sorted({str(file) for program in sys.argv[2:]
                            for file in shared_files(program, [place])})))
