"""/healthz, /readyz and /metrics, as kubelets, Prometheus and the impolite ask for them."""

import os
import pathlib
import signal
import socket
import subprocess
import time

import pytest
from prometheus_client.openmetrics import parser as openmetrics

from harness import keys, paths, process_facts, processes, sanitizers, waiting
from harness.gateway import LISTENER, METRICS, Gateway, free_port
from harness.github import public
from harness.scraper import Scraper

pytest_plugins = ["harness.github_fixtures", "harness.metrics_fixtures"]

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


def scraped(gateway, port):
    """The answers of a gateway that knows two keys."""
    scraper = Scraper(port)
    waiting.until(lambda: scraper.value("zomg_ssh_keys", source="github") > 0, 20,
                  lambda: f"{scraper.get('/metrics')[1]}\n{gateway.log()}")
    return "".join(scraper.get(path)[1] for path in ("/healthz", "/readyz", "/metrics"))


def test_nobody_is_named_unless_it_is_asked_for(hub, start, user, make_key):
    """To whoever reaches the port: no GitHub user, key, comment, box or client."""
    key, port = make_key("key"), free_port()
    hub.users = {"alice-of-example": public(key)}
    settings = {"ZOMG_SSH_METRICS_LISTEN": f"127.0.0.1:{port}",
                "ZOMG_SSH_AUTHORIZED_KEYS": public(make_key("other"))}
    gateway = start("alice-of-example", **settings)
    assert user(gateway, key).soon_gets_in()
    text = scraped(gateway, port)
    assert 'zomg_ssh_keys{source="github",number="1",user=""} 1' in text
    for name in ("alice-of-example", "box1", "SHA256", "127.0.0.1"):
        assert name not in text, text
    gateway.stop()
    named = start("alice-of-example", **settings, ZOMG_SSH_METRICS_NAMES="yes")
    assert 'zomg_ssh_keys{source="github",number="1",user="alice-of-example"} 1' in scraped(named, port)


def test_nothing_is_served_by_default(own_gateway):
    assert own_gateway.pids(METRICS) == []


def test_what_sessions_do_is_counted(measured, box, connect, tmp_path):
    scraper = measured.scraper
    mine = connect(measured, box.login)
    assert mine.ssh("head -c 1000 /dev/zero; exit 3").status == 3
    mine.sftp("pwd\n").ok()
    (tmp_path / "stranger").mkdir()
    stranger = keys.make_user_key(tmp_path / "stranger")
    assert connect(measured, box.login, key=stranger).ssh("true").status == 255
    waiting.until(lambda: scraper.value("zomg_ssh_sessions_ended_total", ending="exited") == 2, 10,
                  lambda: scraper.get("/metrics")[1])
    assert scraper.value("zomg_ssh_connections_total") == 3
    assert scraper.value("zomg_ssh_authentications_total", result="accepted", source="setting") == 2
    assert scraper.value("zomg_ssh_authentications_total", result="refused") >= 1
    assert scraper.value("zomg_ssh_sessions_total", kind="exec", path="cri") == 1
    assert scraper.value("zomg_ssh_sessions_total", kind="sftp", path="cri") == 1
    assert scraper.value("zomg_ssh_session_bytes_total", direction="to_client") >= 1000
    assert scraper.value("zomg_ssh_session_duration_seconds_count") == 2
    assert scraper.value("zomg_ssh_lookup_duration_seconds_count", found="yes") == 2
    assert scraper.value("zomg_ssh_keys", source="setting") == 1
    assert scraper.value("zomg_ssh_limit", limit="max_startups_full") == 100
    assert scraper.value("zomg_ssh_processes", program="resolver") == 1


