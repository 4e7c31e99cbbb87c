"""Draw the screens of a recorded terminal as one animated SVG, without a script or a font of its own.

Each different line is drawn one time; a screen places its lines, and CSS shows one screen after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

__all__ = ["Frame", "animated_svg"]

CELL_WIDTH, LINE_HEIGHT, FONT_SIZE = 8.4, 17, 14
MARGIN, TITLE_HEIGHT = 10, 34
FOREGROUND, BACKGROUND, TITLE_BACKGROUND = "#e0e0e0", "#121212", "#1e1e1e"
NAMED_COLORS = {
    "black": "#000000",
    "red": "#cc5555",
    "green": "#6a9955",
    "brown": "#d7a65f",
    "blue": "#5c8ddb",
    "magenta": "#b877db",
    "cyan": "#4fb3bf",
    "white": "#d0d0d0",
}
_DIM = "2"
_DIM_SHARE = 0.65


class Frame(NamedTuple):
    """One screen."""

    time_s: float
    """When it is shown, in seconds from the start."""
    caption: str
    """The text above the screen."""
    cells: list[list[Any]]
    """The cells of each line, as the emulator of the tests has them."""


class _Style(NamedTuple):
    foreground: str
    background: str
    bold: bool
    italic: bool
    underline: bool


def _color(name: str, default: str) -> str:
    if name == "default":
        return default
    return NAMED_COLORS.get(name.removeprefix("bright"), f"#{name}")


def _style(cell: Any) -> _Style:
    name, *extra = cell.fg.split("+")
    foreground, background = _color(name, FOREGROUND), _color(cell.bg.split("|")[0], BACKGROUND)
    if cell.reverse:
        foreground, background = background, foreground
    if _DIM in extra:
        foreground = _mix(foreground, background)
    return _Style(foreground, background, cell.bold, cell.italics, cell.underscore)


def _mix(color: str, background: str) -> str:
    """Return a color that is dimmed towards the background."""
    pairs = zip(bytes.fromhex(color[1:]), bytes.fromhex(background[1:]), strict=True)
    return "#" + "".join(f"{round(_DIM_SHARE * front + (1 - _DIM_SHARE) * back):02x}" for front, back in pairs)


def _words(cells: list[Any]) -> Iterator[tuple[int, int, str]]:
    """Yield the texts between gaps of two blanks or more: first column, number of columns, and text."""
    start = end = 0
    for column, cell in enumerate([*(cell.data for cell in cells), " ", " "]):
        if cell != " ":
            end = column + 1
        elif column > end and end > start:
            # Blanks that every viewer keeps.
            yield start, end - start, "".join(each.data for each in cells[start:end]).replace(" ", "\N{NO-BREAK SPACE}")
            start = end
        if end <= start and cell == " ":
            start = end = column + 1


def _draw_line(cells: list[Any]) -> str:
    """Return the elements of one line; "" for a blank one."""
    parts: list[str] = []
    column = 0
    for style, cells_of_style in groupby(cells, _style):
        run = list(cells_of_style)
        if style.background != BACKGROUND:
            x, width = round(column * CELL_WIDTH, 1), round(len(run) * CELL_WIDTH, 1)
            parts.append(f'<rect x="{x}" width="{width}" height="{LINE_HEIGHT}" fill="{style.background}"/>')
        attributes = "" if style.foreground == FOREGROUND else f' fill="{style.foreground}"'
        attributes += ' font-weight="bold"' if style.bold else ""
        attributes += ' font-style="italic"' if style.italic else ""
        attributes += ' text-decoration="underline"' if style.underline else ""
        for first, count, text in _words(run):
            x, length = round((column + first) * CELL_WIDTH, 1), round(count * CELL_WIDTH, 1)
            parts.append(f'<text x="{x}" y="13" textLength="{length}"{attributes}>{escape(text)}</text>')
        column += len(run)
    return "".join(parts)


def animated_svg(frames: list[Frame], end_s: float, title: str) -> str:
    """Return the SVG of `frames`, which starts again after `end_s` seconds."""
    columns, lines = len(frames[0].cells[0]), len(frames[0].cells)
    width = round(2 * MARGIN + columns * CELL_WIDTH)
    height = TITLE_HEIGHT + MARGIN + lines * LINE_HEIGHT
    definitions: dict[str, str] = {}
    screens: list[str] = []
    shown: list[tuple[float, str]] = []
    for frame in frames:
        uses = [f'<text x="{MARGIN + 60}" y="22" class="c" fill="#9a9a9a">{escape(frame.caption)}</text>']
        for y, cells in enumerate(frame.cells):
            if drawn := _draw_line(cells):
                name = definitions.setdefault(drawn, f"l{len(definitions)}")
                uses.append(f'<use href="#{name}" x="{MARGIN}" y="{TITLE_HEIGHT + y * LINE_HEIGHT}"/>')
        screen = "".join(uses)
        if not shown or shown[-1][1] != screen:
            shown.append((frame.time_s, screen))
    styles: list[str] = []
    for number, (start_s, screen) in enumerate(shown):
        until_s = shown[number + 1][0] if number + 1 < len(shown) else end_s
        screens.append(f'<g class="f" style="animation-name:f{number}">{screen}</g>')
        styles.append(_keyframes(f"f{number}", start_s / end_s, until_s / end_s))
    lines_drawn = "".join(f'<g id="{name}">{drawn}</g>' for drawn, name in definitions.items())
    dots = "".join(
        f'<circle cx="{MARGIN + 8 + 16 * n}" cy="17" r="5" fill="{color}"/>'
        for n, color in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'fill="{FOREGROUND}"><title>{escape(title)}</title><style>'
        f"text{{font:{FONT_SIZE}px 'DejaVu Sans Mono',Menlo,Consolas,monospace}}"
        f".c{{font:13px sans-serif}}"
        f".f{{visibility:hidden;animation:{end_s:.2f}s step-end infinite}}"
        f"{''.join(styles)}"
        "@media (prefers-reduced-motion:reduce){.f{animation:none}.f:first-of-type{visibility:visible}}</style>"
        f"<defs>{lines_drawn}</defs>"
        f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>'
        f'<path d="M0 8a8 8 0 0 1 8-8h{width - 16}a8 8 0 0 1 8 8v{TITLE_HEIGHT - 12}H0z" fill="{TITLE_BACKGROUND}"/>'
        f"{dots}{''.join(screens)}</svg>\n"
    )


def _keyframes(name: str, start: float, end: float) -> str:
    """Return the keyframes of a screen that is visible from `start` to `end`, as parts of the whole."""
    hidden, visible = "visibility:hidden", "visibility:visible"
    first = f"0%{{{hidden}}}" if start else ""
    last = f"{100 * end:.3f}%{{{hidden}}}" if end < 1 else ""
    return f"@keyframes {name}{{{first}{100 * start:.3f}%{{{visible}}}{last}to{{{visible if end >= 1 else hidden}}}}}"
