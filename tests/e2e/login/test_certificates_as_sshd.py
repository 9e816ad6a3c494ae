"""What a real sshd and the gateway make of a certificate and of its authority's line."""

import re

import pytest

from harness import certificates, keys
from harness.client import Client
from harness.gateway import Gateway
from harness.openssh import Sshd

LINES = ["", "principals=\"dev,ops\"", "principals=\"LOGIN\"", "command=\"echo of the line\"",
         "restrict", "restrict,pty", "no-pty", "from=\"127.0.0.1\"", "from=\"192.0.2.1\"",
         "expiry-time=\"20200101\"", "expiry-time=\"29991231\""]
# Options of ssh-keygen for a certificate, by an authority of this line.
BY_LINE = {"": [
    {}, {"principals": ["other"]}, {"principals": ["other", "LOGIN"]}, {"principals": ["LOGI*"]},
    {"valid": "-2h:-1h"}, {"valid": "+1h:+2h"}, {"valid": "-1h:+1h"}, {"flags": ["-h"]},
    {"options": ["clear"]}, {"options": ["no-pty"]}, {"options": ["clear", "permit-pty"]},
    {"options": ["source-address=127.0.0.0/8"]}, {"options": ["source-address=192.0.2.0/24"]},
    {"options": ["source-address=192.0.2.1,127.0.0.1"]},
    {"options": ["force-command=echo of the certificate"]},
    {"options": ["critical:frobnicate"]}, {"options": ["extension:frobnicate=x"]},
    {"options": ["extension:permit-pty=x"]}, {"flags": ["-t", "ssh-rsa"]},
], 'command="echo of the line"': [
    {}, {"options": ["force-command=echo of the certificate"]},
    {"options": ["force-command=echo of the line"]},
], 'principals="dev,ops"': [
    {}, {"principals": ["ops"]}, {"principals": ["op"]}, {"principals": ["dev,ops"]},
]}
CASES = [(line, made) for line in LINES for made in BY_LINE.get(line, [{}])]


@pytest.fixture(scope="module")
def servers(tmp_path_factory, node):
    """Both servers with a line for each of LINES, by the login names that they know; and the keys of
    the authorities by their lines."""
    folder = tmp_path_factory.mktemp("servers")
    folder.chmod(0o711)
    authorities = {line: keys.make_user_key(folder, "rsa", bits=2048, name=f"ca{number}")
                   for number, line in enumerate(LINES)}

    def text(login):
        return "".join(
            f"cert-authority{line and ','}{line.replace('LOGIN', login)} {keys.public_half(key)}\n"
            for line, key in authorities.items())
    with node.box("demo", "certified") as box, Sshd(folder / "sshd", text("root")) as sshd, \
            Gateway(folder / "gateway", node, text(box.login)) as gateway:
        assert "skipped" not in gateway.log()
        yield {"root": sshd, box.login: gateway}, authorities


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return keys.make_user_key(tmp_path_factory.mktemp("key"))


@pytest.mark.parametrize("line, made", CASES, ids=[f"{line}-{made}" for line, made in CASES])
def test_both_agree(servers, key, tmp_path, line, made):
    """On whether it logs in, on what then runs, and on whether that has a terminal."""
    answers = []
    for login, server in servers[0].items():
        names = [name.replace("LOGI", login[:-1]) if name == "LOGI*" else name.replace("LOGIN", login)
                 for name in made.get("principals", ["LOGIN"])]
        certified = certificates.sign(servers[1][line], key, *names,
                                      **{k: v for k, v in made.items() if k != "principals"})
        client = Client(tmp_path / login, server, certified, login, LogLevel="INFO",
                        CertificateFile=certificates.certificate_of(certified))
        done = client.ssh("tty", flags=["-tt"])
        said = re.search("Permission denied|PTY allocation request failed", done.errors)
        answers.append((done.status, re.sub(r"/dev/pts/\d+", "terminal", done.text),
                        said and said.group()))
    assert answers[0] == answers[1]