def test_promtool_finds_nothing_wrong(measured, box, connect):
    connect(measured, box.login).ssh("true").ok()
    promtool = subprocess.run([paths.ROOT / "tests" / "promtool.sh"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.strip()
    text = measured.scraper.get("/metrics")[1]
    done = subprocess.run([promtool, "check", "metrics"], input=text, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (done.returncode, done.stdout) == (0, ""), text


def test_openmetrics_is_what_its_parser_reads(measured, box, connect):
    connect(measured, box.login).ssh("true").ok()
    text = measured.scraper.get("/metrics", OPENMETRICS)[1]
    families = {family.name: family for family in openmetrics.text_string_to_metric_families(text)}
    assert families["zomg_ssh_lookup_duration_seconds"].unit == "seconds"
    assert families["zomg_ssh_session_bytes"].unit == "bytes"
    assert all(family.documentation for family in families.values())


def test_a_stopped_listener_is_not_ready_but_alive(measured):
    listener = measured.one(LISTENER)
    measured.kill(listener, signal.SIGSTOP)
    with socket.create_connection(("127.0.0.1", measured.port)):
        waiting.until(lambda: measured.scraper.get("/readyz")[0] == 503, 15, "it is not ready")
        assert "wrong the listener accepts" in measured.scraper.get("/readyz")[1]
        assert measured.scraper.get("/healthz")[0] == 200
        measured.kill(listener, signal.SIGCONT)
        waiting.until(lambda: measured.scraper.get("/readyz")[0] == 200, 15, "it is ready again")


def test_a_drain_is_not_ready(measured, box, connect):
    with connect(measured, box.login).start("echo ready; cat") as session:
        try:
            session.stdout.readline()
            measured.send_signal(signal.SIGTERM)
            # Not only for want of a listener, which ends then, too.
            waiting.until(lambda: "wrong the gateway is not being stopped"
                          in measured.scraper.get("/readyz")[1], 15, "it says why")
            assert measured.scraper.get("/readyz")[0] == 503
            assert measured.scraper.value("zomg_ssh_stopping") == 1
            session.communicate(b"", timeout=15)
        finally:
            session.kill()
    assert measured.process.wait(15) == 0


def test_it_is_started_again(measured, box, connect):
    killed = measured.one(METRICS)
    measured.kill(killed)
    waiting.until(lambda: measured.pids(METRICS) not in ([], [killed]), 10, "it is back")
    waiting.until(lambda: measured.scraper.get("/readyz")[0] == 200, 10, "it is ready")
    connect(measured, box.login).ssh("true").ok()
    waiting.until(lambda: measured.scraper.value("zomg_ssh_connections_total") == 1, 10, "it counts")


def test_other_paths_and_methods(measured):
    assert measured.scraper.get("/")[0] == 404
    with socket.create_connection(("127.0.0.1", measured.scraper.port), timeout=10) as client:
        client.sendall(b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 405")


def test_a_request_that_is_too_long(measured):
    """It is refused, or cut off, and costs nothing meanwhile."""
    pid = measured.one(METRICS)
    before = processor_ticks(pid)
    with socket.create_connection(("127.0.0.1", measured.scraper.port), timeout=25) as client:
        try:
            client.sendall(b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 60_000)
            assert client.recv(100).split()[1:2] in ([b"431"], [b"413"], [b"400"], [])
        except ConnectionError:
            pass
    assert processor_ticks(pid) - before < 100
    assert measured.scraper.get("/healthz")[0] == 200


def processor_ticks(pid):
    """Hundredths of a second that it has run for."""
    fields = processes.read(pid, "stat").rsplit(b")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def test_slow_clients_cannot_shut_others_out(measured):
    """One address gets a few connections, and each of them ends in time."""
    address = ("127.0.0.1", measured.scraper.port)
    held = []
    try:
        for _ in range(40):
            held.append(socket.create_connection(address, timeout=10))
        started = time.monotonic()
        waiting.until(lambda: _drip(held) == 0, 30, "all of them are cut off")
        assert time.monotonic() - started < 25
    finally:
        for client in held:
            client.close()
    waiting.until(lambda: measured.scraper.get("/healthz")[0] == 200, 10, "it serves")


def _drip(held):
    """Sends one more byte of a header on each; how many still take it."""
    alive = 0
    for client in held:
        try:
            client.sendall(b"G")
            client.setblocking(False)
            try:
                alive += client.recv(1) != b""
            except BlockingIOError:
                alive += 1
            client.setblocking(True)
        except OSError:
            pass
    return alive


@sanitizers.other_build
def test_the_process_has_nothing(measured):
    pid = measured.one(METRICS)
    seen = processes.status(pid)
    assert process_facts.account(seen) == "zomg-ssh-metrics, counted apart"
    assert (seen["Groups"], seen["Seccomp"], seen["NoNewPrivs"]) == ("", "2", "1")
    assert {seen[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert os.listdir(f"/proc/{pid}/root/") == []
    assert processes.namespace(pid, "net") != processes.namespace(measured.pid, "net")
    assert os.stat(f"/proc/{pid}/mem").st_uid == 0
