"""What the review step shows, read in the wizard thread: counts, row numbers, column widths and problems."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from dyntui.core.meanings import SEVERITY_SIGNS
from dyntui.core.text import safe
from dyntui.importer import CODES
from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column
from dyntui.services.imports.wizard_review import Review, ReviewSummary
from dyntui.store import review_queries
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.widgets.cells import width_of

__all__ = [
    "GROUP_COLUMNS",
    "ReviewSnapshot",
    "column_widths",
    "empty_text",
    "group_rows",
    "rows_title",
    "take_snapshot",
]

_MEASURED_ROWS = 100
GROUP_COLUMNS = (
    Column("kind", "problem", 20, grow=True, priority=0),
    Column("rows", "rows", 7, right=True, format=thousands, priority=0),
)
_SIGNS = SEVERITY_SIGNS | {"info": "i", review_queries.EXCLUDED: "–"}


@dataclass(frozen=True, slots=True)
class ReviewSnapshot:
    """The state of a review."""

    summary: ReviewSummary
    group: str
    """The group of problems whose rows are shown."""
    numbers: array[int]
    """The numbers of these rows."""
    problems: array[int]
    """The rows with problems."""
    result: object = None
    """The result of the last change."""


def take_snapshot(
    review: Review, group: str | None, result: object = None, previous: ReviewSnapshot | None = None
) -> ReviewSnapshot:
    """Read the state of a review.

    group: the rows to show; None for rows with problems, or all when there are none. result: of a change, passed on.
    previous: an earlier snapshot whose counts are still valid.
    """
    journal = review.journal
    summary = previous.summary if previous is not None else review.summary()
    problems = previous.problems if previous is not None else review_queries.numbers(journal, review_queries.PROBLEMS)
    if group is None:
        group = review_queries.PROBLEMS if problems else review_queries.ALL
    codes = {item.code for item in summary.groups}
    if group not in (review_queries.ALL, review_queries.PROBLEMS, *codes):
        group = review_queries.PROBLEMS if problems else review_queries.ALL
    numbers = problems if group == review_queries.PROBLEMS else review_queries.numbers(journal, group)
    return ReviewSnapshot(summary, group, numbers, problems, result)


def column_widths(review: Review, numbers: array[int]) -> dict[int, int]:
    """Return the width of each file column in cells, measured from the first rows."""
    names = review.mapping.source_columns
    widths = {place: min(24, width_of(safe(name, 40))) for place, name in enumerate(names)}
    for row in review_queries.window(review.journal, numbers[:_MEASURED_ROWS].tolist()):
        for place, cell in enumerate(row.cells):
            if cell not in ("", None):
                widths[place] = max(widths[place], width_of(safe(cell, 60)))
    return widths


def rows_title(group: str) -> str:
    """Return the title of a group of rows."""
    if group == review_queries.ALL:
        return "all rows"
    if group == review_queries.PROBLEMS:
        return "rows with problems"
    return "excluded rows" if group == review_queries.EXCLUDED else f"{group}: {CODES.get(group, '')}".rstrip(": ")


def empty_text(group: str) -> str:
    """Return the text for a group without rows."""
    if group == review_queries.PROBLEMS:
        return (
            "No row has a problem. "
            f"Press {key_of('wizard.next')} to continue, or {key_of('review.all')} to show all rows."
        )
    if group in (review_queries.ALL, review_queries.EXCLUDED):
        return "There are no rows."
    return "These values were converted. They are counted, not listed."


def group_rows(summary: ReviewSummary) -> list[dict[str, object]]:
    """Return the table rows: all problems, all rows, then each problem."""
    counts = summary.counts
    rows: list[dict[str, object]] = [
        {"key": review_queries.PROBLEMS, "kind": "  problems", "rows": counts.problems},
        {"key": review_queries.ALL, "kind": "  all rows", "rows": counts.total},
    ]
    for group in summary.groups:
        name = "excluded" if group.level == review_queries.EXCLUDED else group.code
        rows.append({"key": group.code, "kind": f"{_SIGNS[group.level]} {name}", "rows": group.rows})
    return rows
