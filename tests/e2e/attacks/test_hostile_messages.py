"""Taken-over connection processes that send the monitor 100,000 packets, random and mutated, in every
phase: nothing is granted, others are served, and the monitor is as big afterwards as before.

The listener is played, so that it takes no process and no client to make a connection: each packet
goes from here to the monitor. The last packet of a connection breaks the contract, as a rule; those
before it keep to it, with contents that mean nothing."""

import os
import random
import socket
import struct

import pytest

from harness import keys, played_connection, played_helper, processes, sanitizers, waiting
from harness.gateway import LISTENER, SESSIOND, Gateway
from harness.key_exchange import KeyExchange
from harness.played_connection import (TYPES, cookie_of, field, host_key_of, message, open_session,
                                       sign_exchange, verify_user)
from harness.played_helper import ADMIT, admit, receive, send

PACKETS_A_PHASE = 25_100
AT_ONCE = 50
# The address of a load balancer, whose connections begin with a PROXY header.
PROXY = "127.0.0.2"
# Of the monitor. Its heap grows with what it holds at once, which is the same in each round.
MOST_GROWTH_KIB = 4096


@pytest.fixture(scope="module")
def listener(tmp_path_factory, node, user_key):
    """The gateway, and the listener's channel to its monitor."""
    directory = tmp_path_factory.mktemp("hostile")
    directory.chmod(0o711)
    program = played_connection.programs(directory / "bin", LISTENER, "played_helper.c")
    played = played_helper.PlayedHelper(directory / "bin", LISTENER)
    try:
        with Gateway(directory / "gateway", node, keys.public_half(user_key), program,
                     ZOMG_SSH_PROXY_PROTOCOL_FROM=PROXY) as running:
            played.take()
            played_helper.begin_listener(played.channel)
            played.gateway = running
            yield played
    finally:
        played.close()


