"""The documents: short where somebody begins to read, and no link leads nowhere."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
                       cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout.split()
LINK = re.compile(r"\]\(([^)\s]+)\)")
MOST_LINES = {"README.md": 120, "ARCHITECTURE.md": 250, "docs/privsep.md": 140}


def without_code(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def anchors(path):
    """As GitHub makes them of the headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.+)$", without_code(path.read_text(encoding="utf-8")), re.M)}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    here = ROOT / page
    for link in LINK.findall(without_code(here.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = here.parent / name if name else here
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", MOST_LINES)
def test_a_first_page_is_short(page):
    assert (ROOT / page).read_text(encoding="utf-8").count("\n") <= MOST_LINES[page]


def test_each_page_can_be_reached_from_readme():
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for link in LINK.findall(without_code((ROOT / page).read_text(encoding="utf-8"))):
            target = (ROOT / page).parent / link.partition("#")[0]
            if not re.match(r"[a-z]+:", link) and target.suffix == ".md":
                name = target.resolve().relative_to(ROOT).as_posix()
                waiting += {name} - reached
    assert [page for page in PAGES if page.startswith("docs/") and page not in reached] == []
