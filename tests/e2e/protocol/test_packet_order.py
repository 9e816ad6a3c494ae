"""What the gateway sends, packet by packet, beside a real sshd: what clients are tried against."""

import pytest

from harness import keys, openssh, packet_log
from harness.gateway import Gateway

pytestmark = pytest.mark.timeout(180)

# What sshd tells of its own accord and we have no reason to.
SSHD_ONLY = {"hostkeys-00@openssh.com", "DEBUG"}
# Sent as the buffers happen to be.
DIVIDED = {"DATA", "EXTENDED_DATA", "WINDOW_ADJUST"}


@pytest.fixture(scope="module", name="servers")
def both_servers(tmp_path_factory, node, box, user_key):
    """Port and user of each, by name."""
    directory = tmp_path_factory.mktemp("servers")
    directory.chmod(0o711)
    public = keys.public_half(user_key)
    with openssh.Sshd(directory / "sshd", public, ClientAliveInterval="1") as sshd, \
            Gateway(directory / "gateway", node, public,
                    ZOMG_SSH_CLIENT_ALIVE_INTERVAL="1") as gateway:
        yield {"gateway": (gateway.port, box.login), "sshd": (sshd.port, "root")}


@pytest.fixture(name="both")
def played_with_both(servers, user_key):
    """both(scenario): what each server sent a client that did this, by name."""
    def play(scenario):
        sent = {}
        for name, (port, user) in servers.items():
            with packet_log.connection(port, user, user_key) as connection:
                scenario(connection)
                sent[name] = connection.packets()
        return sent
    return play


def names(packets, without=frozenset()):
    return [packet.name for packet in packets if not packet.ours
            and packet.name not in SSHD_ONLY | without | {"keepalive@openssh.com"}]


def read_to_the_end(channel):
    while channel.recv(65536):
        pass
    while channel.recv_stderr(65536):
        pass
    channel.recv_exit_status()


def check_order(packets):
    """What holds for every session of sshd's that ran a program and ended."""
    seen = names(packets, without={"WINDOW_ADJUST"})
    assert seen[0] == "OPEN_CONFIRMATION" and seen[-1] == "CLOSE"
    assert seen.count("EOF") == seen.count("CLOSE") == seen.count("exit-status") == 1
    data = [at for at, name in enumerate(seen) if name in ("DATA", "EXTENDED_DATA")]
    if data:
        assert seen.index("SUCCESS") < data[0] and data[-1] < seen.index("EOF")


def check_same(sent):
    """Both sent the same messages, how data is divided apart; and either in an order of sshd's."""
    for packets in sent.values():
        check_order(packets)
    whole = {name: sorted(names(packets, without=DIVIDED)) for name, packets in sent.items()}
    assert whole["gateway"] == whole["sshd"]
    divided = {name: DIVIDED.intersection(names(packets, without={"WINDOW_ADJUST"}))
               for name, packets in sent.items()}
    assert divided["gateway"] == divided["sshd"]


def ran(command, before=lambda channel: None):
    def scenario(connection):
        channel = connection.transport.open_session()
        before(channel)
        channel.exec_command(command)
        channel.shutdown_write()
        read_to_the_end(channel)
        channel.close()
        connection.wait_for("CLOSE")
    return scenario


def test_exec(both):
    check_same(both(ran("echo out; echo err >&2; exit 3")))


def test_exec_that_says_nothing(both):
    check_same(both(ran("true")))


def test_exec_on_a_terminal(both):
    check_same(both(ran("tty >/dev/null; echo out", before=lambda channel: channel.get_pty())))


def test_variables_that_are_refused(both):
    def set_variable(channel):
        channel.set_environment_variable("ZOMG_NONSENSE", "x")
    sent = both(ran("echo out", before=set_variable))
    check_same(sent)


def test_input(both):
    def scenario(connection):
        channel = connection.transport.open_session()
        channel.exec_command("cat")
        channel.sendall(bytes(300_000))
        channel.shutdown_write()
        read_to_the_end(channel)
        channel.close()
        connection.wait_for("CLOSE")
    check_same(both(scenario))


