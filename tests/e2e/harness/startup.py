"""Starting the gateway where it is expected to give up."""

import subprocess

from harness import keys, paths
from harness.gateway import clean_environment, free_port


def settings(directory, **changes):
    """Settings with which the gateway would start; a change to None takes one away."""
    host_key = directory / "host-ed25519"
    if not host_key.exists():
        keys.make_host_key(host_key)
    wanted = {
        "ZOMG_SSH_LISTEN": f"127.0.0.1:{free_port()}",
        "ZOMG_SSH_CRI_SOCKET": str(directory / "no-such.sock"),
        "ZOMG_SSH_HOST_KEY_PATH": str(host_key),
        "ZOMG_SSH_AUTHORIZED_KEYS": example_key(directory),
        "ZOMG_SSH_STATE_DIR": str(directory),
        **changes,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def example_key(directory):
    path = directory / "example-key"
    if not path.exists():
        keys.make_user_key(directory, name=path.name)
    return keys.public_half(path)


def fails(environment, arguments=(), program=paths.GATEWAY):
    """Runs the gateway, which must give up by itself, and returns what it wrote."""
    try:
        done = subprocess.run([program, *arguments], env=clean_environment(**environment),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=15,
                              check=False)
    except subprocess.TimeoutExpired as expired:
        raise AssertionError(f"it started: {expired.stderr}") from expired
    assert done.returncode not in (0, None) and done.returncode > 0, done
    assert "listening on" not in done.stderr
    return done.stderr


def check(gateway):
    """`--check` with the settings of a Gateway that does not run."""
    settings = {name: value for name, value in gateway.settings.items() if value is not None}
    return subprocess.run([paths.GATEWAY, "--check"], env=clean_environment(**settings),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          check=False)
