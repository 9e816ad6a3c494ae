"""docs/design/processes.md: every cell of its two tables is what /proc says of a running gateway, with
sessions on both ways into boxes, and there is no process that they do not have."""

import contextlib
import os
import pwd
import re
import resource
import socket
import subprocess

import pytest

from harness import descriptors, keys, paths, process_facts, processes, terminal, waiting
from harness.api_server import ApiServer
from harness.client import Client
from harness.gateway import RECORDER, SESSIOND, Gateway, free_port
from harness.process_facts import common_fact
from harness.taken_over import TakeOver

pytestmark = pytest.mark.timeout(180)

GET_KEYRING_ID = 0  # KEYCTL_GET_KEYRING_ID, linux/keyctl.h
SESSION_KEYRING = -3
SEALED = "returned -13"  # EACCES: it has one that nobody may do anything with
RESOLVERS_FILES = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf",
                   "/etc/gai.conf"}


def parse_tables():
    """What the page says: by process, the text of each cell by its column."""
    text = (paths.ROOT / "docs/design/processes.md").read_text(encoding="utf-8")
    section = re.search(r"^# Processes.*?$(.*?)^## ", text, re.M | re.S)[1]
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", section, re.M):
        header, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")]
                            for line in block.splitlines())
        if header[0] == "process":
            found.append({row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows})
    return found


WHO, REACH = parse_tables()


def row_of(gateway, pid):
    """The first cell of the row that a process of the gateway is in."""
    name = processes.name(pid)
    if pid == gateway.process.pid:
        return "supervisor"
    if name == SESSIOND:
        if processes.status(pid)["Seccomp"] == "2":
            return "sessiond, supervising"
        if processes.name(processes.status(pid)["PPid"]) == SESSIOND:
            return "sessiond, entering"
        return "sessiond, forking" if processes.effective_user(pid) == 0 else "sessiond, waiting"
    if name == "zomg-ssh-kubectl":
        inside = len(processes.status(pid)["NSpid"].split()) > 1
        return "kubectl session" if inside else "kubectl session, outside"
    return name.removeprefix("zomg-ssh-").replace("-", " ")


