"""OpenSSH's own regression tests, those of openssh_regress/MANIFEST.md that are to be run, against the
gateway. Those that are `long` there are run where ZOMG_TEST_LONG is set."""

import concurrent.futures
import os
import re
import subprocess
import tempfile

import pytest

from harness import regress

MANIFEST = (regress.OURS / "MANIFEST.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([\w-]+) \| (run|long|no) \| (.*) \|$", MANIFEST, re.M)
TO_RUN = ("run", "long") if os.environ.get("ZOMG_TEST_LONG") else ("run",)
# Each script that is to be run, with the failures that it is to have, and how often each.
SCRIPTS = {name: {message: int(count) for message, count in re.findall(r"`([^`]*)` ×(\d+)", note)}
           for name, verdict, note in ROWS if verdict in TO_RUN}
# The scripts sleep more than they work.
AT_ONCE = 8
SECONDS = 600


def test_the_manifest_is_complete():
    assert sorted(name for name, _, _ in ROWS) == regress.scripts()


def test_what_is_not_run_has_a_reason():
    assert [name for name, verdict, note in ROWS if verdict == "no" and len(note) < 10] == []


def algorithms(client):
    """What the gateway says that it speaks, and the types of keys that log in."""
    shown = client.ssh("true", flags=["-vv"]).ok().errors
    offer = shown[shown.index("peer server KEXINIT proposal"):]
    lists = re.findall(r"debug2: (?:KEX algorithms|ciphers ctos|MACs ctos): (\S+)", offer)[:3]
    return [*",".join(lists).split(","), "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com"]


@pytest.fixture(scope="module", name="runs")
def runs_of_all(request, node, client):
    """Starts all that is wanted; for each script, the promise of its Run."""
    wanted = [item.callspec.params["script"] for item in request.session.items
              if item.function is test_script]
    with tempfile.TemporaryDirectory(prefix="zr", dir="/var/tmp") as directory, \
            node.box("openssh", "regress", mounts=((directory, f"/volumes{directory}", False),)
                     ) as box, regress.Network() as network, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        subprocess.run(["chmod", "711", directory], check=True)
        tests = regress.Regress(directory, node, box.login, network, algorithms(client))
        yield {script: pool.submit(tests.run, script, 4000 + 10 * number, SECONDS)
               for number, script in enumerate(wanted)}


@pytest.mark.slow
@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_script(runs, script):
    run = runs[script].result()
    print(run.output[-6000:])
    assert run.failures == SCRIPTS[script]
    if not run.failures:
        assert run.status == 0 and re.search(r"^ok ", run.output, re.M)
