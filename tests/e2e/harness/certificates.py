"""User certificates, made by ssh-keygen."""

import pathlib
import shutil
import subprocess


def sign(authority, key, *principals, options=(), serial=None, key_id="me", valid="always:forever",
         environment=None, flags=()):
    """Signs the public half of `key` and returns the path of a private key with that certificate:
    each call makes a pair of its own, so that one key can have several certificates.

    `options` are those of ssh-keygen -O.
    """
    number = len(list(pathlib.Path(key).parent.glob(f"{pathlib.Path(key).name}.certified*.pub")))
    mine = pathlib.Path(f"{key}.certified{number}")
    shutil.copy(key, mine)
    shutil.copy(f"{key}.pub", f"{mine}.pub")
    command = ["ssh-keygen", "-q", "-s", authority, "-I", key_id, "-V", valid, *flags]
    if principals:
        command += ["-n", ",".join(principals)]
    if serial is not None:
        command += ["-z", str(serial)]
    for option in options:
        command += ["-O", option]
    subprocess.run([*command, f"{mine}.pub"], check=True, stdin=subprocess.DEVNULL, env=environment)
    return mine


def certificate_of(key):
    """Where ssh looks for the certificate of a private key."""
    return pathlib.Path(f"{key}-cert.pub")
