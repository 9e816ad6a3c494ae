"""What users and operators are told is in one table, and each row of it is met in some test."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Brought about only by a gateway, a runtime or an API server that is broken in a way of its own, of which
# the unit test of the table has these alone; or by a box that races with it, as in tests/race.
BROKEN = {"kLookupFailed", "kLookupTimedOut", "kNotAContainer", "kGatewayFailed", "kNoTerminal",
          "kBackendFailed", "kKubernetesBusy", "kNotConfined", "kBoxChanged"}


def table():
    source = (ROOT / "common/base/failure.cc").read_text(encoding="utf-8")
    for row in re.finditer(r'\{Failure::(\w+), \d+,\s*((?:"[^"]*",?\s*)+)\}', source):
        yield row[1], " ".join("".join(re.findall(r'"([^"]*)"(?!,)|"([^"]*)",', row[2])[i])
                               for i in range(len(re.findall(r'"[^"]*"', row[2]))))


def tracked(*patterns):
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT,
                           check=True, text=True, stdout=subprocess.PIPE).stdout.split()
    return [ROOT / name for name in names]


def test_each_message_is_met_by_a_user_of_a_test():
    quoted = set()
    for path in tracked("tests/e2e/*.py", "tests/cluster/*.py"):
        quoted |= set(re.findall(r'"([^"\n]{8,})"', path.read_text(encoding="utf-8")))
    rows = dict(table())
    assert len(rows) > 30
    parts = {part.lower() for words in quoted for part in re.split(r"[|]|\\\.|\.\*|: ", words)
             if len(part) >= 8}
    missing = [code for code, text in rows.items() if code not in {"kNone", *BROKEN} and
               not any(part in text.lower() for part in parts)]
    assert not missing


def test_what_came_by_ipc_is_quoted_in_the_log():
    """Others chose it: common::quoted() keeps it from passing for more of the line."""
    calls = re.compile(r"(?:log::\w+|\berror|errno_error)\((?:[^;]|\n)*?\);")
    quoted = re.compile(r"quoted\((?:[^()]|\([^()]*\))*\)")
    wrong = []
    for path in tracked("common/*.cc", "listener/*.cc", "monitor/*.cc", "sessiond/*.cc"):
        for call in calls.findall(path.read_text(encoding="utf-8")):
            if re.search(r"\.value\b(?!\(|\.size)", quoted.sub("", call)):
                wrong.append(f"{path.name}: {call}")
    assert wrong == []
