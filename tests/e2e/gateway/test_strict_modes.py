"""ZOMG_SSH_STRICT_MODES, as sshd's StrictModes: what decides who gets in is root's alone to write."""

import os
import pwd
import signal

import pytest

from harness import keys, paths, startup, waiting
from harness.gateway import LISTENER, RECORDER, Gateway

SOMEBODY = 12345


@pytest.fixture(name="place")
def a_place_of_roots(tmp_path):
    """A directory, and one in it, for a file."""
    tmp_path.chmod(0o711)
    (tmp_path / "top" / "sub").mkdir(parents=True)
    return tmp_path / "top" / "sub"


def host_key(place):
    return {"ZOMG_SSH_HOST_KEY_PATH": str(keys.make_host_key(place / "file"))}


def text_file(variable, text):
    def make(place):
        (place / "file").write_text(text, encoding="ascii")
        return {variable: str(place / "file")}
    return make


def recordings(place):
    (place / "file").mkdir(mode=0o700)
    os.chown(place / "file", pwd.getpwnam(RECORDER).pw_uid, -1)
    return {"ZOMG_SSH_RECORD_DIR": str(place / "file")}


def keys_file(place):
    line = keys.public_half(keys.make_user_key(place.parent.parent, name="in-the-file"))
    return text_file("ZOMG_SSH_AUTHORIZED_KEYS_FILE", line + "\n")(place)


FILES = {
    "keys": keys_file,
    "revoked keys": text_file("ZOMG_SSH_REVOKED_KEYS_FILE", ""),
    "settings": text_file("ZOMG_SSH_CONFIG", "drain_secs: 1\n"),
    "banner": text_file("ZOMG_SSH_BANNER_FILE", "hello\n"),
    "host key": host_key,
    "recordings": recordings,
}
FAULTS = {
    "its directory": lambda place: place.chmod(0o777),
    "a directory above it": lambda place: place.parent.chmod(0o775),
    "somebody's directory": lambda place: os.chown(place, SOMEBODY, -1),
    "the file": lambda place: (place / "file").chmod(0o660 if (place / "file").is_file() else 0o770),
    "somebody's file": lambda place: os.chown(place / "file", SOMEBODY, -1),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("subject", FILES)
def test_a_start_is_refused_with_the_remedy(tmp_path, place, node, user_key, subject, fault):
    gateway = Gateway(tmp_path / "gateway", node, keys.public_half(user_key), **FILES[subject](place))
    with gateway:
        pass
    fault(place)
    with pytest.raises(AssertionError) as refused:
        with gateway:
            pass
    said = str(refused.value)
    assert f"{tmp_path}/top" in said
    assert any(words in said for words in ("run `chmod", "run `chown", "Permission denied",
                                           "install -d -o zomg-ssh-recorder"))
    checked = startup.check(gateway)
    [line] = [line for line in checked.stdout.splitlines() if line.startswith(f"BAD      {subject}")]
    assert checked.returncode == 1 and ("`chmod " in line or "`chown " in line or "`install " in line)


@pytest.mark.parametrize("subject", ["keys", "revoked keys", "settings", "banner"])
def test_it_can_be_turned_off(tmp_path, place, node, user_key, subject):
    settings = FILES[subject](place)
    FAULTS["its directory"](place)
    (place / "file").chmod(0o666)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_STRICT_MODES="no", **settings):
        pass


def test_a_file_of_settings_cannot_turn_it_off_for_itself(tmp_path, place, node, user_key):
    (place / "file").write_text("strict_modes: no\n", encoding="ascii")
    (place / "file").chmod(0o666)
    with pytest.raises(AssertionError, match="others than root can write to"):
        with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                     ZOMG_SSH_CONFIG=str(place / "file")):
            pass


def test_a_kubeconfig_and_what_it_names(tmp_path, place, node, user_key):
    """zomg-ssh-kubernetes does not start with it."""
    (place / "file").write_text("{}", encoding="ascii")
    place.chmod(0o777)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 KUBECONFIG=str(place / "file"), ZOMG_SSH_KUBECTL=str(paths.BINARIES / LISTENER)) as gateway:
        gateway.wait_for_log(rf"zomg-ssh-kubernetes\S* cannot start: .*others than root can write to "
                             rf"{place} ")