def test_a_client_that_closes_first(both):
    def scenario(connection):
        channel = connection.transport.open_session()
        channel.exec_command("cat")
        channel.close()
        connection.wait_for("CLOSE")
    sent = both(scenario)
    for packets in sent.values():
        seen = names(packets, without=DIVIDED)
        assert seen[:2] == ["OPEN_CONFIRMATION", "SUCCESS"] and seen[-1] == "CLOSE"


def test_channels_that_are_not_known(both):
    import paramiko

    def scenario(connection):
        with pytest.raises(paramiko.ChannelException):
            connection.transport.open_channel("frobnicate")
    sent = both(scenario)
    assert names(sent["gateway"]) == names(sent["sshd"]) == ["OPEN_FAILURE"]


def window_before_data(packets):
    """What the client may send before it has sent anything."""
    first = next(at for at, packet in enumerate(packets) if packet.ours and packet.name == "DATA")
    return sum(packet.window for packet in packets[:first] if not packet.ours)


def test_as_much_may_be_sent_at_once(both):
    def scenario(connection):
        channel = connection.transport.open_session()
        channel.exec_command("cat")
        channel.sendall(b"x")
        connection.wait_for("DATA")
    sent = both(scenario)
    assert window_before_data(sent["gateway"]) == window_before_data(sent["sshd"]) == 2 * 1024 * 1024


def test_nothing_is_allowed_before_it_is_used_up(both):
    """All of the first window is in the confirmation: sshd allows nothing between that and the
    client's request either."""
    def scenario(connection):
        channel = connection.transport.open_session()
        channel.exec_command("echo")
        read_to_the_end(channel)
        channel.close()
        connection.wait_for("CLOSE")
    seen = names(both(scenario)["gateway"])
    assert "WINDOW_ADJUST" not in seen


def test_a_client_that_loses_what_it_is_allowed_early(servers, user_key):
    """russh: it takes a window from the confirmation when its user comes to it, and forgets by that
    what it was allowed meanwhile."""
    def loses(packet, log):
        return packet.name == "WINDOW_ADJUST" and not any(seen.name == "SUCCESS" for seen in log)

    port, user = servers["gateway"]
    with packet_log.connection(port, user, user_key, loses=loses) as connection:
        channel = connection.transport.open_session()
        channel.settimeout(20)
        channel.exec_command("wc -c")
        channel.sendall(bytes(1_000_000))
        channel.shutdown_write()
        assert channel.recv(100) == b"1000000\n"


def test_new_keys_in_mid_session(both):
    def scenario(connection):
        channel = connection.transport.open_session()
        channel.exec_command("cat; head -c 3000000 /dev/zero; exit 3")
        channel.sendall(b"before")
        connection.transport.renegotiate_keys()
        channel.sendall(b"after")
        channel.shutdown_write()
        read_to_the_end(channel)
        channel.close()
        connection.wait_for("CLOSE")
    sent = both(scenario)
    check_same(sent)
    for packets in sent.values():
        seen = names(packets)
        start = seen.index("KEXINIT")
        assert seen[start:start + 3] == ["KEXINIT", "KEXDH_REPLY", "NEWKEYS"]


def keepalives(packets):
    return [packet.type for packet in packets
            if not packet.ours and packet.name == "keepalive@openssh.com"]


def test_keepalives_with_a_session(both):
    def scenario(connection):
        channel = connection.transport.open_session()
        channel.exec_command("sleep 30")
        connection.wait_for("keepalive@openssh.com", count=2)
    sent = both(scenario)
    assert set(keepalives(sent["gateway"])) == set(keepalives(sent["sshd"])) == \
        {packet_log.CHANNEL_REQUEST}


def test_keepalives_without_a_session(both):
    sent = both(lambda connection: connection.wait_for("keepalive@openssh.com", count=2))
    assert set(keepalives(sent["gateway"])) == set(keepalives(sent["sshd"])) == \
        {packet_log.GLOBAL_REQUEST}
