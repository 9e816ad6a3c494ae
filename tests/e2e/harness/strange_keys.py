"""Keys and certificates of strangers: of every kind and size, each of which signs as it should."""

import base64
import hashlib
import math
import os
import secrets
import struct

import paramiko
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from harness.key_exchange import string

CERTIFICATE = "-cert-v01@openssh.com"
SHA512_INFO = bytes.fromhex("3051300d060960864801650304020305000440")


def mpint(number):
    size = (number.bit_length() + 8) // 8
    return string(number.to_bytes(size, "big") if number else b"")


class Ed25519:
    type = "ssh-ed25519"

    def __init__(self):
        self._private = ed25519.Ed25519PrivateKey.generate()
        public = self._private.public_key().public_bytes(serialization.Encoding.Raw,
                                                         serialization.PublicFormat.Raw)
        self.parts = string(public)
        self.algorithm = self.type

    def sign(self, data):
        """The signature blob."""
        return string(self.algorithm.encode()) + string(self._private.sign(data))


class Ecdsa:
    CURVES = {256: (ec.SECP256R1, hashes.SHA256), 384: (ec.SECP384R1, hashes.SHA384),
              521: (ec.SECP521R1, hashes.SHA512)}

    def __init__(self, bits):
        curve, self._hash = self.CURVES[bits]
        self._private = ec.generate_private_key(curve())
        point = self._private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        self.type = self.algorithm = f"ecdsa-sha2-nistp{bits}"
        self.parts = string(f"nistp{bits}".encode()) + string(point)

    def sign(self, data):
        r, s = utils.decode_dss_signature(self._private.sign(data, ec.ECDSA(self._hash())))
        return string(self.algorithm.encode()) + string(mpint(r) + mpint(s))


class SecurityKey:
    """An ed25519 key of a FIDO authenticator that was touched."""

    type = algorithm = "sk-ssh-ed25519@openssh.com"

    def __init__(self):
        self._key = Ed25519()
        self.parts = self._key.parts + string(b"ssh:")

    def sign(self, data):
        seen = b"\x01" + struct.pack(">I", 7)
        signed = hashlib.sha256(b"ssh:").digest() + seen + hashlib.sha256(data).digest()
        value = self._key.sign(signed)[-64:]
        return string(self.algorithm.encode()) + string(value) + seen


def prime(bits):
    """By Fermat's test, which is good enough for a test."""
    while True:
        number = secrets.randbits(bits) | (3 << (bits - 2)) | 1
        if all(number % small for small in (3, 5, 7, 11, 13)) and pow(2, number - 1, number) == 1:
            return number


class Rsa:
    """Of many primes of 512 bits, so that also the largest is made at once."""

    type = "ssh-rsa"
    algorithm = "rsa-sha2-512"

    def __init__(self, bits, exponent=65537):
        self._primes = []
        while len(self._primes) < bits // 512:
            candidate = prime(512)
            if math.gcd(exponent, candidate - 1) == 1:
                self._primes.append(candidate)
        self._exponent = exponent
        self._modulus = math.prod(self._primes)
        self.parts = mpint(exponent) + mpint(self._modulus)

    def sign(self, data):
        size = (self._modulus.bit_length() + 7) // 8
        tail = SHA512_INFO + hashlib.sha512(data).digest()
        padded = int.from_bytes(b"\0\x01" + b"\xff" * (size - len(tail) - 3) + b"\0" + tail, "big")
        value = 0
        for factor in self._primes:
            power = pow(padded, pow(self._exponent, -1, factor - 1), factor)
            others = self._modulus // factor
            value += power * others * pow(others, -1, factor)
        value %= self._modulus
        return string(self.algorithm.encode()) + string(value.to_bytes(size, "big"))


def blob(key):
    return string(key.type.encode()) + key.parts


def certificate(key, authority, principals=("demo--box1",), options=b""):
    """The blob of a certificate that the authority signed."""
    name = key.type.removesuffix("@openssh.com") + CERTIFICATE
    names = b"".join(string(principal.encode()) for principal in principals)
    signed = (string(name.encode()) + string(os.urandom(32)) + key.parts
              + struct.pack(">QI", 1, 1) + string(b"stranger") + string(names)
              + struct.pack(">QQ", 0, 2**64 - 1) + string(options)
              + string(string(b"permit-pty") + string(b"")) + string(b"")
              + string(blob(authority)))
    return signed + string(authority.sign(signed))


def line(key):
    """For authorized_keys."""
    return f"{key.type} {base64.b64encode(blob(key)).decode()}"


class ParamikoKey(paramiko.PKey):
    """What paramiko logs in with; `signing` in the place of the key makes signatures that are false."""

    def __init__(self, key, certificate_blob=None, signing=None):
        super().__init__()
        self._key = signing or key
        self._name = key.type
        self._blob = blob(key)
        self.public_blob = None
        if certificate_blob:
            name = key.type.removesuffix("@openssh.com") + CERTIFICATE
            self.public_blob = paramiko.pkey.PublicBlob(name, certificate_blob)

    def get_name(self):
        return self._name

    def asbytes(self):
        return self._blob

    def sign_ssh_data(self, data, algorithm=None):
        return paramiko.Message(self._key.sign(data))
