"""Draws running processes as a tree, each with what the kernel says that it may do."""

import dataclasses
import os
import pathlib
import pwd
import xml.sax.saxutils

BOX_WIDTH, BOX_HEIGHT, GAP, INDENT, MARGIN = 560, 44, 12, 44, 16
ROOT, NOBODY, USER = "#f3c1c1", "#cfe8cf", "#cbdcf4"


@dataclasses.dataclass
class Process:
    """One process of ps(1)."""
    pid: int
    parent: int
    name: str
    user: str
    capabilities: int
    seccomp: bool
    empty_root: bool
    in_box: bool

    @property
    def confinement(self):
        if self.in_box:
            return "what the container has, in the box"
        words = ["no capabilities" if self.capabilities == 0
                 else f"{self.capabilities} capabilit{'y' if self.capabilities == 1 else 'ies'}"]
        if self.seccomp:
            words.append("seccomp")
        if self.empty_root:
            words.append("empty root")
        return ", ".join(words)

    @property
    def colour(self):
        if self.in_box:
            return USER
        return ROOT if self.user == "root" else NOBODY


def user_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return "a user of its own"


def look_at(pid):
    """A process as /proc shows it."""
    status = dict(line.split(":\t", 1) for line in
                  pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
                  if ":\t" in line)
    arguments = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    name = arguments[0].decode(errors="replace").rsplit("/", 1)[-1]
    root = os.listdir(f"/proc/{pid}/root/")
    # The effective user: some have a real one of their own, by which the kernel counts.
    return Process(pid, int(status["PPid"]), name, user_name(int(status["Uid"].split()[1])),
                   int(status["CapEff"], 16).bit_count(), status["Seccomp"].strip() != "0",
                   not root, not name.startswith("zomg-ssh"))


def draw(processes, title):
    """`processes` in the order of ps --forest."""
    depth = {}
    lines = []
    place = {}
    for number, one in enumerate(processes):
        depth[one.pid] = depth.get(one.parent, -1) + 1
        x = MARGIN + depth[one.pid] * INDENT
        y = MARGIN + number * (BOX_HEIGHT + GAP)
        place[one.pid] = (x, y)
        if one.parent in place:
            above_x, above_y = place[one.parent]
            lines.append(f'<path d="M{above_x + 18} {above_y + BOX_HEIGHT} V{y + BOX_HEIGHT // 2} H{x}" '
                         'fill="none" stroke="#8a8f98"/>')
        lines.append(f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" '
                     f'fill="{one.colour}" stroke="#8a8f98"/>')
        lines.append(f'<text x="{x + 12}" y="{y + 19}" font-weight="bold">'
                     f"{xml.sax.saxutils.escape(one.name)}</text>")
        lines.append(f'<text x="{x + 12}" y="{y + 36}" font-size="12">'
                     f"{xml.sax.saxutils.escape(f'{one.user}: {one.confinement}')}</text>")
    width = 2 * MARGIN + BOX_WIDTH + max(depth.values(), default=0) * INDENT
    height = 2 * MARGIN + len(processes) * (BOX_HEIGHT + GAP) - GAP
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img">',
        f"<title>{xml.sax.saxutils.escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        '<g font-family="ui-monospace, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" '
        'font-size="14" fill="#1e222a">', *lines, "</g>", "</svg>", ""])
