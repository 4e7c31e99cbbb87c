"""Whatever is shown, the lean writer leaves the terminal as Textual's own output would: every cell, styles included."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from lean_emulator import Emulator, difference
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from dyntui.tui.lean.pens import pens
from dyntui.tui.lean.private import pieces
from dyntui.tui.lean.writer import Writer

WIDTH, HEIGHT = 40, 12
PICTURES = ["日", "한", "，", "✅", "👍🏽", "👨‍👩‍👧", "❤️", "1️⃣", "🇬🇧", "e\u0301", "ф", "│", "─", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "각"]
TEXTS = st.one_of(
    st.text("ab .:", min_size=1, max_size=20),
    st.integers(1, 30).map(lambda size: " " * size),
    st.lists(st.sampled_from([*PICTURES, "x", " "]), min_size=1, max_size=8).map("".join),
)
COLOURS = st.sampled_from(["default", "red", "bright_blue", "color(123)", "#1e1e1e", "#e0e0e0"])
ATTRIBUTES = ["bold", "dim", "italic", "underline", "blink", "reverse", "strike", "underline2", "overline", "conceal"]


@st.composite
def styles(draw: Callable[..., object]) -> dict[str, object]:
    chosen = dict.fromkeys(draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=2)), True)
    for ground in ("color", "bgcolor"):
        if draw(st.booleans()):
            chosen[ground] = draw(COLOURS)
    if draw(st.integers(0, 9)) == 0:
        chosen["link"] = "https://example.com/a"
    return chosen


PALETTE = st.lists(styles(), min_size=1, max_size=4)
STROKE = st.tuples(st.just("draw"), st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), TEXTS, st.integers(0, 3))
SCROLL = st.tuples(st.just("scroll"), st.integers(0, 4), st.integers(5, HEIGHT), st.integers(-3, 3), st.integers(0, 3))
STEPS = st.lists(st.lists(st.one_of(STROKE, SCROLL), min_size=1, max_size=8), min_size=1, max_size=6)


class Both:
    """Two terminals shown the same: one by Textual's own rendering, one by the lean writer."""

    def __init__(self, colours: ColorSystem = ColorSystem.TRUECOLOR, *, fills: bool = True) -> None:
        self.stock = Emulator(WIDTH, HEIGHT)
        self.lean = Emulator(WIDTH, HEIGHT)
        self.writer = Writer(WIDTH, HEIGHT, pens(colours), fills=fills)
        self.console = Console(color_system=None, force_terminal=True)
        self.console._color_system = colours
        self.sent = ""
        self.cursor = (0, 0)
        self.send()

    def draw(self, y: int, x: int, segments: list[Segment]) -> None:
        strip = Strip(segments)
        strip = strip.crop(0, min(strip.cell_length, WIDTH - x))
        update = LayoutUpdate([[strip]], Region(x, y, strip.cell_length, 1))
        self.stock.feed(update.render_segments(self.console))
        for part in pieces(update):
            self.writer.put(*part)

    def send(self) -> str:
        self.sent = self.writer.frame(self.cursor)
        self.lean.feed(self.sent)
        return self.sent

    def check(self) -> None:
        assert not difference(self.stock, self.lean)


def perform(both: Both, palette: list[dict[str, object]], lines: list[list[Segment]], step: tuple) -> None:
    """Draw, or show again what was drawn some lines up or down."""
    kind, first, second, third, colour = step
    style = Style(**palette[colour % len(palette)])
    if kind == "draw":
        both.draw(first, second, [Segment(third, style)])
        return
    for place, y in enumerate(range(first, second)):
        text = lines[(place + third) % len(lines)]
        both.draw(y, 0, [Segment(text.ljust(WIDTH), style)])


@given(
    PALETTE, STEPS, st.lists(st.text("abcdefgh ", min_size=1, max_size=WIDTH), min_size=12, max_size=12), st.booleans()
)
@settings(max_examples=150, deadline=None)
def test_after_every_frame_all_cells_are_as_with_textuals_own_output(palette, steps, lines, fills):
    both = Both(fills=fills)
    for step in steps:
        for one in step:
            perform(both, palette, lines, one)
        both.send()
        both.check()
        assert both.send() == "", "what is shown already is not sent again"
