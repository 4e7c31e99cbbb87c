"""The list of problems in the review, with the number of rows of each."""

from __future__ import annotations

from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.services.imports.wizard_review import ReviewSummary
from dyntui.store import review_queries

__all__ = ["GROUP_COLUMNS", "group_rows"]

GROUP_COLUMNS = (
    Column("kind", "problem", 20, grow=True, priority=0),
    Column("rows", "rows", 7, right=True, format=thousands, priority=0),
)
_SIGNS = {"error": "✕", "warning": "!", "info": "i", review_queries.EXCLUDED: "–"}


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
