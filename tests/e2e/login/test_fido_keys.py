"""Keys on a FIDO authenticator, played by OpenSSH's own software one."""

import subprocess

import pytest

from harness import certificates, keys
from harness.client import Client
from harness.gateway import Gateway
from harness.openssh import fido_environment, fido_library

KINDS = ["ed25519-sk", "ecdsa-sk"]
# The software authenticator asserts presence unless the key was made without: then it does not.
LINES = ["", "no-touch-required", "verify-required"]


def make_key(folder, kind, name, *options):
    path = folder / name
    flags = [flag for option in options for flag in ("-O", option)]
    subprocess.run(["ssh-keygen", "-q", "-t", kind, *flags, "-N", "", "-C", "test", "-f", path],
                   check=True, stdin=subprocess.DEVNULL, env=fido_environment())
    return path


@pytest.fixture(scope="module")
def fido(tmp_path_factory, node):
    """A gateway and its keys, by kind, the option of their line, and whether they want a touch."""
    folder = tmp_path_factory.mktemp("fido")
    folder.chmod(0o711)
    made = {}
    for kind in KINDS:
        for line in LINES:
            for touch in (True, False):
                options = [] if touch else ["no-touch-required"]
                made[kind, line, touch] = make_key(folder, kind, f"{kind}-{line}-{touch}", *options)
    authority = keys.make_user_key(folder, name="authority")
    made["authority"] = authority
    text = [f"{what[1]} {keys.public_half(key)}" if isinstance(what, tuple)
            else f"cert-authority,no-touch-required {keys.public_half(key)}"
            for what, key in made.items()]
    with Gateway(folder / "gateway", node, "\n".join(text)) as gateway:
        assert "skipped" not in gateway.log()
        yield gateway, made


@pytest.fixture
def log_in(fido, tmp_path, box):
    def attempt(key, **options):
        mine = Client(tmp_path / f"client-{key.name}", fido[0], key, box.login,
                      SecurityKeyProvider=fido_library(), **options)
        return mine.ssh("echo in")
    return attempt


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("line, touch, enters", [
    ("", True, True), ("", False, False), ("no-touch-required", True, True),
    ("no-touch-required", False, True), ("verify-required", True, False)])
def test_touch(fido, log_in, kind, line, touch, enters):
    done = log_in(fido[1][kind, line, touch])
    assert (done.status, done.text) == ((0, "in\n") if enters else (255, ""))


@pytest.mark.parametrize("kind", KINDS)
def test_certificate(fido, log_in, box, kind):
    key = fido[1][kind, "verify-required", True]  # whose line would not let it in
    made = certificates.sign(fido[1]["authority"], key, box.login)
    done = log_in(made, CertificateFile=certificates.certificate_of(made))
    assert done.ok().text == "in\n"


@pytest.mark.parametrize("options, enters", [(["no-touch-required"], True), ([], False)])
def test_untouched_certificate(fido, log_in, box, options, enters):
    """The authority's line waives the touch; the certificate has to, too."""
    key = fido[1]["ed25519-sk", "", False]
    made = certificates.sign(fido[1]["authority"], key, box.login, options=options)
    done = log_in(made, CertificateFile=certificates.certificate_of(made))
    assert done.status == (0 if enters else 255)
