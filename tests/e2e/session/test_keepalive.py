"""Keepalives are answered, and an idle session is not cut."""

import time

from harness import terminal


def test_clients_keepalive_is_answered(client):
    """With no answer the client would leave after two seconds."""
    started = time.monotonic()
    done = client.ssh("sleep 4; echo alive", options={"ServerAliveInterval": 1,
                                                      "ServerAliveCountMax": 1})
    assert (done.status, done.out) == (0, b"alive\n")
    assert time.monotonic() - started > 3.9


def test_it_is_answered_during_a_transfer(client):
    done = client.ssh("for i in 1 2 3; do head -c 10000000 /dev/zero; sleep 1; done",
                      options={"ServerAliveInterval": 1, "ServerAliveCountMax": 1}, timeout=60)
    assert (done.status, len(done.out)) == (0, 30_000_000)


def test_idle_terminal(client):
    with terminal.shell(client, options={"ServerAliveInterval": 1}) as screen:
        screen.expect(r"[#$] ")
        screen.send("sleep 4; echo a''live\n")
        screen.expect("alive")
