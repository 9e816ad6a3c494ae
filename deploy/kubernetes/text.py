"""The files of base/ as text, comments and all, and changes of such text that must fit."""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent
BASE = HERE / "base"


def read(name):
    return (BASE / name).read_text(encoding="utf-8")


def resources():
    """The files that base/kustomization.yaml lists, in its order."""
    lines = read("kustomization.yaml").splitlines()
    return [line.removeprefix("  - ") for line in lines if line.startswith("  - ")]


def replaced(text, old, new, times=1):
    """`text` with `old`, which is there so many times and no other, replaced."""
    found = text.count(old)
    if found != times:
        raise ValueError(f"{found} times, not {times}, in base/: {old!r}")
    return text.replace(old, new)
