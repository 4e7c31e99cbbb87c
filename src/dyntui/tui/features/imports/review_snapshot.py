"""What the clerk finds in a review for the screen: the numbers, the rows to show, how wide their columns are."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

from dyntui.core.text import safe
from dyntui.importer import CODES
from dyntui.services.imports.wizard_review import Review, ReviewSummary
from dyntui.store import review_queries as rows_of
from dyntui.tui.kit.widgets.cells import width_of

__all__ = ["ReviewSnapshot", "empty_words", "look_at", "title_of", "widths_of"]

_WIDTHS = 100


@dataclass(frozen=True, slots=True)
class ReviewSnapshot:
    """What the clerk found: the numbers, the rows to show, and which rows have a problem. did: what was done."""

    summary: ReviewSummary
    which: str
    numbers: array[int]
    problems: array[int]
    did: Any = None


def look_at(review: Review, which: str | None, did: Any = None, known: ReviewSnapshot | None = None) -> ReviewSnapshot:
    """How things are. which: the rows to show; None for those with problems when there are any. known: how they were
    found to be, when nothing was changed since."""
    journal = review.journal
    summary = known.summary if known is not None else review.summary()
    problems = known.problems if known is not None else rows_of.numbers(journal, rows_of.PROBLEMS)
    if which is None:
        which = rows_of.PROBLEMS if problems else rows_of.ALL
    codes = {group.code for group in summary.groups}
    if which not in (rows_of.ALL, rows_of.PROBLEMS, *codes):
        which = rows_of.PROBLEMS if problems else rows_of.ALL
    numbers = problems if which == rows_of.PROBLEMS else rows_of.numbers(journal, which)
    return ReviewSnapshot(summary, which, numbers, problems, did)


def widths_of(review: Review, numbers: array[int]) -> dict[int, int]:
    """How wide the columns of the file have to be, told from the first rows."""
    names = review.mapping.source_columns
    widths = {place: min(24, width_of(safe(name, 40))) for place, name in enumerate(names)}
    for row in rows_of.window(review.journal, numbers[:_WIDTHS].tolist()):
        for place, cell in enumerate(row.cells):
            if cell not in ("", None):
                widths[place] = max(widths[place], width_of(safe(cell, 60)))
    return widths


def title_of(which: str) -> str:
    """What the rows are that are shown."""
    if which == rows_of.ALL:
        return "all rows"
    if which == rows_of.PROBLEMS:
        return "rows with problems"
    return "rows left out" if which == rows_of.EXCLUDED else f"{which}: {CODES.get(which, '')}".rstrip(": ")


def empty_words(which: str) -> str:
    """What to say when there are none."""
    if which == rows_of.PROBLEMS:
        return "No row has a problem. ] goes on, a shows all rows."
    if which in (rows_of.ALL, rows_of.EXCLUDED):
        return "There are no rows."
    return "These values were put into another form on the way. They are counted, not listed."
