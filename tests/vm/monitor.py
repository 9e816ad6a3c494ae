#!/usr/bin/python3
"""Says commands to qemu's monitor, one after the other, and prints the answers:  monitor.py SOCKET COMMAND…"""

import socket
import sys

PROMPT = b"(qemu) "


def answer(monitor):
    """What it says up to its next prompt, or its end."""
    said = b""
    while not said.endswith(PROMPT):
        part = monitor.recv(4096)
        if not part:
            break
        said += part
    return said.removesuffix(PROMPT)


def main():
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.connect(sys.argv[1])
        answer(monitor)
        for command in sys.argv[2:]:
            monitor.sendall(command.encode() + b"\n")
            said = answer(monitor).decode(errors="replace")
            if "Error" in said:
                sys.exit(f"{command}: {said}")
            print(said)


if __name__ == "__main__":
    main()
