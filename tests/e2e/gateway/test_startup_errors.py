"""A gateway that cannot work says why at the start, what to do, and ends."""

import os
import re
import shutil
import socket
import subprocess

import pytest

from harness import keys, paths, startup
from harness.gateway import clean_environment


def test_no_host_key(tmp_path):
    said = startup.fails(startup.settings(tmp_path, ZOMG_SSH_HOST_KEY_PATH=f"{tmp_path}/none"))
    assert f"{tmp_path}/none" in said and "--generate-host-key" in said
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o610])
def test_host_key_that_others_may_read(tmp_path, mode):
    settings = startup.settings(tmp_path)
    os.chmod(settings["ZOMG_SSH_HOST_KEY_PATH"], mode)
    said = startup.fails(settings)
    assert f"{mode:04o}" in said and "chmod 600" in said


@pytest.mark.parametrize("content, reason", [
    (b"", "not a private key"),
    (b"something else\n", "not a private key"),
    (b"-----BEGIN OPENSSH PRIVATE KEY-----\n!!!\n-----END OPENSSH PRIVATE KEY-----\n", "damaged"),
    (os.urandom(4096), "not a private key"),
    (b"x" * 10_000_000, None),
], ids=["empty", "text", "broken", "random", "huge"])
def test_host_key_that_is_none(tmp_path, content, reason):
    path = tmp_path / "broken"
    path.write_bytes(content)
    path.chmod(0o600)
    said = startup.fails(startup.settings(tmp_path, ZOMG_SSH_HOST_KEY_PATH=str(path)))
    assert str(path) in said
    assert reason is None or reason in said


def test_public_half_as_host_key(tmp_path):
    settings = startup.settings(tmp_path)
    shutil.copy(settings["ZOMG_SSH_HOST_KEY_PATH"] + ".pub", tmp_path / "public")
    (tmp_path / "public").chmod(0o600)
    said = startup.fails({**settings, "ZOMG_SSH_HOST_KEY_PATH": str(tmp_path / "public")})
    assert "not a private key" in said


def test_encrypted_host_key(tmp_path):
    settings = startup.settings(tmp_path)
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", "secret", "-P", "", "-f",
                    settings["ZOMG_SSH_HOST_KEY_PATH"]], check=True)
    assert "passphrase" in startup.fails(settings)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_host_key_of_another_kind(tmp_path, kind):
    path = keys.make_user_key(tmp_path, kind)
    said = startup.fails(startup.settings(tmp_path, ZOMG_SSH_HOST_KEY_PATH=str(path)))
    assert "ssh-ed25519" in said


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["directory", "fifo"])
def test_host_key_that_is_no_file(tmp_path, make):
    path = tmp_path / "odd"
    make(path)
    path.chmod(0o600)
    assert str(path) in startup.fails(startup.settings(tmp_path, ZOMG_SSH_HOST_KEY_PATH=str(path)))


def test_host_key_bytes_are_not_in_the_error(tmp_path):
    settings = startup.settings(tmp_path)
    path = settings["ZOMG_SSH_HOST_KEY_PATH"]
    with open(path, encoding="ascii") as file:
        lines = file.read().splitlines()
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join([lines[0], *lines[2:]]))
    said = startup.fails(settings)
    assert not any(line in said for line in lines[1:-1])


@pytest.mark.parametrize("settings", [
    {"ZOMG_SSH_AUTHORIZED_KEYS": None},
    {"ZOMG_SSH_AUTHORIZED_KEYS": ""},
    {"ZOMG_SSH_AUTHORIZED_KEYS": "# only a comment\n\n"},
    {"ZOMG_SSH_AUTHORIZED_KEYS": "ssh-ed25519 broken\n"},
])
def test_no_usable_authorized_key(tmp_path, settings):
    said = startup.fails(startup.settings(tmp_path, **settings))
    assert "no usable key" in said and "ZOMG_SSH_AUTHORIZED_KEYS" in said


def test_missing_authorized_keys_file(tmp_path):
    said = startup.fails(startup.settings(
        tmp_path, ZOMG_SSH_AUTHORIZED_KEYS_FILE=f"{tmp_path}/none"))
    assert f"{tmp_path}/none" in said and "ZOMG_SSH_AUTHORIZED_KEYS_FILE" in said


