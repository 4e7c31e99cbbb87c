"""Actions of the list of exports."""

from __future__ import annotations

from dyntui.resources.exports import EXPORTS
from dyntui.tui.kit.action_registry import register
from dyntui.tui.shell.declared_actions import declared_action

__all__ = ["EXPORTS_ACTIONS"]

EXPORTS_ACTIONS = register(
    declared_action("export.download", EXPORTS, "download", rank=11, run="download"),
)  # fmt: skip
