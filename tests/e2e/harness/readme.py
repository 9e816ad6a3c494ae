"""The commands that docs/deploy.md tells its readers to type."""

import re

from harness import paths


def section(heading):
    """What is below a heading, up to the next one."""
    text = (paths.ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ [A-Z]|\Z)", text, re.M | re.S)
    assert found, f"docs/deploy.md has no heading `{heading}`"
    return found[1]


def blocks(heading):
    """The blocks of code below a heading."""
    return re.findall(r"^```\n(.*?)^```$", section(heading), re.M | re.S)


def inline_command(heading, words):
    """The one command within a sentence that has these words."""
    [found] = [code for code in re.findall(r"(?<!`)`([^`]+)`(?!`)", section(heading)) if words in code]
    return found


def commands(heading):
    """Those of the first block below a heading, one each, in its own line."""
    found = []
    for line in blocks(heading)[0].replace("\\\n", " ").splitlines():
        command = re.sub(r"\s+# .*$", "", line).strip()
        if command:
            found.append(command)
    return found