def test_kept_keys_of_github(tmp_path, place, node, user_key):
    """They are not read, nor written."""
    place.chmod(0o777)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_STATE_DIR=str(place / "state"), ZOMG_SSH_GITHUB_USERS="alice",
                 ZOMG_SSH_GITHUB_URL="https://127.0.0.1:1") as gateway:
        gateway.wait_for_log(r"ZOMG_SSH_STATE_DIR: .*others than root can write to .* not kept")


class Reloaded:
    """A gateway whose user's key is in the file."""

    def __init__(self, place, user_key):
        self.place = place
        self.file = place / "file"
        self.file.write_text(keys.public_half(user_key) + "\n", encoding="ascii")

    def gateway(self, tmp_path, node, **settings):
        other = keys.public_half(keys.make_user_key(tmp_path, name="other"))
        return Gateway(tmp_path / "gateway", node, other,
                       ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(self.file), **settings)


@pytest.mark.parametrize("path", ["file", "."])
def test_keys_of_a_file_that_others_may_write_count_no_more(tmp_path, place, node, user_key, box,
                                                             connect, path):
    made = Reloaded(place, user_key)
    with made.gateway(tmp_path, node) as gateway:
        client = connect(gateway, box.login)
        assert client.ssh("exit 4").status == 4
        mode = (place / path).stat().st_mode & 0o7777
        (place / path).chmod(mode | 0o022)
        if path == ".":
            gateway.process.send_signal(signal.SIGHUP)
        gateway.wait_for_log("its keys count no more: .*others than root can write to")
        assert "Permission denied" in client.ssh("true").errors
        (place / path).chmod(mode)
        waiting.until(lambda: client.ssh("exit 4").status == 4, 20, "it is mended")
    assert gateway.log().count("count no more") == 1


def test_who_may_write_the_directory_does_not_get_in(tmp_path, place, node, user_key, box, connect):
    """The attack: another account renames a file of its own over the file of keys."""
    made = Reloaded(place, user_key)
    mine = keys.make_user_key(tmp_path, name="mine")
    with made.gateway(tmp_path, node) as gateway:
        place.chmod(0o777)
        theirs = place / "theirs"
        theirs.write_text(keys.public_half(mine) + "\n", encoding="ascii")
        os.chown(theirs, SOMEBODY, SOMEBODY)
        theirs.rename(made.file)
        gateway.wait_for_log("its keys count no more|: 1 keys$")
        assert "Permission denied" in connect(gateway, box.login, key=mine).ssh("echo in").errors


def test_nobody_logs_in_while_others_may_write_what_is_revoked(tmp_path, place, node, user_key, box,
                                                               connect):
    settings = FILES["revoked keys"](place)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), **settings) as gateway:
        client = connect(gateway, box.login)
        assert client.ssh("exit 4").status == 4
        place.chmod(0o777)
        (place / "file").write_text("\n", encoding="ascii")
        waiting.until(lambda: "Permission denied" in client.ssh("true").errors, 20, "it is seen")
        gateway.wait_for_log("revoked keys cannot be read: .*others than root can write to")
        place.chmod(0o755)
        waiting.until(lambda: client.ssh("exit 4").status == 4, 20, "it is mended")


def test_a_reload_keeps_what_it_has(tmp_path, place, node, user_key):
    (place / "banner").write_text("hello\n", encoding="ascii")
    (place / "file").write_text(f"banner_file: {place}/banner\n", encoding="ascii")
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_CONFIG=str(place / "file")) as gateway:
        (place / "banner").chmod(0o666)
        gateway.process.send_signal(signal.SIGHUP)
        gateway.wait_for_log("the banner stays as it was: .*others than root can write to")
        (place / "file").chmod(0o666)
        gateway.process.send_signal(signal.SIGHUP)
        gateway.wait_for_log("the settings stay as they were")
