#!/usr/bin/python3
"""Stands for sshd in OpenSSH's regression tests, where a gateway is to be tested in its place.

`sshd -i -f CONFIG` and `sshd -f CONFIG` ask the test run, by the socket in ZOMG_REGRESS_SOCKET, for a
gateway that does what CONFIG says; harness/sshd_stand_in.py is the other end."""

import json
import os
import signal
import socket
import sys


def ask(**request):
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(os.environ["ZOMG_REGRESS_SOCKET"])
        link.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(link.makefile().readline())
    if "error" in answer:
        sys.exit(f"sshd: {answer['error']}")
    return answer


def parse(arguments):
    """The modes, the path of the configuration, and what `-o` sets."""
    modes, config, options = set(), None, []
    rest = iter(arguments)
    for argument in rest:
        kind, value = argument[:2], argument[2:]
        if kind in ("-i", "-t"):
            modes.add(kind)
        elif kind == "-f":
            config = value or next(rest)
        elif kind == "-o":
            options.append(value or next(rest))
        elif kind != "-E":
            sys.exit(f"sshd: there is no gateway that does {argument}")
    return modes, config, options


def serve_until_killed(config, options):
    """As a daemon: whose pid is in the PidFile, which goes when it ends."""
    answer = ask(do="start", config=config, options=options)
    if os.fork():
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    os.setsid()
    for descriptor in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)
    with open(answer["pid_file"], "w", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    signal.sigwait([signal.SIGTERM])
    ask(do="stop", config=config)
    os.unlink(answer["pid_file"])


def main():
    modes, config, options = parse(sys.argv[1:])
    if "-t" in modes:
        ask(do="check", config=config, options=options)
    elif "-i" in modes:
        port = ask(do="inetd", config=config, options=options)["port"]
        netcat = os.path.join(os.path.dirname(config), "netcat")
        os.execv(netcat, [netcat, "-N", "127.0.0.1", str(port)])
    else:
        serve_until_killed(config, options)


if __name__ == "__main__":
    main()
