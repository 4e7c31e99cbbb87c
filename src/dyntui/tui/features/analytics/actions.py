"""Actions of the analytics charts.

Each is done by the method `action_NAME` of the class that binds its scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["ANALYTICS_ACTIONS"]

_READ = Effect.READ

ANALYTICS_ACTIONS = register(
    {
        "figures": "Charts",
    },
    Action("figures.range", ("d",), "range", "Other days.", _READ, 10, "range"),
    Action("figures.longer", ("plus", "equals_sign"), "longer", "A longer range.", _READ, 11, "longer", "longer_range_disabled_reason"),
    Action("figures.shorter", ("minus",), "shorter", "A shorter range.", _READ, 12, "shorter", "shorter_range_disabled_reason"),
    Action("figures.next", ("right_square_bracket",), "next chart", "The next chart.", _READ, 13, "next_chart"),
    Action("figures.previous", ("left_square_bracket",), "chart before", "The chart before.", _READ, 14,
        "previous_chart"),
    Action("figures.refresh", ("r", "f5"), "refresh", "Read the figures again.", _READ, 15),
    Action("figures.copy", ("y",), "copy", "Send the numbers of this chart to the clipboard, as CSV.", _READ, 16, "copy",
        "copy_chart_disabled_reason"),
)  # fmt: skip
