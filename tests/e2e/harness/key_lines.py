"""Lines of authorized_keys, and which of them a real sshd and the gateway take."""

import base64
import os
import re

from harness import keys
from harness.client import Client
from harness.gateway import Gateway
from harness.openssh import Sshd


class Lines:
    """A line for each row, with a key of its own in the place of the words TYPE and BASE64. There are
    no private halves: whether a server takes a key it says before it sees those."""

    def __init__(self, folder, rows):
        folder.mkdir(exist_ok=True)
        self.rows = rows
        self.paths = []
        self.text = ""
        for number, row in enumerate(rows):
            blob = b"\0\0\0\x0bssh-ed25519\0\0\0 " + os.urandom(32)
            encoded = base64.b64encode(blob).decode()
            path = folder / f"key{number}.pub"
            path.write_text(f"ssh-ed25519 {encoded}\n", encoding="ascii")
            self.paths.append(path)
            self.text += row.replace("TYPE", "ssh-ed25519").replace("BASE64", encoded) + "\n"


def taken_by_sshd(folder, lines):
    """The rows whose keys sshd says it would take a signature of."""
    user = keys.make_user_key(folder)
    taken = set()
    with Sshd(folder / "sshd", lines.text) as sshd:
        # ssh has room for 100 keys, and some are the configuration's.
        for begin in range(0, len(lines.paths), 80):
            part = lines.paths[begin:begin + 80]
            client = Client(folder / f"client{begin}", sshd, user, "root", LogLevel="DEBUG")
            flags = [flag for path in part for flag in ("-i", str(path))]
            log = client.ssh("true", flags=flags).errors
            accepted = set(re.findall(r"Server accepts key: (\S+)", log))
            assert len(re.findall("Offering public key", log)) >= len(part)
            taken |= {row for row, path in zip(lines.rows[begin:], part) if str(path) in accepted}
    return taken


def taken_by_gateway(folder, node, lines):
    """The rows whose lines the gateway does not skip."""
    with Gateway(folder / "gateway", node, lines.text) as gateway:
        skipped = {int(n) for n in re.findall(r"line (\d+): skipped", gateway.log())}
    return {row for number, row in enumerate(lines.rows, 1) if number not in skipped}
