"""Who may log in: the holders of authorized keys, by public key alone."""

import base64

import paramiko
import pytest

from harness import agent, keys
from harness.audit import Trail
from harness.gateway import Gateway


def denied(done):
    return done.status == 255 and "Permission denied (publickey)" in done.errors


def test_another_key(connect, gateway, box, tmp_path):
    since = gateway.log_size()
    assert denied(connect(gateway, box.login, keys.make_user_key(tmp_path)).ssh("true"))
    gateway.wait_for_log("refused user demo--box1 .*not authorized", since)


class Forged(paramiko.PKey):
    """Claims one key and signs with another, or signs something else."""

    def __init__(self, claimed, signing, change=lambda data: data):
        super().__init__()
        self.public_blob = None
        self._claimed, self._signing, self._change = claimed, signing, change

    def get_name(self):
        return "ssh-ed25519"

    def asbytes(self):
        return base64.b64decode(keys.public_half(self._claimed).split()[1])

    def sign_ssh_data(self, data, algorithm=None):
        signing = paramiko.Ed25519Key.from_private_key_file(str(self._signing))
        return signing.sign_ssh_data(self._change(data), algorithm)


def forged_login(gateway, login, key):
    """Whether a login with a forged signature succeeds."""
    with paramiko.Transport(("127.0.0.1", gateway.port)) as transport:
        transport.start_client(timeout=15)
        try:
            transport.auth_publickey(login, key)
        except paramiko.AuthenticationException:
            pass
        return transport.is_authenticated()


def test_signature_of_another_key(gateway, box, user_key, tmp_path):
    """Knowing an authorized public key proves nothing."""
    assert not forged_login(gateway, box.login, Forged(user_key, keys.make_user_key(tmp_path)))


def test_signature_over_something_else(gateway, box, user_key):
    """Of another connection, or for another user: the right key alone is not enough."""
    assert forged_login(gateway, box.login, Forged(user_key, user_key))  # the forge works
    for change in (lambda data: bytes(36) + data[36:],
                   lambda data: data.replace(box.login.encode(), b"demo--box2"),
                   lambda data: data + b"x", lambda data: b""):
        assert not forged_login(gateway, box.login, Forged(user_key, user_key, change))


def test_no_key(client):
    assert denied(client.ssh("true", options={"PubkeyAuthentication": "no"}))


@pytest.mark.parametrize("method", ["password", "keyboard-interactive", "hostbased"])
def test_other_methods_are_not_offered(client, method):
    assert denied(client.ssh("true", options={"PreferredAuthentications": method}))


def test_right_key_after_wrong_ones(client, tmp_path):
    wrong = [flag for number in range(3)
             for flag in ("-i", keys.make_user_key(tmp_path, name=f"wrong{number}"))]
    # `-i` keys come before those of the configuration file.
    assert client.ssh("echo in", flags=wrong).out == b"in\n"


def test_too_many_wrong_keys(client, tmp_path):
    wrong = [flag for number in range(8)
             for flag in ("-i", keys.make_user_key(tmp_path, name=f"wrong{number}"))]
    done = client.ssh("true", flags=wrong)
    assert done.status == 255
    assert "Too many authentication failures" in done.errors


def test_wrong_host_key_is_noticed(connect, gateway, box, tmp_path):
    mine = connect(gateway, box.login)
    other = keys.make_user_key(tmp_path)
    mine.known_hosts.write_text(f"zomg-test {keys.public_half(other)}\n", encoding="ascii")
    done = mine.ssh("true")
    assert done.status == 255
    assert "Host key verification failed" in done.errors


KINDS = [("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048),
         ("rsa", 4096)]


@pytest.fixture(scope="module")
def many_keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return {(kind, bits): keys.make_user_key(folder, kind, bits=bits)
            for kind, bits in KINDS + [("rsa", 1024)]}


@pytest.fixture(scope="module")
def open_gateway(tmp_path_factory, node, many_keys):
    lines = "\n".join(map(keys.public_half, many_keys.values()))
    with Gateway(tmp_path_factory.mktemp("many") / "gateway", node, lines) as running:
        yield running


@pytest.mark.parametrize("kind, bits", KINDS)
def test_kinds_of_keys(open_gateway, many_keys, connect, box, kind, bits):
    assert connect(open_gateway, box.login, many_keys[kind, bits]).sh("echo in") == "in\n"


@pytest.mark.parametrize("kind, bits", KINDS)
def test_keys_in_an_agent(open_gateway, many_keys, connect, box, tmp_path, kind, bits):
    """The client has the public half alone."""
    public = tmp_path / "user.pub"
    public.write_text(keys.public_half(many_keys[kind, bits]) + "\n", encoding="ascii")
    assert connect(open_gateway, box.login, public).ssh("true").status == 255
    with agent.holding(tmp_path, many_keys[kind, bits]) as socket:
        mine = connect(open_gateway, box.login, public, IdentityAgent=socket)
        assert mine.sh("echo in") == "in\n"


@pytest.mark.parametrize("algorithm", ["rsa-sha2-256", "rsa-sha2-512"])
def test_rsa_signatures(open_gateway, many_keys, connect, box, algorithm):
    mine = connect(open_gateway, box.login, many_keys["rsa", 2048],
                   PubkeyAcceptedAlgorithms=algorithm)
    trail = Trail(open_gateway.settings["ZOMG_SSH_AUDIT_LOG"])
    assert mine.sh("echo in") == "in\n"
    assert trail.wait_for("authentication", accepted=True)["algorithm"] == algorithm


def test_rsa_with_sha1_is_refused(open_gateway, many_keys, connect, box):
    mine = connect(open_gateway, box.login, many_keys["rsa", 2048],
                   PubkeyAcceptedAlgorithms="ssh-rsa")
    assert mine.ssh("true").status == 255


def test_short_rsa_is_refused_and_named(open_gateway, many_keys, connect, box):
    mine = connect(open_gateway, box.login, many_keys["rsa", 1024], RequiredRSASize=1024)
    assert mine.ssh("true").status == 255
    assert f"line {len(many_keys)}: skipped" in open_gateway.log()
