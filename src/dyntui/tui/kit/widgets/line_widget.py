"""A widget of styled lines of which only changed ones are painted: the base of header, footer, lists and trees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from dyntui.tui.kit.control_character_filter import replace_controls
from dyntui.tui.kit.plain.plain_text import plain_text
from dyntui.tui.kit.widgets.cells import width_of

__all__ = ["LINE_STYLES", "LineWidget", "Piece", "highlight_words"]

Piece = tuple[str, str]
"""Text and the name of its style, one of LINE_STYLES; "" is the style of the line."""

LINE_STYLES: Mapping[str, tuple[str, str, str]] = {
    "head": ("dim-text", "", "bold"),
    "cursor": ("foreground", "cursor", "bold"),
    "cursor-blurred": ("", "cursor-blurred", ""),
    "marked": ("", "marked", "bold"),
    "plain": ("foreground", "", ""),
    "dim": ("dim-text", "", ""),
    "strong": ("foreground", "", "bold"),
    "accent": ("accent", "", ""),
    "good": ("success", "", ""),
    "warn": ("warning", "", ""),
    "bad": ("error", "", ""),
    "read": ("read", "", ""),
    "live": ("live-word", "", "bold"),
    "number": ("number", "", ""),
    "constant": ("constant", "", ""),
    "kind": ("", "", "bold"),
    "match": ("", "", "bold underline"),
}
"""The styles of pieces and lines: the variables of the theme for text and background, and how the text looks; "" leaves
each as it is. They are not component classes, which Textual computes anew whenever a screen opens."""

_PLAIN_ON_BASE = frozenset({"head", "plain", "dim", "strong", "kind"})
"""Styles that take the style of the cursor line or of a marked line, which is one segment then. The others keep their
color: they have a meaning."""


_LineState = tuple[int, str, tuple[Piece, ...]]
"""A line as it is painted: width, base style and pieces."""


def highlight_words(text: str, words: str, style: str) -> list[Piece]:
    """Return `text` in pieces of a style, in which every one of `words` has the style `match`."""
    if not words.strip():
        return [(text, style)]
    parts = _pattern_of(words).split(text)
    return [(part, "match" if place % 2 else style) for place, part in enumerate(parts) if part]


@lru_cache(maxsize=16)
def _pattern_of(words: str) -> re.Pattern[str]:
    """Return a pattern that finds the words in upper or lower case, the longest first."""
    longest_first = sorted(words.split(), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})", re.IGNORECASE)


class LineWidget(Widget):
    """A widget that defines each of its lines in `line`; only changed lines are painted."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: dict[int, _LineState] = {}
        self._strips: dict[_LineState, Strip] = {}
        self._styles: dict[tuple[str, str], Style] = {}

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        """Return the pieces of line `y` and its base style: "", `cursor`, `cursor-blurred` or `marked`."""
        raise NotImplementedError

    def accessible_lines(self) -> Sequence[str]:
        """Return the text of the widget for plain mode. Lines that were not there before are announced."""
        width, height = self.size
        lines = ("".join(text for text, _ in self.line(y, width)[0]) for y in range(height))
        return [text for line in lines if (text := plain_text(line))]

    def accessible_details(self) -> Sequence[str]:
        """Return more text for plain mode, which is announced only on request."""
        return ()

    def render_line(self, y: int) -> Strip:
        state = self._shown[y] = self._line_state(y, self.size.width)
        strip = self._strips.get(state)
        if strip is None:
            if len(self._strips) > 4 * self.size.height:
                self._strips.clear()
            strip = self._strips[state] = self._strip(state)
        return strip

    def repaint(self, lines: Iterable[int] | None = None) -> None:
        """Paint the lines that changed. lines: the only ones that may have changed; all by default."""
        if not self.is_attached or not (size := self.size):
            return
        width, height = size
        candidates = range(height) if lines is None else (y for y in lines if 0 <= y < height)
        dirty = [y for y in candidates if self._shown.get(y) != self._line_state(y, width)]
        if dirty:
            self.refresh(*(Region(0, y, width, 1) for y in dirty))

    def count_lines(self, width: int) -> int:
        """Return the height that a widget with as many lines as it needs has at a width."""
        return self.size.height

    def repaint_lines(self) -> None:
        """Paint the lines that changed, after their number may have changed too."""
        if self.size and self.count_lines(self.size.width) != self.size.height:
            self.refresh(layout=True)
        self.repaint()

    def label_at(self, x: int, y: int) -> str:
        """Return the key at a place in a line of keys and their titles: the bold piece before it; "" for none."""
        pieces, _ = self.line(y, self.size.width)
        key = ""
        for text, style in pieces:
            key = text.strip() if style == "strong" else key if style == "dim" else ""
            if x < (used := width_of(text)):
                return key if x < width_of(text.rstrip()) and text.strip() != "…" else ""
            x -= used
        return ""

    def notify_style_update(self) -> None:
        self._styles.clear()
        self._strips.clear()
        super().notify_style_update()

    def _line_state(self, y: int, width: int) -> _LineState:
        pieces, base = self.line(y, width)
        return width, base, tuple(pieces)

    def _strip(self, state: _LineState) -> Strip:
        width, base, pieces = state
        segments: list[Segment] = []
        for text, name in pieces:
            if not text:
                continue
            style = self._style(base, name)
            if segments and segments[-1].style == style:
                segments[-1] = Segment(segments[-1].text + replace_controls(text), style)
            else:
                segments.append(Segment(replace_controls(text), style))
        # Fewer segments: each one costs forty bytes on every painted line.
        return Strip(segments).adjust_cell_length(width, self._style(base, "")).simplify()

    def _style(self, base: str, name: str) -> Style:
        style = self._styles.get((base, name))
        if style is None:
            style = self.rich_style
            for part in (base, "" if base and name in _PLAIN_ON_BASE else name):
                if part in LINE_STYLES:
                    style += self._theme_style(*LINE_STYLES[part])
            self._styles[base, name] = style
        return style

    def _theme_style(self, text: str, background: str, attributes: str) -> Style:
        variables = self.app.theme_variables
        color, bgcolor = (
            Color.parse(variables[name]).rich_color if name in variables else None for name in (text, background)
        )
        return Style(color=color, bgcolor=bgcolor) + Style.parse(attributes)
