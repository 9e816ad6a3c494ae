"""`--generate-host-key PATH` makes a key once and never overwrites one."""

import stat
import subprocess

from harness import keys, paths


def generate(path):
    return subprocess.run([paths.GATEWAY, "--generate-host-key", path], capture_output=True,
                          text=True, check=False, timeout=15)


def test_it_makes_a_pair_that_openssh_reads(tmp_path):
    path = tmp_path / "host"
    assert generate(path).returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    derived = subprocess.run(["ssh-keygen", "-y", "-f", path], check=True, capture_output=True,
                             text=True).stdout.split()
    assert derived[:2] == keys.public_half(path).split()[:2]
    assert derived[0] == "ssh-ed25519"
    checked = subprocess.run(["ssh-keygen", "-l", "-f", f"{path}.pub"], check=True,
                             capture_output=True, text=True).stdout
    assert "256 SHA256:" in checked and "ED25519" in checked


def test_it_does_not_overwrite(tmp_path):
    path = tmp_path / "host"
    generate(path)
    before = path.read_bytes()
    again = generate(path)
    assert again.returncode == 1 and str(path) in again.stderr
    assert path.read_bytes() == before


def test_it_does_not_follow_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    assert generate(tmp_path / "link").returncode == 1
    assert not (tmp_path / "target").exists()


def test_two_keys_differ(tmp_path):
    generate(tmp_path / "a")
    generate(tmp_path / "b")
    assert keys.private_seed(tmp_path / "a") != keys.private_seed(tmp_path / "b")


def test_directory_that_is_missing(tmp_path):
    done = generate(tmp_path / "no" / "such" / "host")
    assert done.returncode == 1 and "No such file" in done.stderr


def test_keys_of_openssh_serve_too(node, box, user_key, connect, tmp_path):
    """What operators have in their secrets today."""
    from harness.gateway import Gateway
    host_key = keys.make_user_key(tmp_path, name="host")
    gateway = Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                      ZOMG_SSH_HOST_KEY_PATH=str(host_key))
    gateway.host_key = host_key
    with gateway:
        assert connect(gateway, box.login).sh("echo in") == "in\n"
