"""Many at once."""

import contextlib

import pytest


def test_twenty_at_once(client):
    with contextlib.ExitStack() as stack:
        running = []
        for number in range(20):
            process = stack.enter_context(client.start(f"echo {number}; cat; exit {number}"))
            stack.callback(process.kill)
            running.append(process)
        for number, process in enumerate(running):
            assert process.stdout.readline() == f"{number}\n".encode()
        for number, process in enumerate(running):
            out, _ = process.communicate(f"to {number}\n".encode(), timeout=30)
            assert (out, process.returncode) == (f"to {number}\n".encode(), number)


@pytest.mark.slow
def test_one_after_another(client):
    for number in range(30):
        assert client.ssh(f"exit {number}").status == number
