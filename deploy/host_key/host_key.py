#!/usr/bin/python3
"""The host key of a gateway in a SOPS file, for host-key.sh. Key material goes through pipes only.

  host_key.py make              a new ed25519 key, as the YAML text that gets encrypted
  host_key.py encrypt AGE…      that text on stdin, as a SOPS file for these age recipients
  host_key.py decrypt FILE ID   the private key in FILE, with the age identity file ID
  host_key.py public FILE       the public key in FILE, which is not encrypted
  host_key.py manifest NAMESPACE NAME    the private key on stdin, as a Kubernetes secret

`encrypt` and `decrypt` stand in for `sops` where that is not installed. They write and read its own
format (getsops.io, age, AES256_GCM, encrypted_regex), so either can read the other's files.
"""

import base64
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys

import yaml
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ENCRYPTED = re.compile(
    r"ENC\[AES256_GCM,data:([^,]*),iv:([^,]*),tag:([^,]*),type:(?:str|comment)\]")
PRIVATE, PUBLIC = "private_key", "public_key"
ENCRYPTED_REGEX = f"^{PRIVATE}$"


class Literal(str):
    """Text that YAML shows line by line."""


yaml.SafeDumper.add_representer(Literal, lambda dumper, text: dumper.represent_scalar(
    "tag:yaml.org,2002:str", text, style="|"))


def make():
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH,
                                serialization.NoEncryption()).decode()
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH,
                                           serialization.PublicFormat.OpenSSH).decode()
    return yaml.safe_dump({PUBLIC: public, PRIVATE: Literal(private)}, sort_keys=False)


def seal(key, text, context):
    nonce = os.urandom(32)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    data, tag = sealed[:-16], sealed[-16:]
    fields = [base64.b64encode(part).decode() for part in (data, nonce, tag)]
    return "ENC[AES256_GCM,data:{},iv:{},tag:{},type:str]".format(*fields)


def unseal(key, text, context):
    match = ENCRYPTED.fullmatch(text)
    if not match:
        raise ValueError("a value is not encrypted")
    data, nonce, tag = (base64.b64decode(part) for part in match.groups())
    return AESGCM(key).decrypt(nonce, data + tag, context.encode()).decode()


def code_of(values):
    """What SOPS calls the MAC: the digest of all values in their order."""
    digest = hashlib.sha512()
    for value in values:
        digest.update(value.encode())
    return digest.hexdigest().upper()


def age(arguments, given):
    done = subprocess.run(["age", *arguments], input=given, capture_output=True, check=False)
    if done.returncode != 0:
        raise ValueError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def encrypt(text, recipients):
    plain = yaml.safe_load(text)
    key = os.urandom(32)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return yaml.safe_dump({
        PUBLIC: plain[PUBLIC],
        PRIVATE: seal(key, plain[PRIVATE], f"{PRIVATE}:"),
        "sops": {
            "age": [{"recipient": recipient,
                     "enc": Literal(age(["--armor", "--recipient", recipient], key).decode())}
                    for recipient in recipients],
            "lastmodified": now,
            "mac": seal(key, code_of([plain[PUBLIC], plain[PRIVATE]]), now),
            "encrypted_regex": ENCRYPTED_REGEX,
            "version": "3.7.3",
        },
    }, sort_keys=False, width=10**6)


def data_key(stanzas, identity):
    reason = "it names no age recipient"
    for stanza in stanzas:
        try:
            return age(["--decrypt", "--identity", identity], stanza["enc"].encode())
        except ValueError as error:
            reason = str(error)
    raise ValueError(reason)


def read(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    if not isinstance(document, dict) or not isinstance(document.get(PUBLIC), str):
        raise ValueError("not a host key file")
    return document


def decrypt(path, identity):
    document = read(path)
    sops = document["sops"]
    key = data_key(sops["age"], identity)
    private = unseal(key, document[PRIVATE], f"{PRIVATE}:")
    when = sops["lastmodified"]
    if isinstance(when, datetime.datetime):  # as YAML has it without quotes
        when = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    if unseal(key, sops["mac"], when) != code_of([document[PUBLIC], private]):
        raise ValueError("its MAC does not fit: somebody changed the file")
    return private


def manifest(private, namespace, name):
    return json.dumps({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"namespace": namespace, "name": name},
        "data": {"host-ed25519": base64.b64encode(private.encode()).decode()},
    })


def main(command, *arguments):
    if command == "make":
        return make()
    if command == "encrypt":
        return encrypt(sys.stdin.read(), arguments)
    if command == "decrypt":
        return decrypt(*arguments)
    if command == "public":
        return read(*arguments)[PUBLIC] + "\n"
    if command == "manifest":
        return manifest(sys.stdin.read(), *arguments)
    raise ValueError(f"no command {command}")


if __name__ == "__main__":
    try:
        sys.stdout.write(main(*sys.argv[1:]))
    except InvalidTag:
        sys.exit("host-key: the file does not decrypt: it was changed, or the key is another's")
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        sys.exit(f"host-key: {' '.join(str(error).split()) or type(error).__name__}")
