#!/usr/bin/python3
"""Writes what is in a package or in the image, in the form of SPDX 2.3:

  make.py gateway FILE SOURCE BUILD VERSION ARCHITECTURE LIBSSH LIBRARIES PROGRAM…
  make.py client  FILE VERSION PACKAGE…
  make.py image   FILE GATEWAY STATUS KUBECTL

The gateway's is what its programs were linked with: by BUILD/maps, the linker's, and the shared libraries
in the directory LIBRARIES; and whose headers SOURCE includes, since some libraries are nothing else. LIBSSH
is what deploy/tools/libssh.sh printed. The client's names the packages that it needs. The image's is that of the gateway (the file GATEWAY) with all packages of Debian that the directory STATUS
lists; KUBECTL is a kubectl that is none of them, or nothing.
"""

import hashlib
import json
import pathlib
import re
import sys

import linked
import spdx

NAME = "zomg-ssh-gateway"
LICENSE = {"licenseDeclared": "Apache-2.0", "supplier": "Organization: zomg.ai"}


def read_source(libssh):
    """What deploy/tools/libssh.sh wrote of the source; where the system's is taken, nothing."""
    file = libssh / "source"
    if not file.exists():
        return {}
    return dict(line.split(": ", 1) for line in file.read_text(encoding="utf-8").splitlines()
                if ": " in line)


def add_libssh(document, libssh):
    source = read_source(libssh)
    files = [(name, value) for name, value in source.items() if re.fullmatch("[0-9a-f]{64}", value)]
    version = source.get("Version") or re.sub(
        "-[0-9a-f]{12}$", "", libssh.name.removeprefix("libssh-"))
    changed = source.get("Changed", "")
    return document.add(
        spdx.identifier("source", "libssh"), "libssh", version,
        supplier="Organization: Debian", licenseDeclared="LGPL-2.1-only",
        sourceInfo=f"Debian's source package libssh {version}, built here by deploy/tools/libssh.sh"
                   + (f", with a change to {changed}" if changed else ""),
        externalRefs=[{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                       "referenceLocator": spdx.debian_purl("libssh", version, "source")}],
        comment="; ".join(f"SHA256 of {name}: {value}" for name, value in files))


def add_file(document, file, libssh):
    """The package that has `file`."""
    if libssh in file.resolve().parents:
        return add_libssh(document, libssh)
    package = linked.debian_package(file)
    if package is None:
        return document.add(spdx.identifier("file", file.name), file.name,
                            comment=f"{file} is of no package of Debian's")
    name, version, architecture, source = linked.debian_fields(package)
    return document.add_debian(name, version, architecture, source)


def add_headers(document, package, source, triplet):
    include = pathlib.Path("/usr/include")
    for file in linked.headers(source, [include, include / triplet]):
        owner = linked.debian_package(file)
        if owner is not None:
            name, version, architecture, origin = linked.debian_fields(owner)
            document.relate(document.add_debian(name, version, architecture, origin),
                            "BUILD_DEPENDENCY_OF", package)


def gateway(source, build, version, architecture, libssh, libraries, *programs):
    build, libssh = pathlib.Path(build).resolve(), pathlib.Path(libssh).resolve()
    directories = [pathlib.Path(libraries)]
    document = spdx.Document(f"{NAME}-{version}-{architecture}")
    package = document.add(spdx.identifier(NAME), NAME, version, **LICENSE)
    document.describe(package)
    add_headers(document, package, pathlib.Path(source), directories[0].name)
    for path in map(pathlib.Path, programs):
        program = document.add(spdx.identifier("program", path.name), path.name, version,
                               primaryPackagePurpose="APPLICATION", **LICENSE)
        document.relate(package, "CONTAINS", program)
        for file in linked.static_files(build / "maps" / f"{path.name}.map", build):
            document.relate(program, "STATIC_LINK", add_file(document, file, libssh))
        for file in linked.shared_files(path, directories):
            owner = add_file(document, file, libssh)
            direct = file.name in linked.directly_needed(path)
            document.relate(program, "DYNAMIC_LINK" if direct else "DEPENDS_ON", owner)
    return document


def client(version, *packages):
    document = spdx.Document(f"zomg-{version}")
    package = document.add(spdx.identifier("zomg"), "zomg", version, **LICENSE)
    document.describe(package)
    for name in packages:
        other = document.add(spdx.identifier("deb", name), name, supplier="Organization: Debian",
                             comment="of whatever version Debian has where it is installed")
        document.relate(package, "DEPENDS_ON", other)
    return document


def fields_of(text):
    return dict(re.findall(r"^([A-Za-z-]+): (.*)$", text, re.M))


def image(gateway_file, status, kubectl=""):
    built = json.loads(pathlib.Path(gateway_file).read_text(encoding="utf-8"))
    # Of the build's time, so that the same build gives the same image.
    document = spdx.Document(built["name"] + "-image", built["creationInfo"]["created"])
    document.take(built)
    version = document.packages[spdx.identifier(NAME)]["versionInfo"]
    whole = document.add(spdx.identifier("image"), f"{NAME}-image", version,
                         primaryPackagePurpose="CONTAINER", **LICENSE)
    document.describe(whole)
    document.relate(whole, "CONTAINS", spdx.identifier(NAME))
    for entry in sorted(pathlib.Path(status).iterdir()):
        fields = fields_of(entry.read_text(encoding="utf-8"))
        name, source = fields["Package"], fields.get("Source", fields["Package"])
        source, _, of = source.partition(" ")
        package = document.add_debian(name, fields["Version"], fields["Architecture"],
                                      f"{source} {of.strip('()') or fields['Version']}")
        document.relate(whole, "CONTAINS", package)
    if kubectl:
        digest = hashlib.sha256(pathlib.Path(kubectl).read_bytes()).hexdigest()
        document.relate(whole, "CONTAINS", document.add(
            spdx.identifier("program", "kubectl"), "kubectl", primaryPackagePurpose="APPLICATION",
            checksums=[{"algorithm": "SHA256", "checksumValue": digest}]))
    return document


def main():
    kind, file, *arguments = sys.argv[1:]
    text = {"gateway": gateway, "client": client, "image": image}[kind](*arguments).text()
    pathlib.Path(file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
