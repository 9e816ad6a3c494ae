"""OpenSSH user certificates: signed by a cert-authority of authorized_keys, checked as in sshd."""

import paramiko
import pytest

from harness import agent, certificates, keys, strange_keys
from harness.audit import Trail
from harness.gateway import Gateway

KINDS = [("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("certificates")
    made.chmod(0o711)
    return made


@pytest.fixture(scope="module")
def authorities(folder):
    return {kind: keys.make_user_key(folder, kind[0], bits=kind[1], name=f"ca-{kind[0]}{kind[1]}")
            for kind in KINDS}


@pytest.fixture(scope="module")
def named(folder):
    """An authority whose line says principals=, one whose line forces a command, and one that may
    sign for no terminal."""
    return {name: keys.make_user_key(folder, name=f"ca-{name}")
            for name in ("principals", "command", "restrict")}


@pytest.fixture(scope="module")
def gateway(folder, node, authorities, named, user_key):
    def line(options, key):
        return f"cert-authority{options} {keys.public_half(key)}"
    lines = [line("", authority) for authority in authorities.values()]
    lines += [line(',principals="dev,ops"', named["principals"]),
              line(',command="echo of the authority"', named["command"]),
              line(",restrict", named["restrict"]),
              keys.public_half(user_key)]
    with Gateway(folder / "gateway", node, "\n".join(lines)) as running:
        assert "skipped" not in running.log()
        yield running


@pytest.fixture(scope="module")
def authority(authorities):
    return authorities["ed25519", None]


@pytest.fixture
def key(tmp_path):
    return keys.make_user_key(tmp_path)


@pytest.fixture
def log_in(gateway, connect, box):
    """Logs in with a certified key, which without its certificate would be refused."""
    def attempt(certified, *command, **options):
        mine = connect(gateway, box.login, certified,
                       CertificateFile=certificates.certificate_of(certified), **options)
        return mine.ssh(*command or ("echo in",), flags=["-tt"] if options.get("RequestTTY") else [])
    return attempt


@pytest.mark.parametrize("kind, bits", KINDS)
def test_kinds_of_certified_keys(log_in, authority, box, tmp_path, kind, bits):
    made = keys.make_user_key(tmp_path, kind, bits=bits)
    assert log_in(certificates.sign(authority, made, box.login)).ok().text == "in\n"


@pytest.mark.parametrize("kind", ("Ed25519", "SecurityKey"))
def test_an_authority_on_an_authenticator(folder, node, box, kind):
    """Nor does it matter that the certified key is on one, too."""
    authority, key = strange_keys.SecurityKey(), getattr(strange_keys, kind)()
    certified = strange_keys.ParamikoKey(
        key, strange_keys.certificate(key, authority, [box.login]))
    with Gateway(folder / f"gateway-{kind}", node,
                 f"cert-authority {strange_keys.line(authority)}") as running:
        with paramiko.Transport(("127.0.0.1", running.port)) as transport:
            transport.start_client(timeout=60)
            transport.auth_publickey(box.login, certified)
            assert transport.is_authenticated()


@pytest.mark.parametrize("algorithm", ["rsa-sha2-256", "rsa-sha2-512"])
def test_rsa_certificates_by_both_hashes(gateway, connect, authority, box, tmp_path, algorithm):
    made = certificates.sign(authority, keys.make_user_key(tmp_path, "rsa", bits=2048), box.login)
    mine = connect(gateway, box.login, made, CertificateFile=certificates.certificate_of(made),
                   PubkeyAcceptedAlgorithms=f"{algorithm}-cert-v01@openssh.com,{algorithm}")
    since = gateway.log_size()
    assert mine.sh("echo in") == "in\n"
    gateway.wait_for_log(f"authenticated .* with {algorithm}-cert-v01", since)


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_authorities(log_in, authorities, box, key, kind):
    assert log_in(certificates.sign(authorities[kind], key, box.login)).ok().text == "in\n"


def test_rsa_authority_with_sha1_is_refused(log_in, authorities, box, key):
    made = certificates.sign(authorities["rsa", 2048], key, box.login, flags=["-t", "ssh-rsa"])
    assert log_in(made).status == 255


def test_certificate_in_an_agent(gateway, connect, authority, box, key, tmp_path):
    made = certificates.sign(authority, key, box.login)
    with agent.holding(tmp_path, made) as socket:
        mine = connect(gateway, box.login, f"{made}.pub", IdentityAgent=socket,
                       CertificateFile=certificates.certificate_of(made))
        assert mine.sh("echo in") == "in\n"


def test_the_log_names_certificate_and_authority(gateway, log_in, authority, box, key):
    since = gateway.log_size()
    log_in(certificates.sign(authority, key, box.login, serial=42, key_id="who it is")).ok()
    line = gateway.wait_for_log(r"authenticated demo--box1 with .*", since).group()
    assert f'ID "who it is" serial 42 of CA {keys.fingerprint(authority)}' in line
    assert "ZOMG_SSH_AUTHORIZED_KEYS line 1" in line


@pytest.mark.parametrize("principals, enters", [
    (["demo--box1"], True), (["x", "demo--box1"], True), (["demo--box2"], False),
    (["demo--*"], False), ([], False)])
def test_principals_are_login_names(log_in, authority, key, principals, enters):
    done = log_in(certificates.sign(authority, key, *principals))
    assert done.status == (0 if enters else 255)


@pytest.mark.parametrize("principals, enters", [
    (["ops"], True), (["demo--box1"], False), (["op"], False), ([], False)])
def test_principals_that_the_authority_names(log_in, named, key, principals, enters):
    done = log_in(certificates.sign(named["principals"], key, *principals))
    assert done.status == (0 if enters else 255)


@pytest.mark.parametrize("valid, enters", [
    ("-1h:+1h", True), ("always:forever", True), ("-2h:-1h", False), ("+1h:+2h", False)])
def test_validity(log_in, authority, box, key, valid, enters):
    done = log_in(certificates.sign(authority, key, box.login, valid=valid))
    assert done.status == (0 if enters else 255)


def test_host_certificate_is_refused(log_in, authority, box, key):
    assert log_in(certificates.sign(authority, key, box.login, flags=["-h"])).status == 255


def test_other_authority_is_refused(gateway, log_in, box, key, tmp_path, user_key):
    """Nobody's, and a key that may itself log in, but is no cert-authority."""
    trail = Trail(gateway.settings["ZOMG_SSH_AUDIT_LOG"])
    for number, authority in enumerate((keys.make_user_key(tmp_path, name="stranger"), user_key), 1):
        assert log_in(certificates.sign(authority, key, box.login)).status == 255
        refused = trail.events("authentication", algorithm="ssh-ed25519-cert-v01@openssh.com")
        assert len(refused) == number and not refused[-1]["accepted"]
        assert refused[-1]["reason"] == "the certificate's authority: the key is not authorized"


def test_authority_itself_does_not_log_in(gateway, connect, authority, box):
    assert connect(gateway, box.login, authority).ssh("true").status == 255


def test_key_without_its_certificate_does_not_log_in(gateway, connect, key, box):
    assert connect(gateway, box.login, key).ssh("true").status == 255


@pytest.mark.parametrize("options, enters", [
    (["source-address=127.0.0.0/8"], True), (["source-address=192.0.2.0/24"], False),
    (["critical:frobnicate"], False), (["critical:frobnicate=x"], False),
    (["extension:frobnicate=x"], True)])
def test_critical_options_and_extensions(log_in, authority, box, key, options, enters):
    done = log_in(certificates.sign(authority, key, box.login, options=options))
    assert done.status == (0 if enters else 255)


def test_forced_command_of_a_certificate(log_in, authority, box, key):
    made = certificates.sign(authority, key, box.login,
                             options=["force-command=echo not $SSH_ORIGINAL_COMMAND"])
    assert log_in(made, "rm").ok().text == "not rm\n"


def test_forced_command_of_an_authority(log_in, named, box, key):
    made = certificates.sign(named["command"], key, box.login)
    assert log_in(made, "x").ok().text == "of the authority\n"
    other = certificates.sign(named["command"], key, box.login, options=["force-command=echo y"])
    assert log_in(other, "x").status == 255
    same = certificates.sign(named["command"], key, box.login,
                             options=["force-command=echo of the authority"])
    assert log_in(same, "x").ok().text == "of the authority\n"


def test_terminal_only_if_both_allow_it(log_in, authority, named, box, key):
    def has_terminal(made):
        return "/dev/pts/" in log_in(made, "tty", RequestTTY="force").text
    assert has_terminal(certificates.sign(authority, key, box.login))
    assert not has_terminal(certificates.sign(authority, key, box.login, options=["no-pty"]))
    assert not has_terminal(certificates.sign(named["restrict"], key, box.login))