class Seen:
    """All that runs, by row, and what is asked of it."""

    def __init__(self, gateway, node, box, client, directory, program):
        self.gateway = gateway
        self.node = node
        self.box = box
        self.client = client
        self.directory = directory
        self.take_over = program
        self.rows = {}

    def look(self):
        for pid in process_facts.descendants(self.supervisor):
            in_box = processes.namespace(pid, "pid") == processes.namespace(self.first, "pid")
            row = "user's program" if in_box else row_of(self.gateway, pid)
            self.rows.setdefault(row, []).append(pid)

    def is_waiting(self, connections):
        """Whether so many have a session prepared: one that waits for it, and an entering one of its own."""
        started = [pid for pid in process_facts.descendants(self.supervisor)
                   if processes.name(pid) == SESSIOND
                   and processes.status(pid).get("Seccomp") == "0"]
        rows = [row_of(self.gateway, pid) for pid in started]
        return sorted(rows) == sorted(["sessiond, entering", "sessiond, forking",
                                       "sessiond, waiting"] * connections)

    @property
    def supervisor(self):
        return self.gateway.process.pid

    @property
    def first(self):
        """The box's first process."""
        return self.box.container.pid

    # --- cells of the first table ---------------------------------------------------------------
    def user(self, pid):
        return common_fact(pid, process_facts.account)

    def groups(self, pid):
        groups = common_fact(pid, lambda status: status["Groups"]).split()
        named = {"65531": "started with", str(os.stat(self.node.socket).st_gid): "CRI socket's"}
        if pid in self.rows["user's program"]:
            named = {processes.status(self.first)["Groups"]: "box's"}
        return ", ".join(named.get(group, group) for group in groups) or "none"

    def capabilities(self, pid):
        bounds = processes.status(self.supervisor)["CapBnd"]
        of_the_box = tuple(processes.status(self.first)[name] for name in process_facts.SETS)
        return common_fact(pid, lambda status: process_facts.capabilities(
            status, bounds, of_the_box)).replace("the box's", "box's")

    def _or_the_boxs(self, pid, fact):
        if pid in self.rows["user's program"]:
            return "box's" if common_fact(pid, fact) == fact(processes.status(self.first)) else "other"
        return common_fact(pid, fact)

    def filters(self, pid):
        return self._or_the_boxs(pid, process_facts.filters)

    def no_new_privileges(self, pid):
        return self._or_the_boxs(pid, lambda status: {"0": "no", "1": "yes"}[status["NoNewPrivs"]])

    def session_keyring(self, pid):
        others = [other for other in self.rows["user's program"] if other != pid]
        said, *elsewhere = (self.take_over.call(one, "keyctl", GET_KEYRING_ID, SESSION_KEYRING, 0,
                                                unfiltered=True) for one in (pid, *others))
        if said == SEALED:
            return "sealed"
        return "own" if int(said.split()[1]) > 0 and said not in elsewhere else said

    # --- cells of the second ----------------------------------------------------------------------
    def network(self, pid):
        return process_facts.network(pid, self.supervisor, self.first)

    def pids(self, pid):
        return process_facts.namespace(pid, "pid", self.supervisor, self.first)

    def mounts(self, pid):
        return process_facts.namespace(pid, "mnt", self.supervisor, self.first)

    def ipc_uts(self, pid):
        seen = {process_facts.namespace(pid, kind, self.supervisor, self.first)
                for kind in ("ipc", "uts")}
        return " and ".join(sorted(seen))

    def root(self, pid):
        root = f"/proc/{pid}/root/"
        if process_facts.identity(root) == process_facts.identity("/"):
            return "gateway's"
        if pid in self.rows["user's program"]:
            volumes = process_facts.identity(f"/proc/{self.first}/root/volumes")
            return "/volumes of the box" if process_facts.identity(root) == volumes else "other"
        assert process_facts.writable_mounts(pid) == []
        if os.listdir(root) == []:
            return "empty"
        files = process_facts.root_files(pid)
        if files == {"/kubeconfig", "/etc/hosts"}:
            return "/kubeconfig, /etc/hosts"
        if files <= RESOLVERS_FILES:
            return "resolver's files"
        if files == {str(self.directory / "api/credentials" / name) for name in ("config", "ca.pem")}:
            return "credentials' directories"
        folder = os.path.dirname(self.node.socket)
        if self.node.socket in files and all(os.path.dirname(path).startswith(folder) for path in files):
            return "CRI socket's directory"
        return f"{sorted(files)}"

    def kinds(self):
        """A Descriptors that knows the log's sockets and the gateway's own output."""
        [log], [monitor] = self.rows["log"], self.rows["monitor"]
        known = {process_facts.identity(f"/proc/{log}/fd/{number}"): "lines" for number in (0, 1)}
        known |= {process_facts.identity(f"/proc/{monitor}/fd/{number}"): "log" for number in (0, 2)}
        # The reader's standard input is a file that does not end.
        [reader] = self.rows["settings reader"]
        known[process_facts.identity(f"/proc/{reader}/fd/0")] = "file"
        known[process_facts.identity(self.gateway.log_path)] = "stderr"
        known[process_facts.identity(self.directory / "stdout")] = "stdout"
        return process_facts.Descriptors(known)


def limits_of(text):
    """`NPROC 0, AS 512 MiB, CORE 0 soft` as {name: (soft, hard)}, None where it stays."""
    found = {}
    for part in [] if text == "none" else text.split(", "):
        name, number, *unit = part.split()
        value = int(number) << (20 if unit[:1] == ["MiB"] else 0)
        found[name] = (value, None if unit[-1:] == ["soft"] else value)
    return found


@pytest.fixture(scope="module", name="directory")
def directory_of_all(tmp_path_factory):
    directory = tmp_path_factory.mktemp("table")
    directory.chmod(0o711)
    (directory / "recordings").mkdir(mode=0o700)
    os.chown(directory / "recordings", pwd.getpwnam(RECORDER).pw_uid, -1)
    (directory / "revoked").touch()
    (directory / "program").write_text(f"#!/bin/sh\nexec setpriv --groups 65531 '{paths.GATEWAY}'\n",
                                       encoding="ascii")
    (directory / "program").chmod(0o755)
    return directory