@pytest.mark.parametrize("name, value", [
    ("ZOMG_SSH_LISTEN", "2222"), ("ZOMG_SSH_LISTEN", "127.0.0.1"),
    ("ZOMG_SSH_LISTEN", "127.0.0.1:70000"), ("ZOMG_SSH_LISTEN", "::1:2222"),
    ("ZOMG_SSH_LISTEN", "localhost:2222"), ("ZOMG_SSH_LISTEN", "127.0.0.1:22x"),
    ("ZOMG_SSH_LISTEN", "127.0.0.1:2222,"), ("ZOMG_SSH_HOST_KEY_PATH", "relative"),
    ("ZOMG_SSH_CRI_SOCKET", "relative"), ("ZOMG_SSH_CRI_SOCKET", "/" + "x" * 200),
    ("ZOMG_SSH_CHROOT", "volumes"), ("ZOMG_SSH_NAMESPACE", "Not_A_Name"),
    ("ZOMG_SSH_NAMESPACE", "-x"), ("ZOMG_SSH_DRAIN_SECS", "-1"), ("ZOMG_SSH_DRAIN_SECS", "5x"),
    ("ZOMG_SSH_DRAIN_SECS", "99999999999999999999"), ("ZOMG_SSH_LOG_LEVEL", "loud"),
])
def test_bad_value(tmp_path, name, value):
    said = startup.fails(startup.settings(tmp_path, **{name: value}))
    assert name in said


def test_port_that_is_taken(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        said = startup.fails(startup.settings(tmp_path, ZOMG_SSH_LISTEN=where))
    assert where.split(":")[1] in said and "in use" in said


def yaml(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return {**startup.settings(tmp_path), "ZOMG_SSH_CONFIG": str(path)}


@pytest.mark.parametrize("text, line, word", [
    ("drain_secs: 5\nno_such_key: 1\n", 2, "no_such_key"),
    ("# comment\n\ndrain_secs: soon\n", 3, "soon"),
    ("drain_secs: [1, 2]\n", 1, "drain_secs"),
    ("drain_secs: 5\nlisten: nowhere\n", 2, "nowhere"),
    ("drain_secs: 5\n  bad: indent\n", 2, ""),
    ("listen: [127.0.0.1:1\n", 2, ""),
    ("Drain_Secs: 5\n", 1, "Drain_Secs"),
    ("drain_sec: 5\n", 1, "did you mean drain_secs?"),
    ("drain_secs: 5\ndrain_secs: 6\n", 2, "second time"),
])
def test_yaml_errors_name_key_and_line(tmp_path, text, line, word):
    said = startup.fails(yaml(tmp_path, text))
    assert f"config.yaml line {line}" in said and word in said


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text\n"])
def test_yaml_that_is_no_mapping(tmp_path, text):
    assert "config.yaml" in startup.fails(yaml(tmp_path, text))


def test_yaml_file_that_is_missing(tmp_path):
    settings = {**startup.settings(tmp_path), "ZOMG_SSH_CONFIG": f"{tmp_path}/none.yaml"}
    said = startup.fails(settings)
    assert "none.yaml" in said and "ZOMG_SSH_CONFIG" in said


def test_missing_user(tmp_path):
    """On a machine where the accounts were never made: a passwd file without them, in a mount
    namespace of this run."""
    passwd = tmp_path / "passwd"
    with open("/etc/passwd", encoding="utf-8") as file:
        passwd.write_text("".join(line for line in file if not line.startswith("zomg-ssh")),
                          encoding="utf-8")
    script = f'mount --bind {passwd} /etc/passwd && exec "$0"'
    said = startup.fails(startup.settings(tmp_path),
                         ["--mount", "sh", "-c", script, str(paths.GATEWAY)], "unshare")
    assert re.search("zomg-ssh", said) and re.search("user|account", said)


def test_not_root(tmp_path):
    settings = startup.settings(tmp_path)
    said = startup.fails(settings, ["--reuid=nobody", "--clear-groups", str(paths.GATEWAY)],
                         "setpriv")
    assert "root" in said


def test_missing_helper_program(tmp_path):
    """A half-copied installation."""
    copy = tmp_path / "bin"
    copy.mkdir()
    for program in (paths.GATEWAY, paths.BINARIES / "zomg-ssh-log"):
        shutil.copy(program, copy)
    said = startup.fails(startup.settings(tmp_path), program=copy / paths.GATEWAY.name)
    assert "zomg-ssh-listener" in said and str(copy) in said


@pytest.mark.parametrize("arguments", [["--no-such-option"], ["serve"], ["--generate-host-key"]])
def test_bad_arguments(tmp_path, arguments):
    said = startup.fails(startup.settings(tmp_path), arguments)
    assert "usage:" in said


def test_help_and_version():
    def output(option):
        return subprocess.run([paths.GATEWAY, option], check=True, capture_output=True, text=True,
                              env=clean_environment()).stdout
    assert "ZOMG_SSH_HOST_KEY_PATH" in output("--help")
    assert re.fullmatch(r"zomg-ssh-gateway \d+\.\d+\.\d+\n", output("--version"))
