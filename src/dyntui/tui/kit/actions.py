"""Actions of the widgets and dialogs of the kit."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register

__all__ = ["KIT_ACTIONS"]

KIT_ACTIONS = register(
    Action("rows.down", ("j", "down"), "down", "Next row.", READ),
    Action("rows.up", ("k", "up"), "up", "Previous row.", READ),
    Action("rows.page_down", ("pagedown", "ctrl+f"), "page down", "One page down.", READ),
    Action("rows.page_up", ("pageup", "ctrl+b"), "page up", "One page up.", READ),
    Action("rows.half_down", ("ctrl+d",), "half page down", "Half a page down.", READ),
    Action("rows.half_up", ("ctrl+u",), "half page up", "Half a page up.", READ),
    Action("rows.first", ("g", "home"), "first", "First row.", READ),
    Action("rows.last", ("G", "end"), "last", "Last row.", READ),
    Action("table.left", ("h", "left"), "columns left", "Scroll to the columns on the left.", READ),
    Action("table.right", ("l", "right"), "columns right", "Scroll to the columns on the right.", READ),
    Action("table.mark", ("space",), "mark", "Mark or unmark the row. Actions apply to all marked rows.", READ, 12),
    Action("table.mark_range", ("M",), "mark range", "Mark all rows from the last marked row to this one.", READ),
    Action("table.unmark", ("U",), "unmark all", "Unmark all rows.", READ),
    Action("table.row", ("semicolon",), "whole row", "Show the row with all columns, also cut and hidden ones.", READ, 25, "show_row"),
    Action("tree.toggle", ("enter", "space"), "fold", "Fold or unfold.", READ, 10, "fold"),
    Action("tree.close", ("h", "left"), "fold", "Fold, or go to the parent.", READ),
    Action("tree.open", ("l", "right"), "unfold", "Unfold, or go to the first child.", READ),
    Action("tree.all", ("z",), "fold all", "Fold or unfold all.", READ, 11),
    Action("tree.reveal", ("K",), "show secrets", "Show or hide values that are secrets by their names.", READ, 13),
    Action("dialog.cancel", ("escape", "q"), "close", "Close the dialog; nothing is changed.", READ),
    Action("select.choose", ("enter", "ctrl+s"), "choose", "Choose the option under the cursor.", READ),
    Action("form.next", ("down",), "next field", "Go to the next field.", READ),
    Action("form.previous", ("up",), "previous field", "Go to the previous field.", READ),
    Action("form.save", ("ctrl+s",), "save", "Check the fields and save.", READ),
    Action("text-editor.submit", ("ctrl+s", "f2"), "submit", "Check the text and continue with it.", READ),
    Action("paste-text.submit", ("ctrl+s",), "submit", "Continue with the pasted text.", READ),
    Action("multi-select.toggle", ("space",), "select", "Select or deselect the option.", READ, run="toggle_option"),
    Action("multi-select.submit", ("enter", "ctrl+s"), "apply", "Apply the selection.", READ),
    Action("secret.copy", ("c",), "copy", "Copy the value to the clipboard.", READ),
    headings={
        "rows": "Cursor",
        "select": "Dialog",
        "text-editor": "Editor",
        "paste-text": "Editor",
        "multi-select": "Choices",
        "secret": "Dialog",
    },
)  # fmt: skip
