"""Whatever is shown, the lean writer leaves the terminal as Textual's own output would: every cell, styles included."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from tests.tui.terminal_emulator import Emulator, difference, misplaced
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from dyntui.tui.kit.terminal.cells import split_cells
from dyntui.tui.kit.terminal.frame_diff import FrameDiff
from dyntui.tui.kit.terminal.sgr import style_converter
from dyntui.tui.kit.terminal.textual_internals import drawn_pieces

WIDTH, HEIGHT = 40, 12
PICTURES = ["日", "한", "，", "✅", "👍🏽", "👨‍👩‍👧", "❤️", "1️⃣", "🇬🇧", "e\u0301", "ф", "│", "─", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "각"]
PICTURES += ["हि", "न्दी", "நி", "ক্ত", "👍🏽👩🏿", "ש", "لا", "…", "●", "▌"]
TEXTS = st.one_of(
    st.text("ab .:", min_size=1, max_size=20),
    st.integers(1, 30).map(lambda size: " " * size),
    st.lists(st.sampled_from([*PICTURES, "x", " "]), min_size=1, max_size=8).map("".join),
)
COLORS = st.sampled_from(["default", "red", "bright_blue", "color(123)", "#1e1e1e", "#e0e0e0"])
ATTRIBUTES = ["bold", "dim", "italic", "underline", "blink", "reverse", "strike", "underline2", "overline", "conceal"]
SEQUENCE = re.compile(r"\x1b\[[0-9;]*[HGCKXmrML]|\r|\x1b\]8;[^\x1b]*\x1b\\")


@st.composite
def styles(draw: Callable[..., Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = dict.fromkeys(draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=2)), True)
    for ground in ("color", "bgcolor"):
        if draw(st.booleans()):
            chosen[ground] = draw(COLORS)
    if draw(st.integers(0, 9)) == 0:
        chosen["link"] = "https://example.com/a"
    return chosen


PALETTE = st.lists(styles(), min_size=1, max_size=4)
STROKE = st.tuples(st.just("draw"), st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), TEXTS, st.integers(0, 3))
SCROLL = st.tuples(st.just("scroll"), st.integers(0, 4), st.integers(5, HEIGHT), st.integers(-3, 3), st.integers(0, 3))
STEPS = st.lists(st.lists(st.one_of(STROKE, SCROLL), min_size=1, max_size=8), min_size=1, max_size=6)
LINES = st.lists(st.text("abcdefgh ", min_size=1, max_size=WIDTH), min_size=12, max_size=12)

Steps: TypeAlias = list[list[tuple[Any, ...]]]
"""An example of `STEPS`: what is drawn or scrolled, frame by frame."""

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")


class Both:
    """Two terminals shown the same: one by Textual's own rendering, one by the lean writer."""

    def __init__(
        self, *, colors: ColorSystem = ColorSystem.TRUECOLOR, fills: bool = True, clusters: bool = True
    ) -> None:
        self.stock, self.lean = (Emulator(WIDTH, HEIGHT, fills=fills, clusters=clusters) for _ in range(2))
        self.writer = FrameDiff(WIDTH, HEIGHT, style_converter(colors), erases_with_background=fills)
        self.console = Console(color_system=None, force_terminal=True)
        self.console._color_system = colors
        self.cursor = (0, 0)
        self.send()

    def draw(self, y: int, x: int, *segments: Segment) -> None:
        strip = Strip(segments)
        x = min(x, WIDTH - strip.cell_length)  # Rich cuts emoji sequences wrongly.
        self.show(LayoutUpdate([[strip]], Region(x, y, strip.cell_length, 1)))

    def show(self, update: LayoutUpdate | ChopsUpdate) -> None:
        self.stock.feed(update.render_segments(self.console))
        parts = drawn_pieces(update)
        assert parts is not None
        for part in parts:
            self.writer.draw(*part)

    def send(self) -> str:
        sent = self.writer.next_frame(self.cursor)
        self.lean.feed(sent)
        return sent

    def check(self) -> None:
        assert not difference(self.stock, self.lean)


def perform(both: Both, palette: list[dict[str, Any]], lines: list[str], step: tuple[Any, ...]) -> None:
    """Draw something, or many lines again that were there some lines up or down."""
    kind, first, second, third, color = step
    style = Style(**palette[color % len(palette)])
    if kind == "draw":
        both.draw(first, second, Segment(third, style))
        return
    for place, y in enumerate(range(first, second)):
        both.draw(y, 0, Segment(lines[(place + third) % len(lines)].ljust(WIDTH), style))


