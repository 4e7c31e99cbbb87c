"""Actions of the widgets and dialogs of the kit.

Each is done by the method `action_NAME` of the class that binds its scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["KIT_ACTIONS"]

_READ = Effect.READ

KIT_ACTIONS = register(
    {
        "rows": "moving",
        "table": "table",
        "tree": "tree",
        "dialog": "dialog",
        "pick": "dialog",
        "form": "form",
        "writing": "writing",
        "signature": "signature",
        "many": "choices",
        "once": "dialog",
    },
    Action("rows.down", ("j", "down"), "down", "Next row.", _READ),
    Action("rows.up", ("k", "up"), "up", "Previous row.", _READ),
    Action("rows.page_down", ("pagedown", "ctrl+f"), "page down", "One page down.", _READ),
    Action("rows.page_up", ("pageup", "ctrl+b"), "page up", "One page up.", _READ),
    Action("rows.half_down", ("ctrl+d",), "half page down", "Half a page down.", _READ),
    Action("rows.half_up", ("ctrl+u",), "half page up", "Half a page up.", _READ),
    Action("rows.first", ("g", "home"), "first", "First row.", _READ),
    Action("rows.last", ("G", "end"), "last", "Last row.", _READ),
    Action("table.left", ("h", "left"), "columns left", "Show the columns further left.", _READ),
    Action("table.right", ("l", "right"), "columns right", "Show the columns further right.", _READ),
    Action("table.mark", ("space",), "mark", "Mark the row, or take its mark away.", _READ, 12,
        disabled_reason="mark_disabled_reason"),
    Action("table.mark_range", ("M",), "mark range", "Mark all rows from the one marked last to this one.", _READ,
        disabled_reason="mark_range_disabled_reason"),
    Action("table.unmark", ("U",), "unmark all", "Take all marks away.", _READ, disabled_reason="unmark_disabled_reason"),
    Action("tree.toggle", ("enter", "space"), "fold", "Fold or unfold.", _READ, 10, "fold", disabled_reason="fold_disabled_reason"),
    Action("tree.close", ("h", "left"), "fold", "Fold, or go to the parent.", _READ),
    Action("tree.open", ("l", "right"), "unfold", "Unfold, or go to the first child.", _READ),
    Action("tree.all", ("z",), "fold all", "Fold everything, or unfold it.", _READ, 11),
    Action("dialog.cancel", ("escape", "q"), "close", "Leave without doing anything.", _READ),
    Action("pick.choose", ("enter",), "choose", "Take the one under the cursor.", _READ),
    Action("form.next", ("down",), "next field", "Go to the next field.", _READ),
    Action("form.previous", ("up",), "previous field", "Go to the field before.", _READ),
    Action("form.save", ("ctrl+s",), "save", "Check what was filled in and save it.", _READ),
    Action("writing.take", ("ctrl+s", "f2"), "take it", "Go on with what was written.", _READ),
    Action("signature.check", ("ctrl+s",), "check", "Check what was pasted.", _READ),
    Action("many.turn", ("space",), "take it", "Take it, or not.", _READ),
    Action("many.take", ("enter",), "take these", "Take what is chosen.", _READ),
    Action("once.copy", ("c",), "copy", "Send it to the clipboard.", _READ),
)  # fmt: skip
