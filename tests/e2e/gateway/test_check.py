"""`zomg-ssh-gateway --check` and `--print-config`."""

import os
import pwd
import re
import subprocess

from harness import paths, startup, strange_keys
from harness.gateway import clean_environment, free_port


def run(option, environment):
    return subprocess.run([paths.GATEWAY, option], env=clean_environment(**environment),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
                          check=False)


def bad_lines(done):
    return [line for line in done.stdout.splitlines() if line.startswith("BAD")]


def test_all_is_well(node, tmp_path):
    done = run("--check", startup.settings(tmp_path, ZOMG_SSH_CRI_SOCKET=node.socket))
    assert done.returncode == 0 and bad_lines(done) == [], done.stdout
    for subject in ("settings", "host key", "accounts", "programs", "CAP_SYS_ADMIN", "cgroups",
                    "container runtime", "kernel: openat2"):
        assert f"ok       {subject}" in done.stdout


def test_programs_do_their_work_in_their_sandboxes(node, tmp_path):
    done = run("--check", startup.settings(tmp_path, ZOMG_SSH_CRI_SOCKET=node.socket,
                                           ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{free_port()}"))
    assert done.returncode == 0, done.stdout
    for work in ("lookup by zomg-ssh-resolver", "scrape of zomg-ssh-metrics"):
        assert f"ok       {work}" in done.stdout
    assert "system call" not in done.stdout and "sandbox: refused" not in done.stderr


def test_a_fetch_that_fails_is_a_warning(node, tmp_path):
    done = run("--check", startup.settings(
        tmp_path, ZOMG_SSH_CRI_SOCKET=node.socket, ZOMG_SSH_GITHUB_USERS="octocat",
        ZOMG_SSH_GITHUB_URL=f"https://127.0.0.1:{free_port()}"))
    assert done.returncode == 0, done.stdout
    assert "warning  fetch by zomg-ssh-keyring: the keys of the first user were not to be had" in done.stdout
    assert "sandbox: refused" not in done.stderr


def test_every_fault_has_its_line_and_remedy(tmp_path):
    settings = startup.settings(tmp_path, ZOMG_SSH_DRAIN_SECS="soon", ZOMG_SSH_LISTN="[::]:1",
                                ZOMG_SSH_AUTHORIZED_KEYS="no key")
    os.chmod(settings["ZOMG_SSH_HOST_KEY_PATH"], 0o644)
    done = run("--check", settings)
    assert done.returncode == 1
    bad = "\n".join(bad_lines(done))
    assert "ZOMG_SSH_DRAIN_SECS" in bad
    assert "chmod 600" in bad
    assert "nobody could log in" in bad
    assert "no-such.sock" in bad and "Start the container runtime" in bad
    assert "warning  settings: no setting is named ZOMG_SSH_LISTN. Did you mean ZOMG_SSH_LISTEN?" \
        in done.stdout


def test_a_key_that_is_too_large_is_named(node, tmp_path):
    large = strange_keys.line(strange_keys.Rsa(8704))
    settings = startup.settings(tmp_path, ZOMG_SSH_CRI_SOCKET=node.socket)
    settings["ZOMG_SSH_AUTHORIZED_KEYS"] += f"\n{large}\n"
    done = run("--check", settings)
    assert done.returncode == 0
    assert re.search(r"ZOMG_SSH_AUTHORIZED_KEYS line 2 is skipped: an RSA key of 8[67]\d\d bits, "
                     "where 2048 to 8192 are taken", done.stdout), done.stdout


def record_directory(path, owner="zomg-ssh-recorder"):
    path.mkdir(mode=0o700)
    os.chown(path, pwd.getpwnam(owner).pw_uid, -1)
    return {"ZOMG_SSH_RECORD_DIR": str(path)}


def test_where_recordings_go(node, tmp_path):
    settings = startup.settings(tmp_path, ZOMG_SSH_CRI_SOCKET=node.socket)
    good = record_directory(tmp_path / "good")
    done = run("--check", {**settings, **good})
    assert done.returncode == 0 and "ok       recordings" in done.stdout, done.stdout
    of_root = record_directory(tmp_path / "of-root", "root")
    done = run("--check", {**settings, **of_root})
    assert done.returncode == 1
    assert f"install -d -o zomg-ssh-recorder -m 0700 {tmp_path}/of-root" in "".join(bad_lines(done))
    # As in a pod, or under a unit, that has no such volume.
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c",
         'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" --check', "sh",
         tmp_path / "good", paths.GATEWAY], env=clean_environment(**settings, **good),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert f"ReadWritePaths={tmp_path}/good" in "".join(bad_lines(done)), done.stdout


def test_a_missing_capability_is_named(node, tmp_path):
    done = subprocess.run(
        ["setpriv", "--bounding-set", "-sys_admin", paths.GATEWAY, "--check"],
        env=clean_environment(**startup.settings(tmp_path, ZOMG_SSH_CRI_SOCKET=node.socket)),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert [line for line in bad_lines(done) if "CAP_SYS_ADMIN" in line], done.stdout


def test_printed_settings_say_where_they_came_from(tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("# first\nchroot: /data\n", encoding="utf-8")
    settings = startup.settings(tmp_path, ZOMG_SSH_CONFIG=str(config),
                                ZOMG_SSH_LISTEN="127.0.0.1:22")
    done = run("--print-config", settings)
    assert done.returncode == 0, done.stderr
    assert 'chroot: "/data"  # file, line 2' in done.stdout
    assert 'listen: "127.0.0.1:22"  # ZOMG_SSH_LISTEN' in done.stdout
    assert 'log_level: "info"  # default' in done.stdout
    assert settings["ZOMG_SSH_AUTHORIZED_KEYS"].split()[1] not in done.stdout


def test_printed_settings_start_a_gateway_alike(tmp_path):
    settings = startup.settings(tmp_path, ZOMG_SSH_CHROOT="/a b")
    printed = run("--print-config", settings).stdout
    config = tmp_path / "printed.yaml"
    config.write_text(printed, encoding="utf-8")
    again = run("--print-config", {"ZOMG_SSH_CONFIG": str(config)})
    assert again.returncode == 0, again.stderr
    assert 'chroot: "/a b"' in again.stdout
