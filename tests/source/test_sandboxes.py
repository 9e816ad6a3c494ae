"""What every sandbox has beside its filter."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ["common/program", "listener", "monitor", "sessiond"]
# Sessiond's supervisor, which signals the members of its session.
WITHOUT_A_SCOPE = {"sessiond/entry/supervisor.cc"}
FILTERED = re.compile(r"allow_only\(|PreparedFilter::make\(")
SCOPED = re.compile(r"sandbox::scope_signals\(")


def test_who_loads_a_filter_takes_a_scope_for_signals():
    filtered = {path.relative_to(ROOT).as_posix(): text for program in PROGRAMS
                for path in (ROOT / program).rglob("*.cc")
                if FILTERED.search(text := path.read_text(encoding="utf-8"))}
    assert filtered
    assert {name for name, text in filtered.items() if not SCOPED.search(text)} == WITHOUT_A_SCOPE
