"""Actions of the exports that the server makes.

Each is done by the method `action_NAME` of the class that binds its scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["EXPORTS_ACTIONS"]

_READ = Effect.READ

EXPORTS_ACTIONS = register(
    {
        "export": "Export",
    },
    Action("export.download", ("w",), "download", "Fetch the file into a new one of yours.", _READ, 11, "download",
        "download_disabled_reason"),
)  # fmt: skip