class Hostile:
    """Packets by chance, always the same ones."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def _bytes(self, most):
        # Mostly short, now and then the longest.
        size = self._random.choice((0, 1, 16, 32, 64, most, self._random.randint(0, most)))
        return self._random.randbytes(min(size, most))

    def within(self, phase, left):
        """A packet that the contract permits in the phase; `left` counts what of each it permits."""
        name = self._random.choice([name for name, count in left.items() if count > 0])
        left[name] -= 1
        if name == "Report":
            return message(name, struct.pack("<II", self._random.randint(0, 5), 0))
        if name == "SignExchange":
            return sign_exchange(KeyExchange(secret=self._random.randbytes(32)))
        if name == "ReportTraffic":
            return message(name, self._random.randbytes(20))
        if name == "ProxyHeader":
            addresses = [played_helper.endpoint(f"127.0.{self._random.randrange(256)}.3")] * 2
            return message(name, b"\1", *addresses)
        if name == "OpenSession":
            return open_session(1, self._bytes(2000).replace(b"\0", b"0"))
        fields = [self._bytes(128), self._random.choice((b"ssh-ed25519", b"ssh-rsa", b"")),
                  self._key()]
        if name == "VerifyUser":
            return message(name, *map(field, fields), field(self._bytes(4096)),
                           self._random.choice((b"\0", b"\1")),
                           struct.pack("<I", self._random.randint(0, 2)))
        return message(name, *map(field, fields))

    def _key(self):
        kind, part = self._random.choice(((b"ssh-ed25519", 32), (b"ssh-rsa", 300), (b"", 5000)))
        return played_connection.string(kind) + played_connection.string(self._bytes(part))

    def beyond(self, packet):
        """The packet with something changed; noise; a packet of any type; or of another phase."""
        changed = bytearray(packet)
        way = self._random.randrange(7)
        if way == 0:
            for _ in range(self._random.randint(1, 4)):
                changed[self._random.randrange(len(changed))] ^= self._random.randint(1, 255)
        elif way == 1:
            del changed[self._random.randrange(len(changed)):]
        elif way == 2:
            changed += self._random.randbytes(self._random.randint(1, 64))
        elif way == 3:
            changed[:4] = struct.pack("<I", self._random.randint(0, 2 * len(TYPES)))
        elif way == 4:
            changed = open_session() if packet[:1] != open_session()[:1] else ADMIT
        elif way == 5:
            changed = self._random.randbytes(self._random.randint(1, 2000))
        else:
            at = self._random.randrange(max(1, len(changed) - 4))
            changed[at:at + 4] = struct.pack("<I", self._random.choice((0xffffffff, 1 << 31, 1 << 16)))
        return bytes(changed)

    def count(self):
        return self._random.randint(0, 12)

    def descriptors(self):
        return [0] * self._random.choice((0,) * 9 + (3,))


PERMITTED = {
    "PROXY header": {"Report": 99, "ProxyHeader": 1},
    "key exchange": {"Report": 99},
    "authentication": {"Report": 99, "SignExchange": 3, "CheckKey": 63, "VerifyUser": 5},
    "session": {"Report": 99, "SignExchange": 99, "OpenSession": 20, "ReportTraffic": 20},
}


# There is no request of that type.
BREACH = struct.pack("<I", 999)


def expect(channel, name, rest=b""):
    packet, descriptors = receive(channel)
    assert packet.startswith(struct.pack("<I", TYPES[name]) + rest), packet
    for descriptor in descriptors:
        os.close(descriptor)


def start(phase, channels, login, key):
    """Brings new connections into the phase, and sees that they got there."""
    session_ids = []
    for channel in channels:
        welcome, _ = receive(channel)
        exchange = KeyExchange(cookie_of(welcome))
        session_ids.append(exchange.hash(host_key_of(welcome)))
        if phase not in ("PROXY header", "key exchange"):
            send(channel, sign_exchange(exchange))
    if phase in ("PROXY header", "key exchange"):
        return
    for channel in channels:
        expect(channel, "ExchangeHashSignature")
    if phase == "authentication":
        return
    for channel, session_id in zip(channels, session_ids):
        send(channel, verify_user(login, *played_connection.proof(session_id, login, key)))
    for channel in channels:
        expect(channel, "UserVerified", b"\1")


def answers(channel):
    """What comes until the monitor closes the channel, by type."""
    seen = []
    while True:
        packet, descriptors = receive(channel)
        if not packet:
            return seen
        for descriptor in descriptors:
            os.close(descriptor)
        seen.append((struct.unpack("<I", packet[:4])[0], packet[4:], len(descriptors)))


def play(listener, phase, login, key, hostile):
    """Some connections at once; the number of packets that they sent."""
    channels = admit(listener, AT_ONCE, PROXY if phase == "PROXY header" else "127.0.0.1")
    sent = asked = 0
    start(phase, channels, login, key)
    for number, channel in enumerate(channels):
        left = dict(PERMITTED[phase])
        for _ in range(hostile.count()):
            send(channel, hostile.within(phase, left))
            sent += 1
        send(channel, hostile.beyond(hostile.within(phase, left)), hostile.descriptors())
        sent += 1
        asked += PERMITTED[phase].get("OpenSession", 0) - left.get("OpenSession", 0)
        # Some go, the others have to be ended.
        if number % 2 == 0:
            channel.shutdown(socket.SHUT_WR)
        else:
            send(channel, BREACH)
    opened = 0
    for channel in channels:
        with channel:
            for number, rest, descriptors in answers(channel):
                opened += number == TYPES["SessionOpened"]
                assert descriptors == (number == TYPES["SessionOpened"])
                assert number != TYPES["UserVerified"] or rest == bytes(6)
    # A last packet that asks for a session as it may be asked for is no breach.
    assert opened <= asked + AT_ONCE if phase == "session" else opened == 0
    return sent


def size_of(gateway):
    """What must not grow."""
    status = processes.status(gateway.pid)
    return {"descriptors": len(os.listdir(f"/proc/{gateway.pid}/fd")),
            "processes": len(gateway._cgroup.pids()),  # pylint: disable=protected-access
            "memory": int(status["VmRSS"].split()[0])}


@pytest.mark.parametrize("phase", PERMITTED)
@pytest.mark.timeout(300)
def test_in_every_phase(listener, box, user_key, phase):
    hostile = Hostile(phase)
    gateway = listener.gateway
    [witness] = admit(listener.channel)
    with witness:
        start("authentication", [witness], None, None)
        # A box that does not exist: what costs the node a process for each is another test's matter.
        login = "demo--nowhere"
        for _ in range(10):
            play(listener.channel, phase, login, user_key, hostile)
        waiting.until(lambda: not gateway.pids(SESSIOND), 20, "no session is left")
        before = size_of(gateway)
        sent = 0
        while sent < PACKETS_A_PHASE:
            sent += play(listener.channel, phase, login, user_key, hostile)
        waiting.until(lambda: size_of(gateway)["descriptors"] <= before["descriptors"], 20,
                      lambda: f"descriptors of {before} go: {size_of(gateway)}")
        after = size_of(gateway)
        print(f"{sent} packets: {before}, then {after}")
        assert after["processes"] <= before["processes"]
        if not sanitizers.ENABLED:  # AddressSanitizer keeps for a while what is freed
            assert after["memory"] <= before["memory"] + MOST_GROWTH_KIB
        serves(witness)
    [user] = admit(listener.channel)
    with user:
        start("session", [user], box.login, user_key)
        send(user, open_session())
        expect(user, "SessionOpened")


def serves(witness):
    """A connection that was there all the time gets its answers still."""
    send(witness, sign_exchange(KeyExchange()))
    expect(witness, "ExchangeHashSignature")


@pytest.mark.parametrize("phase, packet, permitted", [
    ("authentication",
     message("CheckKey", field(b"demo--x"), field(b"ssh-ed25519"), field(bytes(51))), 64),
    ("authentication",
     verify_user("demo--x", played_connection.string(b"ssh-ed25519")
                 + played_connection.string(bytes(32)), b""), 6),
    ("key exchange", message("Report", struct.pack("<II", 0, 0)), 100),
    ("session", open_session(), 128),
], ids=("CheckKey", "VerifyUser", "Report", "OpenSession"))
def test_no_request_without_end(listener, user_key, phase, packet, permitted):
    """One more than is permitted, and the monitor ends the connection."""
    [channel] = admit(listener.channel)
    with channel:
        start(phase, [channel], "demo--nowhere", user_key)
        answered = phase != "key exchange"
        for _ in range(permitted):
            assert send(channel, packet)
            if answered:
                reply, descriptors = receive(channel)
                assert reply
                for descriptor in descriptors:
                    os.close(descriptor)
        send(channel, packet)
        assert receive(channel)[0] == b""
