"""The monitor holds the capabilities that docs/design/processes.md says, and a gateway needs no others."""

import pathlib
import re

import pytest

from harness import keys, paths, processes
from harness.gateway import Gateway

TABLE = re.findall(r"^\| CAP_([A-Z_]+) \| ([a-z, ]+) \|",
                   (paths.ROOT / "docs/design/processes.md").read_text(encoding="utf-8"), re.M)
EFFECTIVE = {name for name, where in TABLE if where == "permitted, effective"}
PERMITTED = {name for name, where in TABLE if where.startswith("permitted")}
NUMBERS = {name: int(number) for name, number in re.findall(
    r"^#define CAP_([A-Z_]+)\s+(\d+)$",
    pathlib.Path("/usr/include/linux/capability.h").read_text(encoding="utf-8"), re.M)}
# What containerd gives a container that asks for nothing.
OF_A_BOX = {"CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID",
            "SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"}


def names(mask):
    """Of the capabilities in a line of /proc/PID/status."""
    return {name for name, number in NUMBERS.items() if int(mask, 16) >> number & 1}


@pytest.fixture(name="narrow")
def narrow_gateway(tmp_path, node, user_key):
    """Started with what the table names, and what the box has."""
    wanted = sorted({name for name, _ in TABLE} | OF_A_BOX)
    bounds = "-all," + ",".join(f"+{name.lower()}" for name in wanted)
    program = tmp_path / "gateway"
    program.write_text(f"#!/bin/sh\nexec setpriv --bounding-set '{bounds}' '{paths.GATEWAY}'\n",
                       encoding="ascii")
    program.chmod(0o755)
    tmp_path.chmod(0o711)
    with Gateway(tmp_path / "own-gateway", node, keys.public_half(user_key),
                 program=program) as running:
        yield running, set(wanted)


def test_the_table_is_there():
    assert len(TABLE) > 3 and EFFECTIVE


def test_held_by_the_monitor(gateway):
    seen = processes.status(gateway.pid)
    assert (names(seen["CapPrm"]), names(seen["CapEff"])) == (PERMITTED, EFFECTIVE)
    assert names(seen["CapInh"]) == names(seen["CapAmb"]) == set()


def test_the_bounding_set_suffices(narrow, box, connect):
    gateway, wanted = narrow
    assert names(processes.status(gateway.pid)["CapBnd"]) == wanted
    client = connect(gateway, box.login)
    assert client.ssh("exit 9").status == 9
    assert names(re.search(r"CapBnd:\s*(\w+)", client.sh("cat /proc/self/status"))[1]) == OF_A_BOX


def test_a_box_that_has_more_is_left_to_another_way(narrow, node, connect):
    """To kubectl, where there is one: the user's streams are not in use yet."""
    gateway, _ = narrow
    for flags in ([], ["-tt"]):
        with node.box("more", "capabilities", add_capabilities=["NET_ADMIN"]) as box:
            mark = gateway.log_size()
            assert connect(gateway, box.login).ssh("true", flags=flags).status == 255
            gateway.wait_for_log("more--capabilities was not entered: ", since=mark)
