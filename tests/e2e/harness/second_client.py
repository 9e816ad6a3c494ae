"""SSH clients that are not OpenSSH: asyncssh and paramiko."""

import asyncio
import base64
import contextlib

import asyncssh
import paramiko


def asyncssh_connect(client, **options):
    """An asyncssh connection, to be awaited or entered."""
    return asyncssh.connect(
        "127.0.0.1", client.gateway.port, username=client.login, config=None, agent_path=None,
        client_keys=[str(client.key)], known_hosts=_known_hosts(client), **options)


def _known_hosts(client):
    line = client.known_hosts.read_text(encoding="ascii").split(" ", 1)[1]
    return asyncssh.import_known_hosts(f"[127.0.0.1]:{client.gateway.port} {line}")


def run(client, command, timeout=30, **options):
    """Runs a command over asyncssh. The result has exit_status and exit_signal."""
    async def session():
        async with asyncssh_connect(client) as connection:
            return await connection.run(command, **options)
    return asyncio.run(asyncio.wait_for(session(), timeout))


@contextlib.contextmanager
def paramiko_connection(client):
    """A connected paramiko.SSHClient that knows the host key."""
    connection = paramiko.SSHClient()
    kind, key = client.known_hosts.read_text(encoding="ascii").split()[1:3]
    connection.get_host_keys().add(
        f"[127.0.0.1]:{client.gateway.port}", kind,
        paramiko.Ed25519Key(data=base64.b64decode(key)))
    connection.set_missing_host_key_policy(paramiko.RejectPolicy())
    try:
        connection.connect("127.0.0.1", client.gateway.port, client.login,
                           key_filename=str(client.key), allow_agent=False, look_for_keys=False,
                           timeout=20)
        yield connection
    finally:
        connection.close()
