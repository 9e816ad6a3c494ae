"""What restricts a session holds on every way into a box. conformance.py of tests/cluster/fallback runs
these by kubectl, too. The table is whole: a new setting or option of a key that restricts needs a test
here, one that does not a reason."""

import contextlib
import itertools
import os
import pathlib
import re
import signal
import subprocess

import pytest

from harness import certificates, keys, paths, terminal, waiting
from harness.audit import Trail
from harness.gateway import RECORDER, Gateway
from harness.recordings import directory_in
from harness.control_master import master

# What restricts, by the test that shows it. Of settings without their prefix.
TESTED = {}


def restricts(*names):
    def enter(test):
        for name in names:
            TESTED[name] = test
        return test
    return enter


@pytest.fixture(name="limited")
def limited_gateway(tmp_path, node, user_key):
    """A function that starts a gateway with settings, and with options for the user's key."""
    with contextlib.ExitStack() as stack:
        number = itertools.count()

        def start(options="", lines=None, **settings):
            tmp_path.chmod(0o711)
            line = lines or f"{options} {keys.public_half(user_key)}".strip()
            return stack.enter_context(Gateway(tmp_path / f"gateway{next(number)}", node, line, **{
                f"ZOMG_SSH_{name}": value for name, value in settings.items()}))
        yield start


def who(client):
    """The user and the group of a session, the same in each of its forms."""
    asked = "id -u; id -ru; id -g"
    shown = [client.sh(asked), client.ssh(asked, flags=["-tt"]).text.replace("\r", "")]
    with terminal.shell(client) as screen:
        screen.send("echo $(id -u; id -ru; id -g).; exit\n")
        shown.append("\n".join(screen.expect(r"(\d+ \d+ \d+)\.\r\n")[1].decode().split()) + "\n")
        screen.wait()
    client.sftp(f"put /etc/hostname /tmp/of-{os.getpid()}").ok()
    owner = client.sh(f"stat -c %u /tmp/of-{os.getpid()}; rm /tmp/of-{os.getpid()}").strip()
    assert len(set(shown)) == 1, shown
    user, real, group = shown[0].split()
    assert owner == user == real
    return int(user), int(group)


@restricts("box_user")
@pytest.mark.parametrize("wanted, user, group", [
    ("4711", 4711, 4712), ("tester", 4711, 4712), ("root", 0, 0), ("container", 0, 0)])
def test_the_user_of_the_box(limited, own_box, connect, wanted, user, group):
    own_box.exec("echo tester:x:4711:4712::/tmp:/bin/sh >>/etc/passwd; chmod 1777 /tmp")
    assert who(connect(limited(BOX_USER=wanted), own_box.login)) == (user, group)


@restricts("box_user")
@pytest.mark.parametrize("wanted", ["4711", "tester"])
def test_the_groups_of_a_named_user(limited, own_box, connect, wanted):
    """Those of the box's files, as with sshd(8); the container's are not the user's."""
    own_box.exec("echo tester:x:4711:4712::/tmp:/bin/sh >>/etc/passwd;"
                 "echo of-tester:x:4713:other,tester >>/etc/group;"
                 "echo of-others:x:4714:other >>/etc/group; chmod 1777 /tmp")
    assert connect(limited(BOX_USER=wanted), own_box.login).sh("id -G").split() == ["4712", "4713"]


@restricts("box_user")
def test_a_user_that_the_box_does_not_have(limited, box, connect):
    done = connect(limited(BOX_USER="no-such-user"), box.login).ssh("id -u")
    assert done.status == 255 and done.text == ""
    assert "has no user of the name that sessions run as" in done.errors


@restricts("chroot")
def test_the_directory_of_the_box(limited, box, connect):
    pathlib.Path(f"/proc/{box.container.pid}/root/of-the-container").touch()
    assert "of-the-container" not in connect(limited(), box.login).sh("ls /").split()
    seen = connect(limited(CHROOT="/volumes/usr"), box.login).ssh("ls /").text.split()
    assert not {"etc", "usr"} & set(seen)


@restricts("namespace")
def test_the_namespace_of_the_box(limited, box, connect):
    done = connect(limited(NAMESPACE="another"), box.login).ssh("echo in")
    assert done.status == 255 and "in" not in done.text


@restricts("max_sessions")
def test_the_sessions_of_a_connection(limited, box, connect, tmp_path):
    client = connect(limited(MAX_SESSIONS="1"), box.login)
    with master(client, tmp_path) as options, client.start("echo in; cat", options=options) as first:
        assert first.stdout.readline() == b"in\n"
        second = client.ssh("echo in", options={**options, "ProxyCommand": "false"})
        assert second.status == 255 and second.text == ""
        first.kill()


