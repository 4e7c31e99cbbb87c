"""Lines that only moved: which the terminal may move itself, when that is worth it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from operator import gt, ne, or_
from typing import NamedTuple

from dyntui.tui.kit.terminal.sgr import PLAIN, CellStyle

__all__ = ["ScreenLine", "ScrollMove", "blank_line", "differing", "find_move"]

_VOTES = 3
"""Pieces of lines that have to be found elsewhere before it is looked at closer."""
_WORTH = 60
"""Bytes that have to be saved: what moving costs, and a little more, since it is a guess."""
_JUMP = 5
"""Bytes to get to where something differs."""


class ScreenLine(NamedTuple):
    """What stands in a line: text and pen of each column."""

    cells: list[str]
    pens: list[CellStyle]


class ScrollMove(NamedTuple):
    """Lines first..last move up by `by` lines (down, when negative)."""

    first: int
    last: int
    by: int


def blank_line(width: int, cell: str = " ") -> ScreenLine:
    """A line of one cell all over, in a plain pen."""
    return ScreenLine([cell] * width, [PLAIN] * width)


def differing(old: ScreenLine, new: ScreenLine) -> list[bool]:
    """For each column, whether it differs."""
    if old.pens == new.pens:
        return list(map(ne, old.cells, new.cells))
    return list(map(or_, map(ne, old.cells, new.cells), map(ne, old.pens, new.pens)))


def find_move(old: Sequence[ScreenLine], new: Sequence[ScreenLine]) -> ScrollMove | None:
    """The move that brings the old lines closest to the new ones, or None when none is worth it."""
    by = _moved_by(old, new)
    if not by:
        return None
    lines = len(new)
    stays = [_cost(old[y], new[y]) for y in range(lines)]
    candidates = range(max(0, -by), min(lines, lines - by))
    gains = [stays[y] - _cost(old[y + by], new[y]) for y in candidates]
    start, end, gain = _best_stretch(gains)
    first, last = candidates[start], candidates[end]
    uncovered = range(last + 1, last + 1 + by) if by > 0 else range(first + by, first)
    blank = blank_line(len(new[0].cells))
    gain -= sum(_cost(blank, new[y]) - stays[y] for y in uncovered)
    return ScrollMove(min(first, first + by), max(last, last + by), by) if gain >= _WORTH else None


def _cost(old: ScreenLine, new: ScreenLine) -> int:
    """About the bytes that turn one line into the other, styles aside."""
    if old.cells == new.cells:
        return 0
    differs: list[bool] = list(map(ne, old.cells, new.cells))
    jumps: list[bool] = list(map(gt, differs, [False, *differs]))
    return sum(differs) + _JUMP * sum(jumps)


def _moved_by(old: Sequence[ScreenLine], new: Sequence[ScreenLine]) -> int:
    """By how many lines up most of the text seems to have moved: each third of a line that is elsewhere has a vote."""
    votes: Counter[int] = Counter()
    width = len(new[0].cells)
    third = max(1, width // 3)
    for left in range(0, width, third):
        piece = slice(left, left + third)
        before = ["".join(line.cells[piece]) for line in old]
        only = Counter(before)
        where = {text: y for y, text in enumerate(before) if only[text] == 1}
        for y, line in enumerate(new):
            text = "".join(line.cells[piece])
            if text != before[y] and (there := where.get(text)) is not None and text.strip():
                votes[there - y] += 1
    if not votes:
        return 0
    by, count = votes.most_common(1)[0]
    return by if count >= _VOTES else 0


def _best_stretch(gains: Sequence[int]) -> tuple[int, int, int]:
    """First and last place of the stretch with the greatest sum, and the sum."""
    sums = [0, *accumulate(gains)]
    best = (0, 0, gains[0])
    lowest = 0
    for end in range(1, len(sums)):
        if (gain := sums[end] - sums[lowest]) > best[2]:
            best = (lowest, end - 1, gain)
        if sums[end] < sums[lowest]:
            lowest = end
    return best
