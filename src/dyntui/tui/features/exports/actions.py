"""Actions of the list of exports.

The method `action_NAME` of the screen class that binds the scope performs each of them.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["EXPORTS_ACTIONS"]

EXPORTS_ACTIONS = register(
    {
        "export": "Export",
    },
    Action("export.download", ("w",), "download", "Download the file of the export.", Effect.READ, 11, "download",
        "download_disabled_reason"),
)  # fmt: skip
