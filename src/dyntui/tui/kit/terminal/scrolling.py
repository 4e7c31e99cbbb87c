"""Finds lines that only moved, which the terminal can scroll itself when that saves enough bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from operator import gt, ne, or_
from typing import NamedTuple

from dyntui.tui.kit.terminal.sgr import PLAIN, CellStyle

__all__ = ["ScreenLine", "ScrollMove", "blank_line", "differing", "find_move"]

_MIN_VOTES = 3
"""The number of thirds of lines that have to be found elsewhere before a move is considered."""
_MIN_GAIN = 60
"""Bytes that a move has to save: more than its own sequences, because the gain is an estimate."""
_CURSOR_MOVE_COST = 5
"""Bytes to move the cursor to a difference."""


class ScreenLine(NamedTuple):
    """The content of one line."""

    cells: list[str]
    """The text of each column."""
    styles: list[CellStyle]
    """The style of each column."""


class ScrollMove(NamedTuple):
    """Lines first..last move up by `by` lines (down, when negative)."""

    first: int
    last: int
    by: int


def blank_line(width: int, cell: str = " ") -> ScreenLine:
    """Return a line that has `cell` in all columns, in the plain style."""
    return ScreenLine([cell] * width, [PLAIN] * width)


def differing(old: ScreenLine, new: ScreenLine) -> list[bool]:
    """Return for each column whether it differs."""
    if old.styles == new.styles:
        return list(map(ne, old.cells, new.cells))
    return list(map(or_, map(ne, old.cells, new.cells), map(ne, old.styles, new.styles)))


def find_move(old: Sequence[ScreenLine], new: Sequence[ScreenLine]) -> ScrollMove | None:
    """Return the move after which the old lines differ least from the new ones; None when no move saves enough."""
    by = _moved_by(old, new)
    if not by:
        return None
    lines = len(new)
    costs = [_cost(old[y], new[y]) for y in range(lines)]
    candidates = range(max(0, -by), min(lines, lines - by))
    gains = [costs[y] - _cost(old[y + by], new[y]) for y in candidates]
    start, end, gain = _best_range(gains)
    first, last = candidates[start], candidates[end]
    uncovered = range(last + 1, last + 1 + by) if by > 0 else range(first + by, first)
    blank = blank_line(len(new[0].cells))
    gain -= sum(_cost(blank, new[y]) - costs[y] for y in uncovered)
    return ScrollMove(min(first, first + by), max(last, last + by), by) if gain >= _MIN_GAIN else None


def _cost(old: ScreenLine, new: ScreenLine) -> int:
    """Return the approximate number of bytes that turn one line into the other, without styles."""
    if old.cells == new.cells:
        return 0
    differs: list[bool] = list(map(ne, old.cells, new.cells))
    jumps: list[bool] = list(map(gt, differs, [False, *differs]))
    return sum(differs) + _CURSOR_MOVE_COST * sum(jumps)


def _moved_by(old: Sequence[ScreenLine], new: Sequence[ScreenLine]) -> int:
    """Return by how many lines most of the text moved up. Each third of a line that is found elsewhere has a vote."""
    votes: Counter[int] = Counter()
    width = len(new[0].cells)
    third = max(1, width // 3)
    for left in range(0, width, third):
        piece = slice(left, left + third)
        before = ["".join(line.cells[piece]) for line in old]
        counts = Counter(before)
        line_of = {text: y for y, text in enumerate(before) if counts[text] == 1}
        for y, line in enumerate(new):
            text = "".join(line.cells[piece])
            if text != before[y] and (old_y := line_of.get(text)) is not None and text.strip():
                votes[old_y - y] += 1
    if not votes:
        return 0
    by, count = votes.most_common(1)[0]
    return by if count >= _MIN_VOTES else 0


def _best_range(gains: Sequence[int]) -> tuple[int, int, int]:
    """Return the first and last index of the range with the greatest sum, and the sum."""
    sums = [0, *accumulate(gains)]
    best = (0, 0, gains[0])
    lowest = 0
    for end in range(1, len(sums)):
        if (gain := sums[end] - sums[lowest]) > best[2]:
            best = (lowest, end - 1, gain)
        if sums[end] < sums[lowest]:
            lowest = end
    return best
