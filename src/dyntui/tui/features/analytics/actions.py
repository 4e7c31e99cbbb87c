"""Actions of the analytics screen."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register

__all__ = ["ANALYTICS_ACTIONS"]

ANALYTICS_ACTIONS = register(
    Action("charts.range", ("P",), "date range", "Choose the date range.", READ, 10, "range"),
    Action("charts.longer", ("greater_than_sign",), "longer", "Show a longer date range.", READ, 11, "longer_range"),
    Action("charts.shorter", ("less_than_sign",), "shorter", "Show a shorter date range.", READ, 12, "shorter_range"),
    Action("charts.next", ("right_square_bracket",), "next chart", "Show the next chart.", READ, 13, "next_chart"),
    Action("charts.previous", ("left_square_bracket",), "previous chart", "Show the previous chart.", READ, 14,
        "previous_chart"),
    Action("charts.refresh", ("r", "f5"), "refresh", "Refresh the metrics.", READ, 15),
    Action("charts.copy", ("y",), "copy", "Copy the values of the chart as CSV.", READ, 16),
    headings={"charts": "Analytics"},
)  # fmt: skip