@given(PALETTE, STEPS, LINES, st.booleans(), st.sampled_from(list(ColorSystem)[:4]))
@settings(max_examples=150, deadline=None)
def test_all_cells_of_every_frame_equal_the_output_of_textual(
    palette: list[dict[str, Any]], steps: Steps, lines: list[str], fills: bool, colors: ColorSystem
) -> None:
    both = Both(fills=fills, colors=colors)
    for step in steps:
        for one in step:
            perform(both, palette, lines, one)
        sent = both.send()
        both.check()
        assert not re.search("[\x00-\x1f\x7f-\x9f]", SEQUENCE.sub("", sent)), "nothing but what is known to be harmless"
        assert both.send() == "", "what is shown already is not sent again"


@given(STEPS, LINES)
@settings(max_examples=40, deadline=None)
def test_other_cells_are_in_place_if_emoji_have_another_width(steps: Steps, lines: list[str]) -> None:
    both, expected = Both(clusters=False), Emulator(WIDTH, HEIGHT)
    both.stock = expected
    for step in steps:
        for one in step:
            perform(both, [{}], lines, one)
        both.send()
        assert not misplaced(expected, both.lean)


@given(STEPS, LINES)
@example([[("draw", 0, 0, "ש👍🏽x", 0)]], ["a"])  # the mark of a phrase is on a letter after an emoji
@example([[("draw", 0, 37, "لاx", 0)]], ["a"] * 12)  # the mark does not fit at the right edge
@settings(max_examples=40, deadline=None)
def test_other_cells_are_in_place_if_ambiguous_characters_are_wide(steps: Steps, lines: list[str]) -> None:
    both, expected = Both(clusters=False), Emulator(WIDTH, HEIGHT)
    both.stock, both.lean = expected, Emulator(WIDTH, HEIGHT, clusters=False, wide_ambiguous=True)
    both.writer.wide_ambiguous = True
    both.writer.invalidate()
    for step in steps:
        for one in step:
            perform(both, [{}], lines, one)
        both.send()
        assert not misplaced(expected, both.lean)


def test_wide_signs_and_letters_have_replacements() -> None:
    both = Both()
    both.lean = Emulator(WIDTH, HEIGHT, wide_ambiguous=True)
    both.writer.wide_ambiguous = True
    both.writer.invalidate()
    both.draw(0, 0, Segment("● live  long…  12 │ ▌x → José Øst Иван 8"))
    both.send()
    assert unicodedata.normalize("NFC", both.lean.text).startswith("* live  long~  12 | |x > José Ost ")
    assert both.lean.text.split("\n")[0].rstrip().endswith(" 8")


@pytest.mark.parametrize("text", ["हिन्दी", "நிதி", "👍🏽👩🏿", "ক্তি👍🏽"])
def test_a_shaped_cluster_is_one_write_followed_by_a_cursor_position(text: str) -> None:
    both = Both()
    both.draw(2, 3, Segment(f"{text}9 end"))
    sent = both.send()
    assert re.search(re.escape(text) + r"\x1b\[\d+G9 end", sent)
    both.draw(2, 3, Segment(text[:-2] + "क्षि"))
    assert text[:-2] in both.send(), "whole also when only its end is another"


def test_a_right_to_left_phrase_ends_in_its_cell() -> None:
    both = Both()
    ground = Style(bold=True)
    both.draw(0, 0, Segment("דוד פרידמן 12   "), Segment("42  שלום", ground), Segment(" 7 "))
    sent = both.send()
    assert "דוד פרידמן 12\u200e" in sent and "שלום\u200e" in sent
    assert sent.count("\u200e") == 2
    both.check()


@given(st.lists(st.sampled_from(["דוד", "مريم", "12", "abc", " ", "   ", "日", "😀"]), min_size=1, max_size=9))
def test_right_to_left_text_does_not_affect_the_next_column(parts: list[str]) -> None:
    columns = split_cells("".join(parts))
    open_phrase, blanks = False, 0
    for item in [*columns, " ", " "]:
        blanks = blanks + 1 if item == " " else 0
        assert not (open_phrase and blanks == 2)
        open_phrase = (open_phrase or RIGHT_TO_LEFT.search(item) is not None) and not item.endswith("\u200e")
    assert [item.removesuffix("\u200e") for item in columns] == [
        item for part in parts for item in ([part, ""] if part in "日😀" else part)
    ]


def test_only_changed_cells_are_sent() -> None:
    both = Both()
    ground = Style(color="#e0e0e0", bgcolor="#1e1e1e")
    both.draw(3, 0, Segment("name: Walter  age: 41".ljust(WIDTH), ground))
    both.send()
    both.draw(3, 0, Segment("name: Walter  age: 42".ljust(WIDTH), ground))
    assert both.send() == "\x1b[4;21H2\x1b[H"


