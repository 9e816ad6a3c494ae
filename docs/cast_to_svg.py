#!/usr/bin/python3
"""Draws the last screen of an asciicast (version 2) as an SVG:  cast_to_svg.py CAST SVG

Needs Debian's python3-pyte."""

import json
import sys
import xml.sax.saxutils

import pyte

CELL_WIDTH, CELL_HEIGHT, MARGIN, BAR = 8.4, 18, 14, 28
COLOURS = {"black": "#3b4252", "red": "#e06c75", "green": "#98c379", "brown": "#e5c07b",
           "blue": "#61afef", "magenta": "#c678dd", "cyan": "#56b6c2", "white": "#dcdfe4"}
TEXT, PAPER = "#dcdfe4", "#1e222a"


def last_screen(cast):
    """The screen after all of the recording's output."""
    with open(cast, encoding="utf-8") as file:
        header = json.loads(file.readline())
        screen = pyte.Screen(header["width"], header["height"])
        stream = pyte.Stream(screen)
        for line in file:
            _, code, data = json.loads(line)
            if code == "o":
                stream.feed(data)
            elif code == "r":
                columns, rows = map(int, data.split("x"))
                screen.resize(rows, columns)
    return screen


def colour(name, default):
    if name == "default":
        return default
    return COLOURS.get(name.removeprefix("bright"), f"#{name}" if len(name) == 6 else default)


def runs(row, columns):
    """Neighbouring cells that look alike: where they begin, their style, their text."""
    begin, style, text = 0, None, ""
    for column in range(columns):
        cell = row[column]
        mine = (colour(cell.fg, TEXT), cell.bold)
        if mine != style and text:
            yield begin, style, text
            begin, text = column, ""
        style = mine
        text += cell.data
    if text.strip():
        yield begin, style, text


def draw(screen, title):
    used = [number for number in range(screen.lines) if any(
        screen.buffer[number][column].data.strip() for column in range(screen.columns))]
    rows = max(used, default=0) + 1
    width = round(screen.columns * CELL_WIDTH + 2 * MARGIN)
    height = rows * CELL_HEIGHT + 2 * MARGIN + BAR
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
             f'height="{height}" role="img">',
             f"<title>{xml.sax.saxutils.escape(title)}</title>",
             f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>']
    lines += [f'<circle cx="{18 + 18 * i}" cy="16" r="5.5" fill="{fill}"/>'
              for i, fill in enumerate(("#e06c75", "#e5c07b", "#98c379"))]
    lines.append('<g font-family="ui-monospace, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" '
                 'font-size="14" xml:space="preserve">')
    for number in range(rows):
        base = BAR + MARGIN + number * CELL_HEIGHT + 13
        for begin, (fill, bold), text in runs(screen.buffer[number], screen.columns):
            # Blanks at its ends are told by where it stands: not every viewer keeps them.
            begin += len(text) - len(text.lstrip())
            text = text.strip()
            if not text:
                continue
            weight = ' font-weight="bold"' if bold else ""
            lines.append(f'<text x="{MARGIN + begin * CELL_WIDTH:.1f}" y="{base}" fill="{fill}"{weight} '
                         f'textLength="{len(text) * CELL_WIDTH:.1f}">'
                         f"{xml.sax.saxutils.escape(text)}</text>")
    return "\n".join([*lines, "</g>", "</svg>", ""])


def convert(cast, svg, title):
    with open(svg, "w", encoding="utf-8") as file:
        file.write(draw(last_screen(cast), title))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    convert(sys.argv[1], sys.argv[2], "A terminal")
