#!/usr/bin/python3
"""Makes the pictures of README.md from a gateway that runs, as root:  pictures.py [DIRECTORY]

Starts a containerd and a gateway of its own, sits at a terminal, and draws what it recorded there,
and the processes that ran meanwhile. DIRECTORY is docs/ unless it is named. Needs what tests/e2e
needs, and Debian's packages asciinema and python3-pyte."""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests/e2e")]

# pylint: disable=wrong-import-position
import cast_to_svg  # noqa: E402
import processes_to_svg  # noqa: E402
from harness import keys, terminal  # noqa: E402
from harness.client import Client  # noqa: E402
from harness.gateway import Gateway  # noqa: E402
from harness.node import Node  # noqa: E402

PLACE = "gateway.example.org"
# Leads ssh to the gateway of this machine while it says the other's name.
CONNECT = """import socket
gateway = socket.create_connection(("127.0.0.1", {port}))
socket.send_fds(socket.socket(fileno=1), [b"\\0"], [gateway.fileno()])
"""
PROMPT = r"\$\x1b\[0m "


def at_the_terminal(screen):
    """What a user does; every command's own words are waited for."""
    def type_in(command, answer):
        screen.send(command + "\n")
        screen.expect("(?s)" + answer)
    screen.expect(PROMPT)
    type_in(f"ssh demo--box1@{PLACE}", r"# ")
    type_in("tty; ls /", r"usr[^$]*# ")
    type_in("exit", f"closed.*{PROMPT}")
    type_in(f"sftp demo--box1@{PLACE}", "sftp> ")
    type_in("put report.pdf", "100%.*sftp> ")
    type_in("rename report.pdf final.pdf", "sftp> ")
    type_in("ls -l final.pdf", r"final\.pdf\s+sftp> ")
    type_in("bye", PROMPT)
    type_in(f"scp demo--box1@{PLACE}:final.pdf copy.pdf", f"100%.*{PROMPT}")
    type_in(f"ssh -W 10.0.0.7:5432 demo--box1@{PLACE}", f"Port forwarding is off.*{PROMPT}")
    type_in("ssh demo--box2@" + PLACE, f"no such box.*{PROMPT}")


def draw_terminal(client, directory, svg):
    config = client.config.read_text(encoding="utf-8")
    (directory / "connect").write_text(CONNECT.format(port=client.gateway.port), encoding="utf-8")
    there = f"HostName {PLACE}\n  ProxyUseFdpass yes\n  ProxyCommand /usr/bin/python3 {directory}/connect"
    client.config.write_text(config.replace("Host box", f"Host {PLACE}").replace("HostName 127.0.0.1", there)
                             .replace('  User "demo--box1"\n', "").replace("LogLevel ERROR", "LogLevel INFO"),
                             encoding="utf-8")
    (directory / "report.pdf").write_bytes(os.urandom(300_000))
    (directory / "rc").write_text(
        "PS1='\\[\\e[32m\\]$\\[\\e[0m\\] '\nbind 'set enable-bracketed-paste off'\n"
        f"for c in ssh scp sftp; do alias $c=\"$c -F {client.config}\"; done\ncd {directory}\n",
        encoding="utf-8")
    cast = directory / "session.cast"
    command = ["asciinema", "rec", "--quiet", "--overwrite", "-c",
               f"exec bash --noprofile --rcfile {directory}/rc -i", str(cast)]
    environment = {**client.environment, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "SHELL": "/bin/bash"}
    with terminal.Terminal(command, environment, rows=46, columns=100) as screen:
        at_the_terminal(screen)
        # Its farewell would be in the picture. Not to be hung up: what asciinema writes the file with.
        subprocess.run(["pkill", "-HUP", "-x", "-P", str(screen.pid), "bash"], check=True)
        screen.wait()
    cast_to_svg.convert(cast, svg, "ssh, sftp, scp and a refused forwarding through the gateway")


def family(ancestor):
    """The process and all that descend from it, in the order of ps --forest."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid=", "--forest"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    found = []
    for line in listing.splitlines():
        pid, parent = map(int, line.split())
        if pid == ancestor or parent in found:
            found.append(pid)
    return found


def draw_processes(gateway, client, svg):
    with terminal.shell(client) as screen:
        screen.expect(r"# ")
        # A session is prepared ahead of the next; it is not one yet.
        drawn = [processes_to_svg.look_at(pid) for pid in family(gateway.process.pid)]
    svg.write_text(processes_to_svg.draw(drawn, "The gateway's processes with one session open"),
                   encoding="utf-8")


def main(target):
    with tempfile.TemporaryDirectory(prefix="pictures-") as place:
        directory = pathlib.Path(place)
        directory.chmod(0o711)
        key = keys.make_user_key(directory)
        authorized = directory / "authorized_keys"
        authorized.write_text(keys.public_half(key), encoding="utf-8")
        authorized.chmod(0o600)
        with Node(directory / "node") as node, node.box("demo", "box1", name="box1") as box, \
                Gateway(directory / "gateway", node, None,
                        ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(authorized)) as gateway:
            draw_processes(gateway, Client(directory / "first", gateway, key, box.login),
                           target / "processes.svg")
            draw_terminal(Client(directory / "second", gateway, key, box.login), directory,
                          target / "session.svg")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
