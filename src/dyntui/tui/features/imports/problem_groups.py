"""Problems by kind, with how many rows have each: the left side of the review."""

from __future__ import annotations

from typing import Any

from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.services.imports.wizard_review import ReviewSummary
from dyntui.store import review_queries

__all__ = ["KINDS", "kind_rows"]

KINDS = (
    Column("kind", "kind", 20, grow=True, priority=0),
    Column("rows", "rows", 7, right=True, format=thousands, priority=0),
)
_SIGNS = {"error": "✕", "warning": "!", "info": "i", review_queries.EXCLUDED: "–"}


def kind_rows(summary: ReviewSummary) -> list[dict[str, Any]]:
    """The kinds, as rows of a table: those with problems, all rows, then each problem."""
    sums = summary.counts
    rows: list[dict[str, Any]] = [
        {"key": review_queries.PROBLEMS, "kind": "  problems", "rows": sums.problems},
        {"key": review_queries.ALL, "kind": "  all rows", "rows": sums.total},
    ]
    for group in summary.groups:
        name = "left out" if group.level == review_queries.EXCLUDED else group.code
        rows.append({"key": group.code, "kind": f"{_SIGNS[group.level]} {name}", "rows": group.rows})
    return rows