@restricts("max_sessions_per_box")
def test_the_sessions_of_a_box(limited, box, connect):
    client = connect(limited(MAX_SESSIONS_PER_BOX="1"), box.login)
    with client.start("echo in; cat") as first:
        assert first.stdout.readline() == b"in\n"
        second = client.ssh("echo in")
        assert second.status == 255 and second.text == ""
        assert "as many sessions as the gateway allows" in second.errors
        first.kill()


@restricts("idle_timeout")
def test_the_time_that_nothing_is_sent(limited, box, connect):
    done = connect(limited(IDLE_TIMEOUT="2s"), box.login).ssh("sleep 731")
    assert done.status == 255 and "the session was ended" in done.errors
    waiting.until(lambda: not box.running("sleep 731"), 30, "the program is gone")


@restricts("drain_secs")
def test_the_time_after_the_gateways_end(limited, box, connect):
    gateway = limited(DRAIN_SECS="1")
    with connect(gateway, box.login).start("echo in; sleep 732") as session:
        assert session.stdout.readline() == b"in\n"
        gateway.process.send_signal(signal.SIGTERM)
        session.communicate(timeout=60)
    assert session.returncode == 255
    waiting.until(lambda: not box.running("sleep 732"), 30, "the program is gone")


@restricts("close_revoked", "authorized_keys_file", "revoked_keys_file")
@pytest.mark.parametrize("how", ["taken out", "revoked"])
def test_the_end_of_a_key(limited, box, connect, tmp_path, user_key, how):
    authorized, revoked = tmp_path / "authorized", tmp_path / "revoked"
    authorized.write_text(keys.public_half(user_key) + "\n", encoding="ascii")
    revoked.write_text("", encoding="ascii")
    other = keys.public_half(keys.make_user_key(tmp_path, name="other"))
    gateway = limited(lines=other, CLOSE_REVOKED="yes", AUTHORIZED_KEYS_FILE=str(authorized),
                      REVOKED_KEYS_FILE=str(revoked))
    with connect(gateway, box.login).start("echo in; sleep 733") as session:
        assert session.stdout.readline() == b"in\n"
        if how == "revoked":
            revoked.write_text(keys.public_half(user_key) + "\n", encoding="ascii")
        else:
            authorized.write_text("", encoding="ascii")
        session.communicate(timeout=60)
    assert session.returncode == 255
    waiting.until(lambda: not box.running("sleep 733"), 30, "the program is gone")
    assert connect(gateway, box.login).ssh("true").status == 255


@restricts("record_dir", "record", "record_fail", "record_max_mib", "option record")
@pytest.mark.parametrize("of", ["all", "keys"])
def test_the_recording(limited, box, connect, tmp_path, of):
    directory = directory_in(tmp_path)
    gateway = limited("record" if of == "keys" else "", RECORD_DIR=str(directory), RECORD=of,
                      RECORD_MAX_MIB="1")
    client = connect(gateway, box.login)
    with terminal.shell(client) as screen:
        screen.send("echo shown=$((1 + 1)); exit\n")
        screen.expect("shown=2")
        screen.wait()
    waiting.until(lambda: not gateway.pids(RECORDER), 20, "the recorder ends")
    assert "shown=2" in "".join(path.read_text("utf-8") for path in directory.glob("*.cast"))
    # More than may be recorded is not shown.
    done = client.ssh("head -c 9000000 /dev/zero | tr '\\0' x; echo all", flags=["-tt"], timeout=60)
    assert done.status == 255 and "all" not in done.text[-100:]
    waiting.until(lambda: not box.running("9000000"), 30, "the program is gone")


@restricts("audit_log", "audit_sftp")
def test_the_audit_trail(limited, box, connect, tmp_path):
    path = tmp_path / "trail.jsonl"
    client = connect(limited(AUDIT_LOG=str(path), AUDIT_SFTP="yes"), box.login)
    trail = Trail(path)
    client.sh("echo told")
    client.sftp("put /etc/hostname /tmp/told").ok()
    assert trail.wait_for("session", kind="exec")["command"] == "echo told"
    assert trail.wait_for("sftp", operation="open")["path"].endswith("/tmp/told")
    assert trail.wait_for("session_end")["status"] == 0


@restricts("option command", "option restrict")
def test_the_command_of_a_key(limited, box, connect):
    for options, terminal_flags in (("restrict,", []), ("", ["-tt"])):
        client = connect(limited(f'{options}command="echo forced"'), box.login)
        for words, flags in (((), []), (("id",), []), (("sftp",), ["-s"]), (("id",), terminal_flags)):
            assert client.ssh(*words, flags=flags).text.replace("\r", "") == "forced\n", words
        assert client.sftp("pwd").status != 0


