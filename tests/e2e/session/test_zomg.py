"""deploy/client/zomg against a real gateway: its three clients reach the box."""

import os
import subprocess

from harness import paths

ZOMG = paths.ROOT / "deploy/client/zomg"


def zomg(home, *arguments, **options):
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
    return subprocess.run([ZOMG, *map(str, arguments)], env=environment, capture_output=True,
                          text=True, timeout=60, check=False, **options)


def prepare(home, gateway, box, client):
    """A profile for the gateway; the box's name, and options with the client's keys."""
    project, _, name = box.login.partition("--")
    profiles = home / ".config/zomg/profiles.yaml"
    profiles.parent.mkdir(parents=True)
    profiles.write_text(f"profiles: {{test: {{gateway_host: 127.0.0.1, port: {gateway.port}, "
                        f"project: {project}}}}}\n", encoding="utf-8")
    config = client.config.read_text(encoding="utf-8").replace("Host box\n", "Host *\n")
    (home / "config").write_text(config, encoding="utf-8")
    return name, ["-F", home / "config"]


def test_ssh_sftp_and_scp(tmp_path, gateway, box, client):
    name, options = prepare(tmp_path, gateway, box, client)
    ssh = zomg(tmp_path, "ssh", name, *options, "--", "echo", "$USER", ";", "exit", "7")
    assert (ssh.stdout, ssh.returncode) == ("root\n", 7), ssh.stderr
    (tmp_path / "file").write_text("content", encoding="utf-8")
    scp = zomg(tmp_path, "scp", *options, tmp_path / "file", f"{name}:/root/by-zomg")
    assert scp.returncode == 0, scp.stderr
    sftp = zomg(tmp_path, "sftp", name, *options, "-b", "-",
                input=f"get /root/by-zomg {tmp_path}/back\nrm /root/by-zomg\n")
    assert sftp.returncode == 0, sftp.stderr
    assert (tmp_path / "back").read_text(encoding="utf-8") == "content"
