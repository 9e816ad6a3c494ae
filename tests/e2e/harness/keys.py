"""Keys of users and hosts, made by ssh-keygen and by the gateway."""

import base64
import functools
import pathlib
import struct
import subprocess

from harness import paths


def make_user_key(directory, kind="ed25519", *, bits=None, name=None):
    """Makes a key pair without a passphrase and returns the path of the private half."""
    path = pathlib.Path(directory) / (name or f"user-{kind}{bits or ''}")
    size = ["-b", str(bits)] if bits else []
    subprocess.run(["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "test", "-f", path],
                   check=True, stdin=subprocess.DEVNULL)
    return path


def public_half(path):
    """The line for authorized_keys."""
    return pathlib.Path(f"{path}.pub").read_text(encoding="ascii").strip()


def fingerprint(path):
    """As the gateway and ssh-keygen name a key."""
    shown = subprocess.run(["ssh-keygen", "-lf", f"{path}.pub"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    return shown.split()[1]


def make_host_key(path):
    """Runs `zomg-ssh-gateway --generate-host-key`."""
    subprocess.run([paths.GATEWAY, "--generate-host-key", path], check=True,
                   stdin=subprocess.DEVNULL)
    return path


def _strings(data):
    """The length-prefixed strings that data begins with."""
    while len(data) >= 4:
        size = struct.unpack(">I", data[:4])[0]
        yield data[4:4 + size]
        data = data[4 + size:]


@functools.cache
def private_seed(path):
    """The 32 secret bytes of an unencrypted ed25519 key (OpenSSH's PROTOCOL.key)."""
    text = pathlib.Path(path).read_text(encoding="ascii")
    data = base64.b64decode("".join(text.split("\n")[1:-2]))
    assert data.startswith(b"openssh-key-v1\0")
    rest = data[15:]
    cipher, kdf, options = list(_strings(rest))[:3]
    rest = rest[sum(4 + len(part) for part in (cipher, kdf, options)) + 4:]
    _, section = list(_strings(rest))[:2]
    kind, _, both = list(_strings(section[8:]))[:3]
    assert kind == b"ssh-ed25519" and len(both) == 64
    return both[:32]
