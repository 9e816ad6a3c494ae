"""What is in the packages and the image, as the build wrote it down (SPDX 2.3): valid, and all of it."""

import json
import pathlib
import re
import subprocess

import pytest

from debian import BUILD, ROOT, run

PROGRAMS = sorted((BUILD / "bin").glob("zomg-ssh-*"))
PLACE = "usr/share/doc/{}/sbom.spdx.json"
ID = re.compile(r"SPDXRef-[A-Za-z0-9.-]+")
KINDS = {"DESCRIBES", "CONTAINS", "STATIC_LINK", "DYNAMIC_LINK", "DEPENDS_ON", "BUILD_DEPENDENCY_OF"}
MEMBER = re.compile(r"^(/[^\s(]+\.a)\(", re.M)


def read(name):
    return json.loads((BUILD / f"deploy/{name}.spdx.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", name="gateway")
def _gateway():
    return read("gateway")


def package(document, name):
    [found] = [entry for entry in document["packages"] if entry["name"] == name]
    return found


def linked(document, program, *kinds):
    """The names of what `program` is linked with."""
    names = {entry["SPDXID"]: entry["name"] for entry in document["packages"]}
    return {names[entry["relatedSpdxElement"]] for entry in document["relationships"]
            if entry["spdxElementId"] == f"SPDXRef-program-{program}"
            and entry["relationshipType"] in kinds}


def owners(files):
    """The packages that own `files`, each known with or without /usr."""
    names = {name for file in files for path in {file, str(pathlib.Path(file).resolve())}
             for name in (path, "/usr" + path, path.removeprefix("/usr"))}
    said = subprocess.run(["dpkg-query", "-S", *names], capture_output=True, text=True,
                          check=False).stdout
    return {line.split(":")[0] for line in said.splitlines()}


def check_form(document):
    """The fields that SPDX 2.3 asks for, in chapters 6, 7 and 11."""
    assert document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0"
    assert document["SPDXID"] == "SPDXRef-DOCUMENT" and document["name"]
    assert re.fullmatch(r"https://[^#\s]+", document["documentNamespace"])
    creation = document["creationInfo"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", creation["created"])
    assert creation["creators"] and all(re.match("(Tool|Organization|Person): ", creator)
                                        for creator in creation["creators"])
    ids = [entry["SPDXID"] for entry in document["packages"]]
    assert len(ids) == len(set(ids)) and all(ID.fullmatch(one) for one in ids)
    for entry in document["packages"]:
        assert entry["name"] and entry["downloadLocation"] == "NOASSERTION"
        assert entry["filesAnalyzed"] is False  # with nothing said of it, each file would be named
        assert re.match("Organization: |$", entry.get("supplier", ""))
        for reference in entry.get("externalRefs", []):
            assert reference["referenceCategory"] == "PACKAGE-MANAGER"
            assert reference["referenceType"] == "purl"
            assert re.fullmatch(r"pkg:deb/debian/[^@\s]+@[^@\s]+\?arch=\w+",
                                reference["referenceLocator"])
    known = {*ids, "SPDXRef-DOCUMENT"}
    for entry in document["relationships"]:
        assert entry["relationshipType"] in KINDS
        assert {entry["spdxElementId"], entry["relatedSpdxElement"]} <= known
    described = [entry for entry in document["relationships"]
                 if entry["relationshipType"] == "DESCRIBES"]
    assert [entry["spdxElementId"] for entry in described] == ["SPDXRef-DOCUMENT"]


@pytest.mark.parametrize("name", ["gateway", "client"])
def test_it_is_valid(name):
    check_form(read(name))


def test_every_program_is_in_it(gateway):
    assert PROGRAMS
    contained = {entry["name"] for entry in gateway["packages"]
                 if entry.get("primaryPackagePurpose") == "APPLICATION"}
    assert contained == {path.name for path in PROGRAMS}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_every_shared_library_is_in_it(gateway, program):
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    files = set(re.findall(r"(/\S+) \(0x", said))
    wanted = owners(files)
    assert not files or wanted
    assert wanted == linked(gateway, program.name, "DYNAMIC_LINK", "DEPENDS_ON")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_every_static_library_is_in_it(gateway, program):
    text = (BUILD / f"maps/{program.name}.map").read_text(encoding="utf-8", errors="replace")
    archives = set(MEMBER.findall(text))
    # One that needs no shared library has the C library in it.
    assert archives or "(NEEDED)" in run("readelf", "-d", program)
    wanted = owners({path for path in archives if not path.endswith("/libssh.a")})
    if any(path.endswith("/libssh.a") for path in archives):
        wanted.add("libssh")
    assert wanted <= linked(gateway, program.name, "STATIC_LINK")


def test_versions_are_those_of_the_packages(gateway):
    for entry in gateway["packages"]:
        if entry["SPDXID"].startswith("SPDXRef-deb-"):
            versions = run("dpkg-query", "-W", "-f", "${Version}\n", entry["name"]).split()
            assert entry["versionInfo"] in versions


def test_openssl_is_the_one_that_the_program_says(gateway):
    version = package(gateway, "libssl-dev")["versionInfo"].split("-")[0]
    program = (BUILD / "bin/zomg-ssh-connection").read_bytes()
    assert f"OpenSSL {version} ".encode() in program


def test_libssh_is_the_source_that_was_built(gateway):
    cache = (BUILD / "CMakeCache.txt").read_text(encoding="utf-8")
    prefix = pathlib.Path(re.search("^ZOMG_LIBSSH_PREFIX:.*=(.*)$", cache, re.M)[1])
    libssh = package(gateway, "libssh")
    modules = (prefix / "lib/pkgconfig/libssh.pc").read_text(encoding="utf-8")
    assert libssh["versionInfo"].split("-")[0] == re.search("^Version: (.*)$", modules, re.M)[1]
    assert "libssh" in linked(gateway, "zomg-ssh-connection", "STATIC_LINK")
    assert "libssh" not in linked(gateway, "zomg-ssh-gateway", "STATIC_LINK", "DYNAMIC_LINK")
    source = (prefix / "source").read_text(encoding="utf-8")
    assert f"Version: {libssh['versionInfo']}\n" in source
    [orig] = re.findall(r"\.orig\.tar\.xz: ([0-9a-f]{64})", source)
    assert orig in libssh["comment"]


def test_libraries_of_headers_alone_are_in_it(gateway):
    names = {entry["SPDXID"]: entry["name"] for entry in gateway["packages"]}
    headers = {names[entry["spdxElementId"]] for entry in gateway["relationships"]
               if entry["relationshipType"] == "BUILD_DEPENDENCY_OF"}
    assert {"nlohmann-json3-dev", "libfmt-dev"} <= headers


@pytest.mark.slow
@pytest.mark.parametrize("name, made", [("zomg-ssh-gateway", "gateway"), ("zomg", "client")])
def test_the_packages_have_it(packages, tmp_path, name, made):
    run("dpkg-deb", "-x", packages[name], tmp_path)
    document = json.loads((tmp_path / PLACE.format(name)).read_text(encoding="utf-8"))
    assert document == read(made)


@pytest.mark.slow
def test_the_image_has_one_with_all_that_is_in_it(tmp_path, gateway):
    run(ROOT / "deploy/image.sh", "--tree", tmp_path)
    document = json.loads((tmp_path / PLACE.format("zomg-ssh-gateway")).read_text(encoding="utf-8"))
    check_form(document)
    names = {entry["name"]: entry for entry in document["packages"]}
    for entry in (tmp_path / "var/lib/dpkg/status.d").iterdir():
        fields = dict(re.findall(r"^([\w-]+): (.*)$", entry.read_text(encoding="utf-8"), re.M))
        assert names[fields["Package"]]["versionInfo"] == fields["Version"]
    assert {entry["name"] for entry in gateway["packages"]} <= set(names)
    # Whatever of programs is there is a package's, or ours.
    assert "kubernetes-client" in names
    programs = {path.name for path in (tmp_path / "usr/libexec/zomg-ssh-gateway").iterdir()}
    assert programs <= set(names)
