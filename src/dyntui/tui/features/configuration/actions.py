"""Actions of the comparison of two configurations."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register

__all__ = ["CONFIGURATION_ACTIONS"]

CONFIGURATION_ACTIONS = register(
    Action("comparison.open", ("enter",), "open", "Fold or unfold the line; show a value of both sides in full.", READ, 8,
        disabled_reason="selection_disabled_reason"),
    Action("comparison.apply", ("ctrl+s",), "apply", "Change this environment as marked, or as the line under the cursor says. The plan is shown first.",
        rank=9),
    Action("comparison.filter", ("f",), "filter", "Show all differences, what only one side has, or values that differ.",
        READ, 13, disabled_reason="comparison_disabled_reason"),
    Action("comparison.command", ("C",), "copy command", "Copy the command that plans the same on the command line.", READ, 16),
    Action("comparison.copy", ("y",), "copy", "Copy the line with the values of both sides to the clipboard.", READ,
        disabled_reason="selection_disabled_reason"),
    Action("comparison.refresh", ("r", "f5"), "refresh", "Read both sides again. The entries of an allowlist are compared from the list itself.", READ, 15),
    headings={"comparison": "Compare Configuration"},
)  # fmt: skip