@contextlib.contextmanager
def settings_reader(monitor):
    """It lives as long as it takes to read a file: here one that does not end. With a monitor's socket for
    its log."""
    with contextlib.ExitStack() as stack:
        end, pipe = os.pipe()
        stack.callback(os.close, end)
        log = descriptors.take(monitor, 0)
        # The pipe is its descriptor 3.
        reader = subprocess.Popen(  # pylint: disable=consider-using-with
            ["bash", "-c", f'exec "$0" 3>&{pipe} {pipe}>&-', paths.BINARIES / "zomg-ssh-settings-reader"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, pass_fds=[pipe])
        stack.enter_context(reader)
        stack.callback(reader.kill)
        os.close(log)
        os.close(pipe)
        waiting.until(lambda: processes.status(reader.pid).get("Seccomp") == "2", 10, "it is confined")
        yield reader.pid


@pytest.fixture(scope="module", name="seen")
def everything_that_runs(directory, node, box, user_key):
    """With each process that there is, and each kind of session."""
    (directory / "authorized_keys").write_text(keys.public_half(user_key) + "\n", encoding="ascii")
    with contextlib.ExitStack() as stack:
        api = stack.enter_context(ApiServer(directory / "api"))
        api.add(*box.login.split("--"), box.pod.name)
        stdout = stack.enter_context(open(directory / "stdout", "wb"))
        log = stack.enter_context(open(directory / "log", "wb"))
        github = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        gateway = Gateway(
            directory / "gateway", node, None, directory / "program", stdout=stdout, stderr=log,
            ZOMG_SSH_AUTHORIZED_KEYS_FILE=str(directory / "authorized_keys"),
            ZOMG_SSH_REVOKED_KEYS_FILE=str(directory / "revoked"),
            ZOMG_SSH_RECORD_DIR=str(directory / "recordings"),
            ZOMG_SSH_GITHUB_USERS="nobody",
            ZOMG_SSH_GITHUB_URL=f"https://127.0.0.1:{github.getsockname()[1]}",
            ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{free_port()}", **api.settings)
        gateway.log_path = directory / "log"
        stack.enter_context(gateway)
        here = Client(directory / "here", gateway, user_key, box.login)
        afar = Client(directory / "afar", gateway, user_key, ApiServer.login)
        # Without a terminal and with one, and logged in without a session.
        for client in (here, afar):
            pipes = stack.enter_context(client.start("echo ready; cat"))
            stack.callback(pipes.kill)
            screen = stack.enter_context(terminal.shell(client, command=["echo ready; cat"]))
            if client is here:
                pipes.stdout.readline()
                screen.expect("ready")
        idle = stack.enter_context(subprocess.Popen(here.command("ssh", "-N", "box"),
                                                    env=here.environment))
        stack.callback(idle.kill)
        waiting.until(lambda: len(gateway.pids("kubectl")) == 2, 20, "both run kubectl")
        found = Seen(gateway, node, box, here, directory, TakeOver(directory))
        waiting.until(lambda: len(gateway.sessions()) == 2, 20, "two are supervised")
        waiting.until(lambda: found.is_waiting(connections=3), 20, "a session is prepared for each")
        found.look()
        with settings_reader(found.rows["monitor"][0]) as reader:
            found.rows["settings reader"] = [reader]
            yield found


WHO_CELLS = [(row, column) for row, cells in WHO.items() for column in cells
             # Which is inherited, here from the test.
             if (row, column) != ("settings reader", "session keyring")]
REACH_CELLS = [(row, column) for row, cells in REACH.items() for column in cells
               if column not in ("0, 1, 2", "other descriptors", "limits")]


def test_each_process_has_its_row(seen):
    """And each row a process that runs."""
    assert set(seen.rows) == set(WHO) == set(REACH)


def test_its_name_says_which_program_it_is(seen):
    """For ps and top, which show 15 bytes. The user's program and kubectl are not ours."""
    others = seen.rows["user's program"] + seen.rows["kubectl"]
    for pid in {pid for pids in seen.rows.values() for pid in pids}.difference(others):
        shown = processes.read(pid, "comm").decode().strip()
        assert re.match("zomg-ssh-...", shown) and processes.name(pid).startswith(shown)


def cell(seen, row, column):
    """What is seen, of all processes of a row."""
    method = getattr(seen, re.sub(r"[ ,]+", "_", column).lower())
    return {method(pid) for pid in seen.rows[row]}


@pytest.mark.parametrize("row, column", WHO_CELLS)
def test_who_it_is(seen, row, column):
    assert cell(seen, row, column) == {WHO[row][column]}


@pytest.mark.parametrize("row, column", REACH_CELLS)
def test_what_it_can_reach(seen, row, column):
    assert cell(seen, row, column) == {REACH[row][column]}


@pytest.mark.parametrize("row", REACH)
def test_standard_descriptors(seen, row):
    kinds = [seen.kinds().of(pid) for pid in seen.rows[row]]
    for number, said in enumerate(REACH[row]["0, 1, 2"].split(", ")):
        assert {of_one[number] for of_one in kinds} == set(said.split(" or ")), number


@pytest.mark.parametrize("row", REACH)
def test_other_descriptors(seen, row):
    """Those in brackets are there for a while."""
    said = set(REACH[row]["other descriptors"].split(", ")) - {"none"}
    always = {kind for kind in said if not kind.startswith("(")}
    found = {kind for pid in seen.rows[row] for number, kind in seen.kinds().of(pid).items()
             if number > 2}
    assert always <= found <= {kind.strip("()") for kind in said}


class LogIn:
    """Has boxes looked up."""

    def __init__(self, seen, stack):
        self._seen = seen
        self._stack = stack
        self._last = None

    def again(self):
        if self._last is None or self._last.poll() is not None:
            self._last = self._stack.enter_context(self._seen.client.start("true"))
            self._stack.callback(self._last.kill)


class Scrape:
    """Asks for metrics, slowly."""

    def __init__(self, seen, stack):
        address = seen.gateway.settings["ZOMG_SSH_METRICS_LISTEN"].split(":")
        self._connect = lambda: stack.enter_context(socket.create_connection(address, timeout=10))
        self._socket = None

    def again(self):
        self._socket = self._socket or self._connect()


class Wait:
    """What it takes comes by itself: the server of keys accepts, and does not answer."""

    def __init__(self, *_):
        pass

    def again(self):
        pass


OCCASIONS = {"resolver": LogIn, "kubernetes": LogIn, "metrics": Scrape, "keyring": Wait}


@pytest.mark.parametrize("row, kind", [
    (row, kind.strip("()")) for row, cells in REACH.items()
    for kind in cells["other descriptors"].split(", ") if kind.startswith("(")])
def test_descriptors_of_a_while(seen, row, kind):
    with contextlib.ExitStack() as stack:
        occasion = OCCASIONS[row](seen, stack)
        kinds = seen.kinds()

        def is_there():
            occasion.again()
            return any(kind in kinds.of(pid).values() for pid in seen.rows[row])
        waiting.until(is_there, 60, f"{row} has a {kind}", interval=0)


@pytest.mark.parametrize("row", REACH)
def test_limits(seen, row):
    """Those of the cell, and no other is lower than those that the gateway was started with."""
    for pid in seen.rows[row]:
        found = process_facts.limits(pid)
        if REACH[row]["limits"] == "box's":
            assert found == process_facts.limits(seen.first)
            continue
        wanted = limits_of(REACH[row]["limits"])
        for name, (soft, hard) in found.items():
            started_with = process_facts.limits("self")[name][1]
            most = started_with if started_with != resource.RLIM_INFINITY else 1 << 64
            if name not in wanted:
                assert hard == started_with, name
            elif wanted[name][1] is None:
                assert (soft, hard) == (wanted[name][0], started_with), name
            else:
                assert soft == hard == min(wanted[name][0], most), name


def test_no_directory_leads_out(seen):
    """From none that a process keeps open, the supervisor's and the monitor's too, `..` goes anywhere: one
    of the host's would lead past its empty root to every file. Those that prepare to enter a box are in the
    gateway's root still."""
    assert {(row, where): ways for row, pids in seen.rows.items()
            if row not in ("sessiond, waiting", "sessiond, entering", "sessiond, forking")
            for pid in pids
            for where, ways in descriptors.ways_out(pid).items()} == {}


def test_all_are_closed_to_their_own_account(seen):
    """Non-dumpable: what /proc shows of them is root's. The user's program and kubectl are not ours."""
    theirs = seen.rows["user's program"] + seen.rows["kubectl"]
    assert [row for row, pids in seen.rows.items() for pid in pids
            if pid not in theirs and os.stat(f"/proc/{pid}/mem").st_uid != 0] == []


