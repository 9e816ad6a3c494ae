"""`<project>--<box>` is the only form of a login name."""

import asyncio

import asyncssh
import paramiko
import pytest

from harness import second_client


def log_in_as(client, login):
    """With asyncssh, as OpenSSH's client itself refuses some names."""
    client.login = login

    async def log_in():
        await second_client.asyncssh_connect(client)
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(asyncio.wait_for(log_in(), 20))


@pytest.mark.parametrize("login", [
    "demo", "demo-box1", "--box1", "demo--", "--", "demo--box1/", "demo--../box1", "demo--box 1",
    "-demo--box1", "demo--box1-", "demo--" + "b" * 64, "d" * 64 + "--box1", "demo--bo\\x", "root", "",
    "démo--box1", "demo--*", "demo----box1",
])
def test_other_forms_are_denied(connect, gateway, login):
    log_in_as(connect(gateway, "x--y"), login)


def test_a_very_long_name(connect, gateway):
    done = connect(gateway, "x--y").ssh("true", flags=["-l", "d" * 5000 + "--box1"], timeout=20)
    assert done.status == 255


@pytest.mark.parametrize("project, name", [
    ("a", "b"), ("p" * 63, "b" * 63), ("Pro.ject_1", "Box-2.x"), ("demo", "box--with--dashes"),
])
def test_label_values_are_allowed(node, connect, gateway, project, name):
    with node.box(project, name, name="odd-name"):
        assert connect(gateway, f"{project}--{name}").sh("echo in") == "in\n"


def test_the_name_in_the_log_is_escaped(gateway, user_key):
    since = gateway.log_size()
    with paramiko.Transport(("127.0.0.1", gateway.port)) as transport:  # asyncssh refuses this name
        transport.start_client(timeout=15)
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_publickey("evil\ninjected line",
                                     paramiko.Ed25519Key.from_private_key_file(str(user_key)))
    gateway.wait_for_log(r"evil\\x0ainjected", since)
