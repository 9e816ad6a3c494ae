"""What comes from outside is fuzzed."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUZZ = ROOT / "tests" / "fuzz"


def messages():
    """The names of all messages of all channels."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "common/messages").glob("*.h")]
    return {name for text in texts
            for name in re.findall(r"^struct (\w+) \{\n  static constexpr auto kType", text, re.M)}


def test_every_message_is_decoded_from_hostile_bytes():
    fuzzed = set(re.findall(r"\w+", (FUZZ / "ipc_message_fuzz.cc").read_text(encoding="utf-8")))
    assert len(messages()) > 40
    assert messages() - fuzzed == set()


def test_every_target_is_built_and_has_a_corpus():
    targets = {path.stem for path in FUZZ.glob("*_fuzz.cc")}
    built = re.findall(r"^zomg_fuzz_target\((\w+)", (FUZZ / "CMakeLists.txt").read_text("utf-8"), re.M)
    assert set(built) == targets
    assert [name for name in targets
            if not any((FUZZ / "corpus" / name.removesuffix("_fuzz")).iterdir())] == []
