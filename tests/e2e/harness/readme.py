"""The commands that README tells its readers to type."""

import re

from harness import paths


def commands(heading):
    """Those of the first block below a heading, one each, in its own line."""
    text = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#)", text, re.M | re.S)
    assert section, f"README has no heading `{heading}`"
    block = re.search(r"^```\n(.*?)^```$", section[1], re.M | re.S)
    assert block, f"there are no commands below `{heading}`"
    found = []
    for line in block[1].replace("\\\n", " ").splitlines():
        command = re.sub(r"\s+# .*$", "", line).strip()
        if command:
            found.append(command)
    return found
