"""A kubeconfig that kubectl takes is taken, or refused with the reason."""

import base64
import re
import shutil
import subprocess
import textwrap

import pytest

from harness import keys, paths, startup, waiting
from harness.api_server import ApiServer
from harness.gateway import Gateway, clean_environment

KUBECTL = shutil.which("kubectl")
ANSWERS = "ok       Kubernetes API: it answers"


@pytest.fixture(scope="module", name="api")
def api_server(tmp_path_factory):
    directory = tmp_path_factory.mktemp("kubeconfig")
    directory.chmod(0o711)
    with ApiServer(directory / "api") as api:
        yield api


def config(cluster, user, context="{cluster: here, user: me}", before=""):
    """Text of a kubeconfig with these lines of a cluster and of a user."""
    def indent(text):
        return textwrap.indent(text, "    ")
    return (f"{before}apiVersion: v1\nkind: Config\ncurrent-context: here\n"
            f"contexts:\n- name: here\n  context: {context}\n"
            f"clusters:\n- name: here\n  cluster:\n{indent(cluster)}\n"
            f"users:\n- name: me\n  user:\n{indent(user)}\n")


class Place:
    """A directory with kubeconfigs for an API server."""

    def __init__(self, directory, api):
        self.directory = directory
        self.api = api
        self.server = f"server: https://127.0.0.1:{api.port}"
        self.ca = api.ca.read_bytes()
        self.ca64 = base64.b64encode(self.ca).decode()
        self.cluster = f"{self.server}\ncertificate-authority-data: {self.ca64}"
        (directory / "ca:1.pem").write_bytes(self.ca)
        (directory / "token").write_text(" secret \r\n", encoding="ascii")

    def write(self, text, name="config"):
        path = self.directory / name
        path.write_bytes(text.encode())
        return str(path)

    def kubectl(self, kubeconfig):
        """Whether kubectl reaches the server by it, and its complaint."""
        done = subprocess.run(
            [KUBECTL, "--request-timeout=10s", "version"],
            env=clean_environment(KUBECONFIG=kubeconfig, HOME=str(self.directory)),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode == 0, done.stderr

    def gateway(self, kubeconfig):
        """What `--check` says of it."""
        settings = startup.settings(self.directory, KUBECONFIG=kubeconfig)
        done = subprocess.run([paths.GATEWAY, "--check"], env=clean_environment(**settings),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              check=False)
        return done.stdout + done.stderr

    def both_take(self, kubeconfig):
        if KUBECTL:
            taken, why = self.kubectl(kubeconfig)
            assert taken, f"kubectl does not take it: {why}"
        said = self.gateway(kubeconfig)
        assert ANSWERS in said, said


@pytest.fixture(name="place")
def directory_of_kubeconfigs(tmp_path, api):
    api.expect()
    return Place(tmp_path, api)


def in_lines(data, width=64):
    return "\n".join(textwrap.wrap(data, width))


def block(text):
    return "|\n" + textwrap.indent(text, "  ")


# What kubectl takes and we do: a function of a Place to the text of a kubeconfig.
TAKEN = {
    "the usual": lambda p: config(p.cluster, "token: secret"),
    "base64 as a literal block": lambda p: config(
        f"{p.server}\ncertificate-authority-data: {block(in_lines(p.ca64))}", "token: secret"),
    "base64 with \\n": lambda p: config(
        p.server + '\ncertificate-authority-data: "' + in_lines(p.ca64).replace("\n", "\\n") + '\\n"',
        "token: secret"),
    "base64 with \\r\\n": lambda p: config(
        p.server + '\ncertificate-authority-data: "' + in_lines(p.ca64).replace("\n", "\\r\\n") + '"',
        "token: secret"),
    "!!binary": lambda p: config(
        f"{p.server}\ncertificate-authority-data: !!binary "
        + block(in_lines(base64.b64encode(p.ca64.encode()).decode())), "token: secret"),
    "!!binary of a token": lambda p: config(p.cluster, "token: !!binary c2VjcmV0"),
    "!!str": lambda p: config(p.cluster, "token: !!str secret"),
    "empty values": lambda p: config(
        p.cluster + "\nproxy-url: ''\ntls-server-name: ''\ncertificate-authority: ''",
        "token: secret\nusername: ''\npassword: ''\nas: ''\nas-groups: []\nas-user-extra: {}\n"
        "client-certificate-data: ''"),
    "null values": lambda p: config(
        p.cluster + "\nproxy-url: null\ninsecure-skip-tls-verify: null\nextensions: ~",
        "token: secret\nusername: ~\npassword:\nexec: null\nauth-provider: ~\ntokenFile: null\nas: Null",
        context="{cluster: here, user: me, namespace: }"),
    "HTTPS://": lambda p: config(p.cluster.replace("https", "HTTPS"), "token: secret"),
    "a query": lambda p: config(p.cluster.replace("\n", "/?a=b#c\n", 1), "token: secret"),
    "IPv6": lambda p: config(p.cluster.replace("127.0.0.1", "[::1]"), "token: secret"),
    "a name": lambda p: config(p.cluster.replace("127.0.0.1", "localhost"), "token: secret"),
    "IPv6 by the name of IPv4": lambda p: config(
        p.cluster.replace("127.0.0.1", "[::1]") + "\ntls-server-name: 127.0.0.1", "token: secret"),
    "IPv4 by the name of IPv6": lambda p: config(p.cluster + "\ntls-server-name: '::1'", "token: secret"),
    "a colon in the name of a file": lambda p: config(
        p.server + "\ncertificate-authority: ca:1.pem", "token: secret"),
    "blanks around a token": lambda p: config(p.cluster, "token: 'secret  '"),
    "blanks around the token of a file": lambda p: config(p.cluster, "tokenFile: token"),
    "a file before a token": lambda p: config(p.cluster, "token: old\ntokenFile: token"),
    "a token in place of a file": lambda p: config(p.cluster, "token: secret\ntokenFile: /no/such"),
    "keys twice": lambda p: config(p.cluster, "token: old\ntoken: secret"),
    "a merge key": lambda p: config(
        p.cluster, "<<: *base\ntoken: secret", before="x: &base {token: old, as: null}\n"),
    "a merge key of several": lambda p: config(
        p.cluster, "<<: [*one, *two]", before="x: [&one {token: secret}, &two {token: old}]\n"),
    "a merge key behind": lambda p: config(
        p.cluster, "token: old\n<<: *base", before="x: &base {token: secret}\n"),
    "an alias": lambda p: config(p.cluster, "token: *t", before="x: &t secret\n"),
    "yes": lambda p: config(p.server + "\ninsecure-skip-tls-verify: yes", "token: secret"),
    "On": lambda p: config(p.server + "\ninsecure-skip-tls-verify: On", "token: secret"),
    "line ends of Windows": lambda p: config(
        f"{p.server}\ncertificate-authority-data: {block(in_lines(p.ca64))}",
        "token: secret").replace("\n", "\r\n"),
    "a byte order mark": lambda p: "\ufeff" + config(p.cluster, "token: secret"),
    "a second document": lambda p: config(p.cluster, "token: secret") + "---\nx: y\n",
    "a preamble": lambda p: "%YAML 1.1\n---\n" + config(p.cluster, "token: secret") + "...\n",
    "JSON with tabs": lambda p: (
        '{\n\t"current-context": "c",\n\t"contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],'
        f'\n\t"clusters": [{{"name": "k", "cluster": {{"server": "https://127.0.0.1:{p.api.port}",'
        f'\n\t\t"certificate-authority-data": "{p.ca64}"}}}}],'
        '\n\t"users": [{"name": "u", "user": {"token": "sec\\u0072et"}}]\n}\n'),
    "unknown keys": lambda p: config(
        p.cluster + "\ndisable-compression: true\nextensions: [{name: x, extension: {a: [1]}}]",
        "token: secret\nToken: other"),
}


@pytest.mark.parametrize("form", TAKEN)
def test_is_taken(place, form):
    place.both_take(place.write(TAKEN[form](place)))


@pytest.mark.parametrize("path", ["/k8s/clusters/local:c-1", "/a/b@c;d=e,(f)!$&'*+"])
def test_a_path_is_taken(place, api, path):
    api.expect(prefix=path)
    cluster = f'certificate-authority-data: {place.ca64}\nserver: "https://127.0.0.1:{api.port}/{path}/"'
    place.both_take(place.write(config(cluster, "token: secret")))


# What kubectl may take and we refuse, and the reason that we give.
EXEC = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}"
REFUSED = {
    "a plugin": (lambda p: config(p.cluster, EXEC), "config: user: exec is not supported: .*tokenFile"),
    "an empty plugin": (lambda p: config(p.cluster, "token: secret\nexec: {command: ''}"), "exec is not"),
    "a plugin by a merge key": (
        lambda p: config(p.cluster, "token: secret\n<<: {" + EXEC + "}"), "exec is not supported"),
    "a proxy": (lambda p: config(p.cluster + "\nproxy-url: http://127.0.0.1:1", "token: secret"),
                "proxy-url is not supported"),
    "a password": (lambda p: config(p.cluster, "username: u\npassword: p"), "no passwords"),
    "impersonation": (lambda p: config(p.cluster, "token: secret\nas: other"), "acts as itself only"),
    "impersonation by uid": (lambda p: config(p.cluster, "token: secret\nas: other\nas-uid: '7'"),
                             "acts as itself only"),
    "http": (lambda p: config(p.cluster.replace("https", "http"), "token: secret"), "begin with https"),
    "no scheme": (lambda p: config(p.cluster.replace("https://", ""), "token: secret"), "begin with https"),
    "an escape in the path": (lambda p: config(p.cluster.replace("\n", "/%20\n", 1), "token: secret"),
                              "its path has a character"),
    "a zone": (lambda p: config(p.cluster.replace("127.0.0.1", "[fe80::1%25lo]"), "token: secret"),
               "no IPv6 address"),
    "a word for a truth": (lambda p: config(p.server + "\ninsecure-skip-tls-verify: 'true'", "token: secret"),
                           "line 11: .*insecure-skip-tls-verify is neither true nor false"),
    "base64 with blanks": (
        lambda p: config(p.server + "\ncertificate-authority-data: >\n"
                         + textwrap.indent(in_lines(p.ca64), "  "), "token: secret"),
        "certificate-authority-data is not base64"),
    "a name twice": (lambda p: config(p.cluster, "token: secret") + "- name: me\n  user: {token: old}\n",
                     "users has two named me"),
    "no server": (lambda p: config("extensions: []", "token: secret"), "cluster: it has no server"),
    "nothing to log in with": (lambda p: config(p.cluster, "extensions: []"), "neither a token nor"),
}


