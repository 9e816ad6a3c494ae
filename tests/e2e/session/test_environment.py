"""The environment of a session: the container's, the login's, and little of the client's."""

import re

from harness import terminal


def environment(client, *flags, **options):
    lines = client.sh("env -0", flags=flags, options=options).split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_container_environment_is_present(client):
    seen = environment(client)
    assert seen["ZOMG_TEST_VARIABLE"] == "from the pod"
    assert seen["ZOMG_BOX_IMAGE"] == "debian"
    assert seen["LANG"] == "C.UTF-8"


def test_login_variables(client):
    seen = environment(client)
    assert (seen["HOME"], seen["USER"], seen["LOGNAME"], seen["SHELL"]) == (
        "/root", "root", "root", "/bin/bash")
    assert "/usr/bin" in seen["PATH"].split(":")


def test_who_is_connected_from_where(client, gateway):
    seen = environment(client)
    there = re.fullmatch(r"127\.0\.0\.1 (\d+) 127\.0\.0\.1 (\d+)", seen["SSH_CONNECTION"])
    assert there and int(there[2]) == gateway.port
    assert seen["SSH_CLIENT"] == f"127.0.0.1 {there[1]} {gateway.port}"
    assert "SSH_TTY" not in seen


def test_terminal_variables(client):
    with terminal.shell(client, command=("echo $TERM-$SSH_TTY-$(tty).",)) as screen:
        shown = screen.expect(r"xterm-256color-(/dev/pts/\d+)-(/dev/pts/\d+)\.")
        assert shown[1] == shown[2]


def test_locale_and_colour_of_the_client(client):
    seen = environment(client, SetEnv="LANG=de_DE.UTF-8 LC_ALL=C LC_TIME=nl_NL COLORTERM=truecolor")
    assert (seen["LANG"], seen["LC_ALL"], seen["LC_TIME"], seen["COLORTERM"]) == (
        "de_DE.UTF-8", "C", "nl_NL", "truecolor")


def test_other_variables_of_the_client_do_not_pass(client):
    others = ["LD_PRELOAD=/x.so", "PATH=/nowhere", "BASH_ENV=/x", "FOO=bar", "TERM=dumb",
              "LC_=x", "LANGUAGE=x", "HOME=/x", "SSH_TTY=/x", "ZOMG_TEST_VARIABLE=x"]
    for setting in others:
        name, value = setting.split("=", 1)
        assert environment(client, SetEnv=setting).get(name) != value, setting


def test_nothing_of_the_gateway_leaks(client):
    mine = {"HOME", "USER", "LOGNAME", "SHELL", "PATH", "SSH_CONNECTION", "SSH_CLIENT"}
    of_the_container = {"ZOMG_TEST_VARIABLE", "ZOMG_BOX_IMAGE", "LANG", "HOSTNAME"}
    of_the_shell = {"PWD", "SHLVL", "_", "OLDPWD"}
    # A kubelet gives every container the addresses of services.
    seen = {name for name in environment(client) if not name.startswith("KUBERNETES_")}
    assert seen - mine - of_the_container - of_the_shell == set()


def test_environment_is_the_containers_own(client, box):
    """What `kubectl exec` shows is a part of it."""
    _, out, _ = box.node.instance.exec(box.container.id, ["env"])
    seen = environment(client)
    for line in out.decode().splitlines():
        name, value = line.split("=", 1)
        if name not in ("HOME", "PWD", "SHLVL", "_"):
            assert seen.get(name) == value, name


def test_variables_of_the_locale_have_any_name(client):
    assert environment(client, SetEnv="LC_my_var=1")["LC_my_var"] == "1"


def test_a_long_variable_of_the_client(client):
    assert environment(client, SetEnv="LC_LONG=" + 30000 * "v")["LC_LONG"] == 30000 * "v"


def test_as_many_variables_of_the_client_as_sshd_takes(client):
    wanted = {f"LC_V{number}": str(number) for number in range(128)}
    seen = environment(client, SetEnv=" ".join(f"{name}={value}" for name, value in wanted.items()))
    assert wanted.items() <= seen.items()


def test_a_large_environment_of_the_container(node, gateway, connect):
    """Some 1500 services, with service links: 1.3 MiB."""
    many = {f"SVC_{number:05}_SERVICE": 990 * "x" for number in range(1300)}
    with node.box("large", "environment", env=many) as box:
        seen = connect(gateway, box.login).sh("env | grep -c ^SVC_")
        assert int(seen) == len(many)
