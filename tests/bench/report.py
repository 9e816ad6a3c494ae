"""A run's figures as text, as tables for README.md, and as a chart."""

import math
from xml.sax.saxutils import escape

from figure import SERVERS

REACHED = {True: "yes", False: "**no**", None: ""}


def _number(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _wanted(figure):
    if figure.wanted is None:
        return ""
    return f"{'≥' if figure.higher_is_better else '≤'} {figure.wanted:g}"


def row(figure):
    ours, other = (f"{_number(figure.value(side))} {figure.unit}" for side in figure.sides)
    return (f"| {figure.name} | {ours} | {other} | {figure.ratio:.2f} | {_wanted(figure)} | "
            f"{REACHED[figure.reached]} |")


def about(facts):
    return (f"{facts['date']}, {facts['cores']} cores of {facts['cpu']}, Linux {facts['kernel']}, "
            f"client {facts['client'].split(',')[0]}")


def _rows(title, columns, figures):
    return [f"| {title} | {columns[0]} | {columns[1]} | ratio | wanted | reached |",
            "|---|---|---|---|---|---|", *map(row, figures), ""]


def table(figures, facts):
    """Of the figures beside sshd, and then of those beside ourselves under another load."""
    beside = [figure for figure in figures if figure.sides == SERVERS]
    own = [figure for figure in figures if figure.sides != SERVERS]
    lines = []
    if beside:
        lines += _rows("beside sshd, medians", SERVERS, beside)
    if own:
        lines += _rows("the gateway alone, medians", ("the first", "the second"), own)
    quick = "; a quick run with small sizes" if facts["quick"] else ""
    note = f" {facts['note']}" if facts["note"] else ""
    return "\n".join([*lines, f"Measured by `tests/bench.sh`: {about(facts)}, gateway "
                      f"{facts['commit']}{quick}.{note}", ""])


def replace_block(text, block):
    """README's text with `block` as what is generated."""
    begin = "<!-- begin generated: figures (tests/bench.sh --record) -->\n"
    end = "<!-- end generated -->\n"
    before, found, rest = text.partition(begin)
    _, also_found, after = rest.partition(end)
    if not found or not also_found:
        raise ValueError("no generated block")
    return f"{before}{begin}\n{block}\n{end}{after}"


def chart(figures, facts):
    """How many times better than sshd, on a logarithmic scale, as SVG."""
    figures = [figure for figure in figures if figure.sides == SERVERS]
    height, left, right, top = 20, 330, 90, 50
    span = max([1.0, *(abs(math.log2(figure.gain)) for figure in figures)])
    width = 460
    middle = left + width / 2
    total = top + height * len(figures) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + right}" height="{total}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{middle}" y="18" text-anchor="middle" font-weight="bold">'
        'times better than sshd (log scale; right of the line: the gateway is ahead)</text>',
        f'<text x="{middle}" y="36" text-anchor="middle" fill="#555">{escape(about(facts))}</text>',
    ]
    for index, figure in enumerate(figures):
        y = top + index * height
        length = math.log2(figure.gain) / span * width / 2
        ahead = figure.gain >= 1
        parts.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">'
                     f'{escape(figure.name)}</text>')
        parts.append(f'<rect x="{min(middle, middle + length):.1f}" y="{y + 3}" '
                     f'width="{abs(length):.1f}" height="{height - 6}" '
                     f'fill="{"#2a7" if ahead else "#c54"}"/>')
        # Beside the bar, where there is room for it.
        parts.append(f'<text x="{middle + max(length, 0) + 5:.1f}" y="{y + 14}">'
                     f'{figure.gain:.2f}</text>')
    parts.append(f'<line x1="{middle}" y1="{top}" x2="{middle}" y2="{total - 16}" stroke="#333"/>')
    parts.append("</svg>")
    return "\n".join(parts) + "\n"