def test_one_attribute_is_reset_without_the_others() -> None:
    both = Both()
    ground = Style(color="#e0e0e0", bgcolor="#1e1e1e")
    both.draw(0, 0, Segment("one", ground + Style(bold=True, underline=True)), Segment("two", ground))
    assert both.send() == "\x1b[1;4;38;2;224;224;224;48;2;30;30;30mone\x1b[22;24mtwo\r"
    both.check()


@pytest.mark.parametrize("by", [1, -1, 4, -4])
def test_moved_lines_are_scrolled_by_the_terminal(by: int) -> None:
    both = Both()
    ground = Style(color="#e0e0e0", bgcolor="#1e1e1e")

    def show(start: int) -> int:
        for y in range(1, HEIGHT - 1):
            both.draw(y, 0, Segment(f"user {(start + y) * 7919} {hash(('x', start + y))}".ljust(WIDTH), ground))
        return len(both.send())

    show(20)
    size = show(20 + by)
    both.check()
    assert size < 60 + abs(by) * WIDTH
    assert both.lean.margins is None, "the whole terminal scrolls again"


def test_short_moves_are_rewritten_instead_of_scrolled() -> None:
    both = Both()
    for y in range(HEIGHT):
        both.draw(y, 0, Segment(f"{y} same text in every line".ljust(WIDTH)))
    both.send()
    for y in range(HEIGHT):
        both.draw(y, 0, Segment(f"{y + 1} same text in every line".ljust(WIDTH)))
    sent = both.send()
    both.check()
    assert "M" not in sent and "L" not in sent


def test_erasing_uses_the_background_color_only_if_the_terminal_supports_it() -> None:
    sent = {}
    for fills in (True, False):
        both = Both(fills=fills)
        both.draw(0, 0, Segment("x".ljust(WIDTH), Style(bgcolor="#1e1e1e")))
        sent[fills] = both.send()
        both.check()
    assert "\x1b[K" in sent[True] and "\x1b[K" not in sent[False]


@given(st.text(max_size=30))
def test_no_control_character_is_written(text: str) -> None:
    columns = split_cells(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "".join(columns))


def test_a_link_with_controls_is_no_link() -> None:
    both = Both()
    both.draw(0, 0, Segment("go", Style(link="https://example.com/\x1b]0;title\x07")))
    assert "\x1b]" not in both.send()


def test_a_link_is_closed_at_the_end_of_the_frame() -> None:
    both = Both()
    both.draw(0, 0, Segment("go", Style(link="https://example.com/")))
    sent = both.send()
    assert sent.count("\x1b]8;") == 2 and sent.index("\x1b]8;;\x1b\\") > sent.index("go")
    both.check()


def test_a_resize_sends_the_whole_screen() -> None:
    both = Both()
    both.draw(2, 30, Segment("日本語 end"))
    both.send()
    both.lean = Emulator(33, 5)
    both.writer.resize(33, 5)
    both.send()
    assert both.lean.text.split("\n")[2] == " " * 30 + "日 "
    both.lean = Emulator(50, 8)
    both.writer.resize(50, 8)
    both.send()
    assert both.lean.text.split("\n")[2] == " " * 30 + "日".ljust(19)


def test_the_cursor_ends_at_the_requested_position() -> None:
    both = Both()
    both.draw(0, 0, Segment("text"))
    both.cursor = (7, 3)
    both.send()
    assert (both.lean.cursor.x, both.lean.cursor.y) == (7, 3)
    both.cursor = (8, 3)
    assert both.send() == "\x1b[C"


@pytest.mark.parametrize(
    ("position", "found"), [((-6, 3), (0, 3)), ((2, -1), (2, 0)), ((WIDTH + 9, HEIGHT), (WIDTH - 1, HEIGHT - 1))]
)
def test_a_cursor_outside_of_the_screen_is_moved_to_its_edge(position: tuple[int, int], found: tuple[int, int]) -> None:
    both = Both()
    both.cursor = position
    sent = both.send()
    assert (both.lean.cursor.x, both.lean.cursor.y) == found
    assert SEQUENCE.sub("", sent) == ""


def test_a_region_is_cropped_as_by_textual() -> None:
    both = Both()
    strips = [Strip([Segment("abcdefgh")]), Strip([Segment("日本語x")])]
    both.show(ChopsUpdate([{0: strips[0], 8: strips[1]}], [(0, 3, 11)], [[8, 15]]))
    both.send()
    both.check()
    assert both.lean.text.startswith("abcdefgh日 ")