@pytest.mark.parametrize("form", REFUSED)
def test_is_refused_with_the_reason(place, form):
    make, reason = REFUSED[form]
    said = place.gateway(place.write(make(place)))
    assert ANSWERS not in said and re.search(reason, said), said


def test_a_list_is_merged_as_by_kubectl(place):
    """The first file that has something wins; one that does not exist is left out."""
    token = place.write("users: [{name: me, user: {token: secret}}]", "1")
    empty = place.write("", "2")
    wrong = place.write("users: [{name: me, user: {token: old}}]", "3")
    whole = place.write(config(place.cluster, "token: old\nclient-key: k"), "4")
    gone = str(place.directory / "gone")
    place.both_take(f"{gone}:{token}::{empty}:{wrong}:{token}:{whole}")
    # Each file's paths are to its own directory.
    (place.directory / "sub").mkdir()
    shutil.move(place.directory / "token", place.directory / "sub")
    by_file = place.write("users: [{name: me, user: {tokenFile: token}}]", "sub/5")
    place.both_take(f"{by_file}:{whole}")


def test_a_list_names_the_file_that_is_wrong(place):
    good = place.write(config(place.cluster, "token: secret"), "good")
    assert re.search(r"/bad: line 1", place.gateway(f"{good}:{place.write('a: [', 'bad')}"))
    assert "KUBECONFIG: no/such is not a list of absolute paths" in place.gateway("no/such")
    assert re.search(r"/gone: No such file", place.gateway(str(place.directory / "gone")))


def test_a_token_that_is_kept_fresh_is_read_again(place, api, tmp_path, node, user_key, connect):
    """As docs/other-nodes.md advises in place of a credential plugin. The file may begin to exist, and is replaced."""
    place.directory.chmod(0o711)
    (place.directory / "token").unlink()
    kubeconfig = place.write(config(place.cluster, "token: old\ntokenFile: token"))
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key), ZOMG_SSH_PATH="kubectl",
                 **{**api.settings, "KUBECONFIG": kubeconfig}) as gateway:
        def asks_with(token):
            assert connect(gateway, "demo--nobody").ssh("true").status != 0
            return api.asked_with == f"Bearer {token}"
        waiting.until(lambda: asks_with("old"), 20, "the token in the file")
        for token in ("one", "two"):
            place.write(f"{token}\n", "token.new")
            (place.directory / "token.new").rename(place.directory / "token")
            waiting.until(lambda token=token: asks_with(token), 20, token)
