"""The Debian packages that cpack makes: clean, complete, and at home on a fresh Debian 12."""

import subprocess

import pytest

from debian import ROOT, run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["zomg-ssh-gateway", "zomg"])
def test_lintian_has_nothing_to_say(packages, name):
    said = run("lintian", "--allow-root", "--fail-on", "error,warning", packages[name])
    assert said == ""


def test_dependencies_are_those_of_the_programs(packages):
    depends = run("dpkg-deb", "--field", packages["zomg-ssh-gateway"], "Depends")
    for library in ("libc6", "libssl3", "libseccomp2", "libcap2", "libcurl4", "libyaml-cpp0.",
                    "libmicrohttpd12", "adduser"):
        assert library in depends
    assert "python3-yaml" in run("dpkg-deb", "--field", packages["zomg"], "Depends")


def test_the_gateway_finds_its_programs_where_they_are_installed(packages, tmp_path):
    run("dpkg-deb", "-x", packages["zomg-ssh-gateway"], tmp_path)
    [program] = tmp_path.glob("**/sbin/zomg-ssh-gateway")
    # With a file, for the program that reads it.
    [config] = tmp_path.glob("**/etc/zomg-ssh-gateway/zomg-ssh-gateway.yaml")
    done = subprocess.run([program, "--check"], capture_output=True, text=True, check=False,
                          env={"ZOMG_SSH_CONFIG": str(config)})
    assert "ok       programs\n" in done.stdout and "ok       settings" in done.stdout, done.stdout


def test_settings_are_a_conffile(packages, tmp_path):
    run("dpkg-deb", "--control", packages["zomg-ssh-gateway"], tmp_path / "control")
    assert (tmp_path / "control/conffiles").read_text(encoding="utf-8") == \
        "/etc/zomg-ssh-gateway/zomg-ssh-gateway.yaml\n"


def test_it_installs_and_finds_its_programs(fresh):
    assert fresh("zomg-ssh-gateway", "--version").startswith("zomg-ssh-gateway ")
    fresh("zomg-ssh-gateway", "--generate-host-key", "/etc/zomg-ssh-gateway/host-ed25519")
    public = fresh("cat", "/etc/zomg-ssh-gateway/host-ed25519.pub")
    (fresh.root / "etc/zomg-ssh-gateway/authorized_keys").write_text(public, encoding="ascii")
    # As a machine that runs has /proc; in a mount namespace that takes it along when it ends.
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", 'mount -t proc proc "$1/proc" && exec chroot "$@"', "sh",
         fresh.root, "env", "ZOMG_SSH_LISTEN=127.0.0.1:0",
         "ZOMG_SSH_CONFIG=/etc/zomg-ssh-gateway/zomg-ssh-gateway.yaml", "zomg-ssh-gateway",
         "--check"], capture_output=True, text=True, timeout=60, check=False)
    for subject in ("settings: 3 set", "host key", "keys: /etc/zomg-ssh-gateway/authorized_keys: 1",
                    "accounts", "programs"):
        assert f"ok       {subject}" in done.stdout, done.stdout + done.stderr


def test_the_client_runs(fresh):
    assert "zomg ssh BOX" in fresh("zomg", "--help")


def test_manual_pages_are_where_man_looks(fresh):
    for page in ("man8/zomg-ssh-gateway.8", "man5/zomg-ssh-gateway.yaml.5", "man1/zomg.1"):
        assert (fresh.root / f"usr/share/man/{page}.gz").is_file()


@pytest.mark.parametrize("page", sorted((ROOT / "deploy/man").iterdir()), ids=lambda path: path.name)
def test_manual_pages_are_well_formed(page):
    said = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True,
                          text=True, check=False).stdout
    # Without a date on purpose: a page has none of its own.
    wrong = [line for line in said.splitlines() if "missing date" not in line]
    assert wrong == []


def test_the_units_are_well_formed(fresh, tmp_path):
    unit = fresh.root / "lib/systemd/system/zomg-ssh-gateway.service"
    for name in ("zomg-ssh-gateway.service", "zomg-ssh-gateway.socket"):
        text = (unit.parent / name).read_text(encoding="utf-8")
        # The programs are in the chroot, not here.
        (tmp_path / name).write_text(text.replace("/usr/sbin/zomg-ssh-gateway", "/bin/true"),
                                     encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no",
                           tmp_path / "zomg-ssh-gateway.service",
                           tmp_path / "zomg-ssh-gateway.socket"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "zomg-ssh-gateway" not in done.stderr, done.stderr
