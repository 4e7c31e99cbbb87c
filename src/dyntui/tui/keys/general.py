"""The keys that work everywhere, in lists, details and dialogs, and those of the environments."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.action import Action

__all__ = ["GENERAL"]

_READ = Effect.READ

GENERAL = (
    # everywhere
    Action("app.jump", ("colon",), "jump", "Go to a resource, screen or recent user by name, or to a row (:500).", _READ, 90,
        early=True),
    Action("app.help", ("question_mark",), "help", "All keys that work here, and why some do not.", _READ, 91),
    Action("app.palette", ("ctrl+p",), "palette", "Search everything that can be done here.", _READ),
    Action("app.back", ("escape", "q", "backspace", "H"), "back", "Return to the screen before.", _READ,
        why_not="no_way_back"),
    Action("app.forward", ("L",), "forward", "Undo going back.", _READ, why_not="no_way_forward"),
    Action("app.requests", ("R",), "requests", "The request log: what went over the wire.", _READ),
    Action("app.notes", ("N",), "messages", "All messages of this session.", _READ),
    Action("app.quit", ("ctrl+q", "Q"), "quit", "Leave dyntui.", _READ, run="leave"),
    # every list of lines
    Action("rows.down", ("j", "down"), "down", "Next row.", _READ),
    Action("rows.up", ("k", "up"), "up", "Previous row.", _READ),
    Action("rows.page_down", ("pagedown", "ctrl+f"), "page down", "One page down.", _READ),
    Action("rows.page_up", ("pageup", "ctrl+b"), "page up", "One page up.", _READ),
    Action("rows.half_down", ("ctrl+d",), "half page down", "Half a page down.", _READ),
    Action("rows.half_up", ("ctrl+u",), "half page up", "Half a page up.", _READ),
    Action("rows.first", ("g", "home"), "first", "First row.", _READ),
    Action("rows.last", ("G", "end"), "last", "Last row.", _READ),
    # tables
    Action("table.left", ("h", "left"), "columns left", "Show the columns further left.", _READ),
    Action("table.right", ("l", "right"), "columns right", "Show the columns further right.", _READ),
    Action("table.mark", ("space",), "mark", "Mark the row, or take its mark away.", _READ, 12,
        why_not="no_marks"),
    Action("table.mark_range", ("M",), "mark range", "Mark all rows from the one marked last to this one.", _READ,
        why_not="no_range"),
    Action("table.unmark", ("U",), "unmark all", "Take all marks away.", _READ, why_not="nothing_marked"),
    # lists of a resource
    Action("list.filter", ("slash",), "filter", "Show only what matches.", _READ, 10, why_not="no_filter",
        early=True),
    Action("list.find", ("F",), "find here", "Show only those of the rows that are here; the server is not asked.", _READ,
        why_not="nothing_listed", early=True),
    Action("list.mark_all", ("asterisk",), "mark all", "Mark every row of the filter; the whole list is read.", _READ,
        why_not="no_mark_all"),
    Action("list.open", ("enter",), "open", "Open the row under the cursor.", _READ, 11,
        why_not="nothing_to_open"),
    Action("list.sort", ("s",), "sort", "Order by another column: by the server, or of the rows here alone.", _READ, 14,
        why_not="nothing_listed"),
    Action("list.columns", ("o",), "columns", "Which columns, in what order and how wide; it is remembered.", _READ),
    Action("list.views", ("b",), "views", "Views that were kept: filter, order and columns under a name.", _READ,
        why_not="nothing_listed"),
    Action("list.refresh", ("r", "f5"), "refresh", "Read the rows again.", _READ, 15),
    Action("list.copy", ("y",), "copy id", "Send the id to the clipboard.", _READ, why_not="nothing_here"),
    Action("list.raw", ("v",), "raw", "The row as the server wrote it.", _READ, why_not="nothing_here"),
    Action("list.menu", ("a",), "actions", "All that can be done with this row.", _READ, 13),
    # environments
    Action("environments.switch", ("enter",), "switch", "Work in this environment.", _READ, 10,
        why_not="no_profile"),
    Action("environments.add", ("a",), "add", "Add an environment.", _READ, 11),
    Action("environments.edit", ("e",), "edit", "Change this environment or its token.", _READ, 12,
        why_not="no_stored_profile"),
    Action("environments.check", ("c",), "check", "Ask the server whether the token works.", _READ, 13,
        why_not="no_profile"),
    Action("environments.remove", ("d",), "remove", "Forget this environment and its token.", _READ, 14,
        why_not="no_stored_profile"),
    # first run
    Action("setup.choose", ("enter",), "choose", "Go on with this.", _READ, 10),
    # one thing in tabs
    Action("detail.tab", tuple("1234567890"), "tab", "Go to a tab by its number.", _READ, 10, each=True),
    Action("detail.next_tab", ("right_square_bracket",), "next tab", "Go to the next tab.", _READ),
    Action("detail.previous_tab", ("left_square_bracket",), "previous tab", "Go to the tab before.", _READ),
    Action("detail.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 12,
        why_not="nothing_here"),
    Action("detail.copy_id", ("Y",), "copy id", "Send the id to the clipboard.", _READ),
    Action("taking.copy", ("c",), "copy as", "Send id, e-mail or address, or all of it as JSON, to the clipboard.", _READ,
        run="copy_as", why_not="nothing_to_take"),
    Action("taking.console", ("W",), "web console", "Where the vendor's web console is; to copy, or to open.", _READ,
        run="web_console", why_not="nothing_to_take"),
    Action("link.copy", ("c",), "send to clipboard", "Send the address to the clipboard.", _READ),
    Action("link.find", ("i",), "send what to look for", "Send what to look for there to the clipboard.", _READ,
        run="copy_find", why_not="nothing_to_find"),
    Action("link.open", ("o",), "open", "Open it in the browser.", _READ, why_not="no_opening"),
    Action("detail.refresh", ("r", "f5"), "refresh", "Read it again.", _READ, 15),
    Action("detail.open", ("enter",), "open", "Open what is under the cursor.", _READ, 13,
        why_not="nothing_to_open"),
    Action("detail.menu", ("a",), "actions", "All that can be done here.", _READ, 11),
    Action("beside.next", ("n",), "next", "The next one of the list it was opened from.", _READ, 15, "next_one",
        why_not="no_next"),
    Action("beside.previous", ("p",), "previous", "The one before it in the list it was opened from.", _READ, 15,
        "previous_one", why_not="no_previous"),
    # a JSON tree
    Action("tree.toggle", ("enter", "space"), "fold", "Fold or unfold.", _READ, 10, "fold", why_not="no_fold"),
    Action("tree.close", ("h", "left"), "fold", "Fold, or go to the parent.", _READ),
    Action("tree.open", ("l", "right"), "unfold", "Unfold, or go to the first child.", _READ),
    Action("tree.all", ("z",), "fold all", "Fold everything, or unfold it.", _READ, 11),
    # dialogs
    Action("dialog.cancel", ("escape", "q"), "close", "Leave without doing anything.", _READ),
    Action("pick.choose", ("enter",), "choose", "Take the one under the cursor.", _READ),
    Action("columns.turn", ("space",), "show", "Show the column, or not.", _READ),
    Action("columns.later", ("J", "shift+down"), "move right", "Show the column further right.", _READ),
    Action("columns.earlier", ("K", "shift+up"), "move left", "Show the column further left.", _READ),
    Action("columns.wider", ("plus", "equals_sign", "right", "l"), "wider", "Give it more room.", _READ),
    Action("columns.narrower", ("minus", "left", "h"), "narrower", "Give it less room.", _READ),
    Action("columns.usual", ("0",), "usual", "The columns that this list has by itself.", _READ),
    Action("columns.take", ("enter",), "take these", "Show these columns, and remember them.", _READ,
        why_not="none_chosen"),
    Action("confirm.keep", ("enter", "n"), "keep", "Leave everything as it is.", _READ, run="cancel"),
    Action("form.next", ("down",), "next field", "Go to the next field.", _READ),
    Action("form.previous", ("up",), "previous field", "Go to the field before.", _READ),
    Action("form.save", ("ctrl+s",), "save", "Check what was filled in and save it.", _READ),
    Action("raw.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 12),
    # request log and messages
    Action("journal.open", ("enter",), "open", "The whole of this line.", _READ, 10, why_not="nothing_here"),
    Action("journal.copy", ("y",), "copy", "Send this line to the clipboard.", _READ, 11, why_not="nothing_here"),
)  # fmt: skip