@restricts("option pty")
def test_no_terminal(limited, box, connect):
    for options in ("no-pty", "restrict"):
        client = connect(limited(options), box.login)
        done = client.ssh("[ -t 0 ] && echo one", flags=["-tt"])
        assert "PTY allocation request failed" in done.errors and done.text == ""
        assert client.sh("[ -t 0 ] || echo none") == "none\n"
    connect(limited("restrict,pty"), box.login).ssh("[ -t 0 ]", flags=["-tt"]).ok()


@restricts("option environment")
def test_the_environment_of_a_key(limited, box, connect):
    client = connect(limited('environment="LC_NAME=of the key"'), box.login,
                     SetEnv="LC_NAME=client LD_PRELOAD=client BASH_ENV=client")
    assert client.sh("echo $LC_NAME, $LD_PRELOAD, $BASH_ENV") == "of the key, ,\n"


@restricts("option boxes", "option from", "option expiry-time", "option principals",
           "option cert-authority")
@pytest.mark.parametrize("options", [
    'boxes="other--*"', 'from="192.0.2.0/24"', 'expiry-time="20200101"', "cert-authority",
    'cert-authority,principals="other--box"'])
def test_who_may_not_log_in_here(limited, box, connect, options):
    done = connect(limited(options), box.login).ssh("echo in")
    assert done.status == 255 and done.text == "" and "Permission denied" in done.errors


@restricts("certificate force-command", "certificate permit-pty", "certificate source-address")
def test_what_a_certificate_says(limited, box, connect, tmp_path):
    authority, key = (keys.make_user_key(tmp_path, name=name) for name in ("authority", "mine"))
    gateway = limited(lines=f'cert-authority,principals="{box.login}" {keys.public_half(authority)}')

    def user(*options):
        made = certificates.sign(authority, key, box.login, options=options)
        return connect(gateway, box.login, made,
                       CertificateFile=certificates.certificate_of(made))
    assert user("force-command=echo forced").ssh("id").text == "forced\n"
    without = user("clear", "permit-user-rc").ssh("[ -t 0 ] && echo one", flags=["-tt"])
    assert "PTY allocation request failed" in without.errors and without.text == ""
    assert user("source-address=192.0.2.0/24").ssh("echo in").text == ""


# --- that the table is whole ------------------------------------------------------------------------
BEFORE = "decides who logs in, before there is a way into a box"
OWN = "of the gateway itself, not of a session"
WAY = "chooses the way"
SETTINGS = {
    "listen": OWN, "host_key_path": OWN, "authorized_keys": BEFORE, "github_users": BEFORE,
    "github_url": BEFORE, "github_ca": BEFORE, "keys_refresh_secs": BEFORE,
    "keys_max_stale_secs": BEFORE, "state_dir": OWN, "strict_modes": BEFORE, "banner_file": OWN,
    "cri_socket": WAY, "path": WAY, "kubectl": WAY, "max_startups": BEFORE,
    "per_source_max_startups": BEFORE, "per_source_net_block_size": BEFORE,
    "per_source_penalties": BEFORE, "per_source_penalty_exempt_list": BEFORE,
    "proxy_protocol_from": BEFORE, "login_grace_time": BEFORE, "max_auth_tries": BEFORE,
    "client_alive_interval": OWN, "client_alive_count_max": OWN, "metrics_listen": OWN,
    "metrics_names": OWN, "log_level": OWN, "max_connections": OWN, "max_window_mib": OWN,
    "max_connections_per_key": BEFORE, "max_connections_per_user": BEFORE,
}
NOTHING = "takes nothing away: there is no such thing"
OPTIONS = {
    "touch-required": BEFORE, "verify-required": BEFORE, "agent-forwarding": NOTHING,
    "port-forwarding": NOTHING, "x11-forwarding": NOTHING, "user-rc": NOTHING,
    "permitlisten": NOTHING, "permitopen": NOTHING, "tunnel": NOTHING,
}


def test_no_setting_is_missing_in_this_table():
    shown = subprocess.run([paths.GATEWAY, "--print-config"], check=True, text=True,
                           stdout=subprocess.PIPE, env={"PATH": os.environ["PATH"]}).stdout
    known = set(re.findall(r"^(?:# )?(\w+)(?:: | is not set$)", shown, re.M))
    assert known == {name for name in TESTED if " " not in name} | set(SETTINGS)


def test_no_option_of_a_key_is_missing_in_this_table():
    source = (paths.ROOT / "monitor/login/key_options.cc").read_text(encoding="utf-8")
    known = set(re.findall(r'(?:Flag|Valued)\{"([a-z0-9-]+)"', source))
    tested = {name.removeprefix("option ") for name in TESTED if name.startswith("option ")}
    assert known == tested | set(OPTIONS)
