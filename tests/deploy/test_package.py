"""The Debian packages that cpack makes: clean and complete."""

import os
import pathlib
import subprocess

import pytest

pytestmark = pytest.mark.slow

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ZOMG_BIN") or ROOT / "build/release/bin").parent


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                          stdin=options.pop("stdin", subprocess.DEVNULL), timeout=600, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """The packages by their names."""
    directory = tmp_path_factory.mktemp("packages")
    run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", directory, cwd=BUILD)
    found = {path.name.split("_")[0]: path for path in directory.glob("*.deb")}
    assert sorted(found) == ["zomg", "zomg-ssh-gateway"]
    return found


@pytest.mark.parametrize("name", ["zomg-ssh-gateway", "zomg"])
def test_lintian_has_nothing_to_say(packages, name):
    said = run("lintian", "--allow-root", "--fail-on", "error,warning", packages[name])
    assert said == ""


def test_dependencies_are_those_of_the_programs(packages):
    depends = run("dpkg-deb", "--field", packages["zomg-ssh-gateway"], "Depends")
    for library in ("libc6", "libssl3", "libseccomp2", "libcap2", "libcurl4", "libyaml-cpp0.7",
                    "adduser"):
        assert library in depends
    assert "python3-yaml" in run("dpkg-deb", "--field", packages["zomg"], "Depends")


def test_settings_are_a_conffile(packages, tmp_path):
    run("dpkg-deb", "--control", packages["zomg-ssh-gateway"], tmp_path / "control")
    assert (tmp_path / "control/conffiles").read_text(encoding="utf-8") == \
        "/etc/zomg-ssh-gateway/zomg-ssh-gateway.yaml\n"


@pytest.mark.parametrize("page", sorted((ROOT / "deploy/man").iterdir()), ids=lambda path: path.name)
def test_manual_pages_are_well_formed(page):
    said = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True,
                          text=True, check=False).stdout
    # Without a date on purpose: a page has none of its own.
    wrong = [line for line in said.splitlines() if "missing date" not in line]
    assert wrong == []
