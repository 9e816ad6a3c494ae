"""The commands that docs/deploy.md tells its readers to type."""

import re

from harness import paths


def blocks(heading):
    """The blocks of code below a heading, up to the next one."""
    text = (paths.ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ [A-Z]|\Z)", text, re.M | re.S)
    assert section, f"docs/deploy.md has no heading `{heading}`"
    return re.findall(r"^```\n(.*?)^```$", section[1], re.M | re.S)


def commands(heading):
    """Those of the first block below a heading, one each, in its own line."""
    found = []
    for line in blocks(heading)[0].replace("\\\n", " ").splitlines():
        command = re.sub(r"\s+# .*$", "", line).strip()
        if command:
            found.append(command)
    return found
