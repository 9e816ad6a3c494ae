"""The Debian packages that cpack makes, and a fresh Debian 12 that has them."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ZOMG_BIN") or ROOT / "build/release/bin").parent


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                          stdin=options.pop("stdin", subprocess.DEVNULL), timeout=600, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def make_packages(directory):
    """The packages by their names."""
    run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", directory, cwd=BUILD)
    found = {path.name.split("_")[0]: path for path in directory.glob("*.deb")}
    assert sorted(found) == ["zomg", "zomg-ssh-gateway"]
    return found


def archive_sources():
    """This machine's archives of its own Debian, as lines of sources.list(5)."""
    text = pathlib.Path("/etc/os-release").read_text(encoding="utf-8")
    codename = re.search(r"^VERSION_CODENAME=(.*)$", text, re.M)[1]
    uris = run("apt-get", "update", "--print-uris")
    lines = {f"deb {base} {suite} main" for base, suite in
             re.findall(rf"^'(.*)/dists/({codename}[^/]*)/InRelease'", uris, re.M)}
    assert lines
    return codename, "\n".join(sorted(lines)) + "\n"


class Fresh:
    """A fresh Debian with systemd, which does not run, and the packages, in the directory `root`. Called,
    it runs a command there."""

    def __init__(self, root, packages):
        self.root = root
        codename, sources = archive_sources()
        source_list = root.parent / "sources.list"
        source_list.write_text(sources, encoding="utf-8")
        copies = [f"--customize-hook=copy-in {path} /tmp" for path in packages.values()]
        names = " ".join(f"/tmp/{path.name}" for path in packages.values())
        run("mmdebstrap", "--mode=root", "--variant=apt", "--include=systemd",
            "--aptopt=Acquire::Languages none", "--dpkgopt=path-exclude=/usr/share/locale/*", *copies,
            f"--customize-hook=chroot \"$1\" apt-get -q -y --no-install-recommends install {names}",
            codename, root, source_list)

    def __call__(self, *command):
        return run("chroot", self.root, *command)
