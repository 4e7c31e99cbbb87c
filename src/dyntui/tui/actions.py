"""The one registry of everything a key can do: bindings, bottom line, help, palette and keymap read it.

A screen or widget mixes in `Acting` and declares `BINDINGS = bindings("its scope")`; the scope of an action is the part
of its id before the dot. Its method `action_<run>` does the work. Whatever is disabled says why when it is pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from textual.binding import Binding, BindingType

from dyntui.core.effect import Effect
from dyntui.tui.screens.everything.keys import KEY_SCOPES, KEYS

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.screen import Screen

    _Node = DOMNode
else:
    _Node = object

__all__ = ["ACTIONS", "SCOPES", "Acting", "Action", "Here", "actions_here", "bindings", "key_words", "reason_against"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key can do.

    id: `scope.name`, the name that a keymap uses. help: one sentence. rank: its place on the bottom line; 0 keeps it
    off. run: the method `action_<run>` of the node that has the scope; the id's name by default. reason: asks that node
    why the action cannot be done now (None: it can). each: the keys are arguments, as in tabs 1 to 9. early: it is done
    before the keys after it find their way, so that what is typed in one go lands in the prompt that it opens.
    effect: what it does to the server; an action that declares nothing is a write. Files of this machine do not count.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    effect: Effect = Effect.WRITE
    rank: int = 0
    run: str = ""
    reason: Callable[[Any], str | None] | None = None
    each: bool = False
    early: bool = False

    @property
    def scope(self) -> str:
        """Where it works: the part of the id before the dot."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """The name of the method that does it."""
        return f"action_{self.run or self.id.partition('.')[2]}"


def _ask(method: str) -> Callable[[Any], str | None]:
    """A reason that the node itself gives through `method`."""

    def ask(node: Any) -> str | None:
        answer: str | None = getattr(node, method)()
        return answer

    return ask


_READ = Effect.READ

_ALL = (
    # everywhere
    Action("app.jump", ("colon",), "jump", "Go to a resource, screen or recent user by name, or to a row (:500).", _READ, 90,
        early=True),
    Action("app.help", ("question_mark",), "help", "All keys that work here, and why some do not.", _READ, 91),
    Action("app.palette", ("ctrl+p",), "palette", "Search everything that can be done here.", _READ),
    Action("app.back", ("escape", "q", "backspace", "H"), "back", "Return to the screen before.", _READ,
        reason=_ask("no_way_back")),
    Action("app.forward", ("L",), "forward", "Undo going back.", _READ, reason=_ask("no_way_forward")),
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
        reason=_ask("no_marks")),
    Action("table.mark_range", ("M",), "mark range", "Mark all rows from the one marked last to this one.", _READ,
        reason=_ask("no_range")),
    Action("table.unmark", ("U",), "unmark all", "Take all marks away.", _READ, reason=_ask("nothing_marked")),
    # lists of a resource
    Action("list.filter", ("slash",), "filter", "Show only what matches.", _READ, 10, reason=_ask("no_filter"),
        early=True),
    Action("list.find", ("F",), "find here", "Show only those of the rows that are here; the server is not asked.", _READ,
        reason=_ask("nothing_listed"), early=True),
    Action("list.mark_all", ("asterisk",), "mark all", "Mark every row of the filter; the whole list is read.", _READ,
        reason=_ask("no_mark_all")),
    Action("list.open", ("enter",), "open", "Open the row under the cursor.", _READ, 11,
        reason=_ask("nothing_to_open")),
    Action("list.sort", ("s",), "sort", "Order by another column: by the server, or of the rows here alone.", _READ, 14,
        reason=_ask("nothing_listed")),
    Action("list.columns", ("o",), "columns", "Which columns, in what order and how wide; it is remembered.", _READ),
    Action("list.views", ("b",), "views", "Views that were kept: filter, order and columns under a name.", _READ,
        reason=_ask("nothing_listed")),
    Action("list.refresh", ("r", "f5"), "refresh", "Read the rows again.", _READ, 15),
    Action("list.copy", ("y",), "copy id", "Send the id to the clipboard.", _READ, reason=_ask("nothing_here")),
    Action("list.raw", ("v",), "raw", "The row as the server wrote it.", _READ, reason=_ask("nothing_here")),
    Action("list.menu", ("a",), "actions", "All that can be done with this row.", _READ, 13),
    # environments
    Action("environments.switch", ("enter",), "switch", "Work in this environment.", _READ, 10,
        reason=_ask("no_profile")),
    Action("environments.add", ("a",), "add", "Add an environment.", _READ, 11),
    Action("environments.edit", ("e",), "edit", "Change this environment or its token.", _READ, 12,
        reason=_ask("no_stored_profile")),
    Action("environments.check", ("c",), "check", "Ask the server whether the token works.", _READ, 13,
        reason=_ask("no_profile")),
    Action("environments.remove", ("d",), "remove", "Forget this environment and its token.", _READ, 14,
        reason=_ask("no_stored_profile")),
    # first run
    Action("setup.choose", ("enter",), "choose", "Go on with this.", _READ, 10),
    # one thing in tabs
    Action("detail.tab", tuple("1234567890"), "tab", "Go to a tab by its number.", _READ, 10, each=True),
    Action("detail.next_tab", ("right_square_bracket",), "next tab", "Go to the next tab.", _READ),
    Action("detail.previous_tab", ("left_square_bracket",), "previous tab", "Go to the tab before.", _READ),
    Action("detail.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 12,
        reason=_ask("nothing_here")),
    Action("detail.copy_id", ("Y",), "copy id", "Send the id to the clipboard.", _READ),
    Action("taking.copy", ("c",), "copy as", "Send id, e-mail or address, or all of it as JSON, to the clipboard.", _READ,
        run="copy_as", reason=_ask("nothing_to_take")),
    Action("taking.console", ("W",), "web console", "Where the vendor's web console is; to copy, or to open.", _READ,
        run="web_console", reason=_ask("nothing_to_take")),
    Action("link.copy", ("c",), "send to clipboard", "Send the address to the clipboard.", _READ),
    Action("link.find", ("i",), "send what to look for", "Send what to look for there to the clipboard.", _READ,
        run="copy_find", reason=_ask("nothing_to_find")),
    Action("link.open", ("o",), "open", "Open it in the browser.", _READ, reason=_ask("no_opening")),
    Action("detail.refresh", ("r", "f5"), "refresh", "Read it again.", _READ, 15),
    Action("detail.open", ("enter",), "open", "Open what is under the cursor.", _READ, 13,
        reason=_ask("nothing_to_open")),
    Action("detail.menu", ("a",), "actions", "All that can be done here.", _READ, 11),
    Action("beside.next", ("n",), "next", "The next one of the list it was opened from.", _READ, 15, "next_one",
        reason=_ask("no_next")),
    Action("beside.previous", ("p",), "previous", "The one before it in the list it was opened from.", _READ, 15,
        "previous_one", reason=_ask("no_previous")),
    # a JSON tree
    Action("tree.toggle", ("enter", "space"), "fold", "Fold or unfold.", _READ, 10, "fold", reason=_ask("no_fold")),
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
        reason=_ask("none_chosen")),
    Action("confirm.keep", ("enter", "n"), "keep", "Leave everything as it is.", _READ, run="cancel"),
    Action("form.next", ("down",), "next field", "Go to the next field.", _READ),
    Action("form.previous", ("up",), "previous field", "Go to the field before.", _READ),
    Action("form.save", ("ctrl+s",), "save", "Check what was filled in and save it.", _READ),
    Action("raw.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 12),
    # request log and messages
    Action("journal.open", ("enter",), "open", "The whole of this line.", _READ, 10, reason=_ask("nothing_here")),
    Action("journal.copy", ("y",), "copy", "Send this line to the clipboard.", _READ, 11, reason=_ask("nothing_here")),
    # the import wizard
    Action("wizard.next", ("right_square_bracket",), "next step", "Go on to the next step.", _READ, 30,
        reason=_ask("no_next")),
    Action("wizard.previous", ("left_square_bracket",), "step back", "Go back to the step before; nothing is lost.", _READ,
        31, reason=_ask("nothing_before")),
    Action("wizard.step", tuple("12345678"), "step", "Go to a step by its number.", _READ, each=True),
    Action("source.open", ("enter",), "open", "Open the file, go on with the draft, or open the folder.", _READ, 10,
        reason=_ask("nothing_here")),
    Action("source.path", ("slash",), "path", "Type the path of a file; tab completes it.", _READ, 11),
    Action("source.paste", ("p",), "paste rows", "Paste rows instead of naming a file.", _READ, 12),
    Action("source.unfold", ("l", "right"), "unfold", "Show what is in the folder.", _READ, reason=_ask("no_folder")),
    Action("source.fold", ("h", "left"), "fold", "Fold the folder.", _READ, reason=_ask("no_folder")),
    Action("paste.take", ("ctrl+s",), "import this", "Import what was pasted.", _READ),
    Action("writing.take", ("ctrl+s", "f2"), "take it", "Go on with what was written.", _READ),
    Action("parse.change", ("enter",), "change", "Read the file another way.", _READ, 10, reason=_ask("nothing_here")),
    Action("parse.found", ("r",), "as found", "Read the file as it was found at first.", _READ, 11,
        reason=_ask("no_reading")),
    Action("map.choose", ("enter",), "field", "Choose what this column goes to.", _READ, 10, reason=_ask("no_row")),
    Action("map.verified", ("v",), "verified?", "Say whether the e-mail addresses are verified.", _READ, 11,
        reason=_ask("not_users")),
    Action("map.leave_out", ("x",), "leave out", "Do not import this column.", _READ, 12, reason=_ask("not_mapped")),
    Action("map.metadata", ("m",), "metadata", "Keep this column in the metadata, under its own name.", _READ, 13,
        reason=_ask("no_metadata")),
    Action("map.transforms", ("t",), "transforms", "What is done to the values on their way.", _READ, 14,
        reason=_ask("no_transforms")),
    Action("map.constant", ("c",), "constant", "Give a field one value for every row.", _READ, 15),
    Action("map.region", ("p",), "phone country", "The country of phone numbers that say none.", _READ,
        reason=_ask("not_users")),
    Action("map.save", ("S",), "keep", "Keep this mapping for files with the same columns.", _READ, 16),
    Action("map.load", ("O",), "kept mapping", "Use a mapping that was kept.", _READ),
    Action("map.anew", ("A",), "propose anew", "Forget what was chosen here and look at the columns again.", _READ),
    Action("transforms.toggle", ("space",), "do it", "Do this to the values, or not.", _READ, run="turn"),
    Action("review.edit", ("enter",), "edit", "Change the cell under the cursor.", _READ, 10, reason=_ask("no_cell")),
    Action("review.fix", ("f",), "fix kind", "Do one thing to all rows with this problem.", _READ, 11,
        reason=_ask("no_kind")),
    Action("review.exclude", ("x",), "leave out", "Leave the row, or the marked ones, out; or take it in again.", _READ, 12,
        reason=_ask("no_row")),
    Action("review.undo", ("u",), "undo", "Take the last change back.", _READ, 13, reason=_ask("nothing_to_undo")),
    Action("review.redo", ("ctrl+r",), "redo", "Do again what was undone.", _READ, reason=_ask("nothing_to_redo")),
    Action("review.next_problem", ("n",), "next problem", "Go to the next row with a problem.", _READ, 14,
        reason=_ask("no_problems")),
    Action("review.previous_problem", ("p",), "problem before", "Go to the row with a problem before this one.", _READ,
        reason=_ask("no_problems")),
    Action("review.panes", ("tab",), "panes", "Go between the kinds of problems and the rows.", _READ, 17),
    Action("review.look", ("v",), "row in full", "The row in full, then the JSON that is sent, then neither.", _READ, 15),
    Action("review.all", ("a",), "all rows", "Show all rows, or only those with problems.", _READ, 16),
    Action("cell.keep", ("enter",), "keep", "Keep what was typed.", _READ, 10),
    Action("cell.leave", ("escape",), "as it was", "Leave the cell as it was.", _READ, 11),
    Action("cell.suggest", ("tab",), "as suggested", "Take the value that is suggested.", _READ, 12,
        reason=_ask("nothing_suggested")),
    Action("check.check", ("enter", "c"), "check", "Ask the server which rows are there already; it changes nothing.", _READ,
        10, reason=_ask("already_checking")),
    Action("check.upsert", ("e",), "upsert", "Update those who are there already, or leave them alone.", _READ,
        11, reason=_ask("no_upsert")),
    Action("plan.first", ("enter",), "send first 10", "Send the first rows, then stop and look.", rank=10,
        reason=_ask("no_sending")),
    Action("plan.all", ("A",), "send all", "Send all rows.", rank=11, reason=_ask("no_sending")),
    Action("run.go_on", ("enter",), "go on", "Send the rows that are left.", rank=10, reason=_ask("no_going_on")),
    Action("run.pause", ("p", "space"), "pause", "Stop after the request that is under way.", _READ, 11,
        reason=_ask("not_running")),
    Action("run.cancel", ("c",), "cancel", "Give up the rows that were not sent.", _READ, 12, reason=_ask("no_cancelling")),
    Action("finish.mend", ("f",), "fix failed", "Take the rows that did not get through back to the review.", _READ, 10,
        reason=_ask("nothing_to_mend")),
    Action("finish.retry", ("t",), "retry", "Try the rows that failed again, as they are.", _READ, 11,
        reason=_ask("nothing_to_retry")),
    Action("finish.undo", ("z",), "undo", "Delete the users that this job created; who is deleted is shown first.", _READ,
        12, reason=_ask("nothing_to_undo")),
    Action("finish.copy", ("y",), "copy path", "Send the path of the file to the clipboard.", _READ, 13,
        reason=_ask("nothing_to_copy")),
    Action("finish.users", ("o",), "users", "Look at the users.", _READ, 14),
    Action("finish.jobs", ("b",), "jobs", "All jobs of this machine.", _READ, 15),
    Action("finish.another", ("i",), "import more", "Import another file.", _READ, 16),
    # allowlists, their entries, gates
    Action("allowlists.new", ("n",), "new", "Make a list; it is off until it is enabled.", rank=12),
    Action("allowlists.edit", ("e",), "edit", "Change name, outcome or scope.", rank=12, reason=_ask("nothing_here")),
    Action("allowlists.switch", ("t",), "on/off", "Turn the list on or off; what that does is told first.",
        rank=11, reason=_ask("nothing_here")),
    Action("allowlists.delete", ("d",), "delete", "Delete the list and its entries.", Effect.DESTRUCTIVE, 16,
        reason=_ask("nothing_here")),
    Action("allowlists.check", ("w",), "would … get in?", "Whether an e-mail, a wallet, ... would get in, and why.",
        _READ, 12),
    Action("allowlists.compare", ("c",), "compare", "Hold it against another list or a file.", _READ, 14,
        reason=_ask("nothing_here")),
    Action("allowlists.duplicates", ("D",), "duplicates", "Who stands on several lists.", _READ),
    Action("allowlists.export", ("x",), "export", "Write the entries to a file.", _READ, reason=_ask("nothing_here")),
    Action("allowlists.import", ("i",), "import", "Import entries from a file.", rank=17, run="bring",
        reason=_ask("nothing_here")),
    Action("allowlist-entries.add", ("n",), "add", "Add one entry.", rank=11, reason=_ask("list_not_read")),
    Action("allowlist-entries.paste", ("p",), "paste many", "Paste lines; they are shown before they are sent.",
        rank=11, reason=_ask("list_not_read")),
    Action("allowlist-entries.edit", ("e",), "edit", "Change the entry: the new one is added, the old one deleted.",
        rank=12, reason=_ask("no_entry")),
    Action("allowlist-entries.delete", ("d",), "remove", "Remove the marked entries, or this one.",
        Effect.DESTRUCTIVE, 12, reason=_ask("no_entry")),
    Action("allowlist-entries.copy_to", ("C",), "copy to a list", "Add the marked entries, or this one, elsewhere.",
        rank=16, reason=_ask("no_entry")),
    Action("allowlist-entries.import", ("i",), "import", "Import entries from a file.", rank=16, run="bring",
        reason=_ask("list_not_read")),
    Action("allowlist-entries.export", ("x",), "export", "Write the entries to a file.", _READ,
        reason=_ask("list_not_read")),
    Action("allowlist-entries.compare", ("c",), "compare", "Hold the list against another one or a file.", _READ, 17,
        reason=_ask("list_not_read")),
    Action("allowlist-entries.switch", ("t",), "on/off", "Turn the list on or off; it is told what that does.",
        rank=17, reason=_ask("list_not_read")),
    Action("allowlist-entries.undo", ("u",), "undo", "Undo what was added or removed together.", rank=18),
    Action("allowlist-entries.check", ("w",), "would … get in?", "Whether somebody would get in, and why.", _READ),
    Action("pasting.take", ("ctrl+s",), "look", "Look at what was pasted; nothing is sent yet.", _READ),
    Action("drafts.send", ("enter",), "add them", "Add what can be sent.", rank=10, reason=_ask("nothing_to_send")),
    Action("drafts.kind", ("e",), "kind", "Say what kind of identifier it is.", _READ, 11, reason=_ask("nothing_here")),
    Action("drafts.leave", ("x", "delete"), "leave out", "Do not send this one.", _READ, 12,
        reason=_ask("nothing_here")),
    Action("compare.filter", ("f",), "show", "Only here, only there, both, another alias, all.", _READ, 10,
        reason=_ask("not_compared")),
    Action("compare.add", ("plus",), "add here", "Add the marked ones, or this one, that are only there.", rank=11,
        reason=_ask("nothing_there")),
    Action("compare.sync", ("s",), "add all", "Add everything that is only there; the plan is shown first.", rank=12,
        reason=_ask("nothing_to_sync")),
    Action("compare.match", ("S",), "add and remove", "Make the list as the other side is; the plan is shown first.",
        Effect.DESTRUCTIVE, 13, reason=_ask("nothing_to_match")),
    Action("compare.refresh", ("r", "f5"), "read again", "Read both sides again.", _READ, 15),
    Action("duplicates.refresh", ("r", "f5"), "read again", "Read all lists again.", _READ, 15),
    Action("gates.new", ("n",), "new", "Make a gate; it is off until it is enabled.", rank=12),
    Action("gates.switch", ("t",), "on/off", "Turn the gate on or off; what that does is told first.", rank=11,
        reason=_ask("nothing_here")),
    Action("gates.edit", ("e",), "edit", "Change the gate.", rank=12, reason=_ask("nothing_here")),
    Action("gates.delete", ("d",), "delete", "Delete the gate.", Effect.DESTRUCTIVE, 16, reason=_ask("nothing_here")),
    Action("gates.check", ("w",), "would … get in?", "Whether somebody would get in, and why.", _READ, 16),
    Action("gate.edit", ("e",), "edit", "Change the gate.", rank=16, reason=_ask("not_read")),
    Action("gate.switch", ("t",), "on/off", "Turn the gate on or off; what that does is told first.", rank=17,
        reason=_ask("not_read")),
    Action("gate.delete", ("d",), "delete", "Delete the gate.", Effect.DESTRUCTIVE, 18, reason=_ask("not_read")),
    Action("person.add", ("n",), "add to list", "Put the user on the list under the cursor.", rank=10,
        reason=_ask("cannot_add")),
    Action("person.remove", ("d",), "take off", "Remove the entry that names the user.", Effect.DESTRUCTIVE, 11,
        reason=_ask("not_on_it")),
    Action("person.why", ("w",), "why", "Whether the user would get in, and why.", _READ, 12, reason=_ask("not_asked")),
    Action("person.open", ("enter",), "open list", "The entries of the list.", _READ, 13, reason=_ask("nothing_here")),
    Action("person.refresh", ("r", "f5"), "read again", "Read it again.", _READ, 15),
    Action("users.new", ("n",), "new", "Create a user.", rank=16),
    Action("users.delete", ("d",), "delete", "Delete the marked users, or this one, for good.", Effect.DESTRUCTIVE, 17,
        reason=_ask("nobody")),
    Action("users.revoke_sessions", ("X",), "revoke sessions", "Sign the marked users, or this one, out everywhere.",
        Effect.DESTRUCTIVE, reason=_ask("nobody")),
    Action("users.metadata", ("m",), "set metadata", "Set one field of the metadata of the marked users, or of this one.",
        reason=_ask("nobody")),
    Action("users.allowlist", ("A",), "add to allowlist", "Put the marked users, or this one, on an allowlist.",
        reason=_ask("nobody")),
    Action("users.export", ("E",), "export", "Write the marked users, those of the filter or all to a new file.", _READ),
    Action("wallets.pregenerate", ("n",), "pre-generate", "Make embedded wallets that somebody claims by signing in.",
        rank=16),
    Action("wallets.recover", ("u",), "recover", "Bring the deleted wallets of the owners back.", rank=17,
        reason=_ask("no_owners")),
    Action("wallets.export", ("E",), "export", "Write the marked wallets, or all, to a new file.", _READ),
    Action("user.access", ("A",), "access", "On which lists this user is, and whether they get in.", _READ, 16),
    Action("user.edit", ("e",), "edit", "Change the profile, on the Metadata tab the metadata; never the e-mail.",
        rank=14, reason=_ask("not_read")),
    Action("user.metadata", ("m",), "set metadata", "Set one field of the metadata.", rank=17, reason=_ask("not_read")),
    Action("user.editor", ("E",), "metadata in editor", "Change the metadata in your own editor.",
        reason=_ask("no_editor")),
    Action("user.revoke_session", ("x",), "revoke session", "Sign the device under the cursor out.", Effect.DESTRUCTIVE, 11,
        reason=_ask("no_session")),
    Action("user.revoke_sessions", ("X",), "revoke all sessions", "Sign the user out everywhere.", Effect.DESTRUCTIVE,
        reason=_ask("no_sessions")),
    Action("user.remove_devices", ("D",), "remove MFA devices", "Remove all MFA devices.", Effect.DESTRUCTIVE,
        reason=_ask("no_devices")),
    Action("user.reset_mfa", ("F",), "reset MFA", "Reset the MFA methods.", Effect.DESTRUCTIVE, reason=_ask("not_read")),
    Action("user.reveal", ("t",), "reveal token", "Show the access token of the social account under the cursor, once.",
        _READ, 11, reason=_ask("no_account")),
    Action("user.pregenerate", ("P",), "pre-generate wallets", "Make embedded wallets that the user claims by signing in.",
        reason=_ask("not_read")),
    Action("user.link", ("w",), "link wallet", "Link an external wallet.", reason=_ask("not_read")),
    Action("user.recover", ("u",), "recover wallets", "Bring the deleted wallets back.", reason=_ask("not_read")),
    Action("wallet.delete", ("d",), "delete", "Delete the wallet; recover brings it back.", Effect.DESTRUCTIVE, 16,
        reason=_ask("no_deleting")),
    Action("wallet.recover", ("u",), "recover", "Bring the deleted wallets of the owner back.", rank=17,
        reason=_ask("no_owner")),
    Action("user.delete", ("d",), "delete", "Delete the user for good.", Effect.DESTRUCTIVE, 18,
        reason=_ask("not_read")),
    Action("weigh.down", ("down",), "read on", "Further lines.", _READ),
    Action("weigh.up", ("up",), "read back", "Earlier lines.", _READ),
    Action("weigh.page_down", ("pagedown",), "read on", "The next lines.", _READ),
    Action("weigh.page_up", ("pageup",), "read back", "The lines before.", _READ),
    # jobs
    Action("app.import", ("i",), "import", "Import users from a file.", _READ, reason=_ask("no_import")),
    Action("jobs.open", ("enter",), "open", "Look at the job, or go on with the draft.", _READ, 10,
        reason=_ask("no_opening")),
    Action("jobs.resume", ("r",), "resume", "Go on with a job that was paused or interrupted.", rank=11,
        reason=_ask("no_resuming")),
    Action("jobs.pause", ("p",), "pause", "Stop it after the request that is under way.", _READ, 12,
        reason=_ask("no_pausing")),
    Action("jobs.mend", ("f",), "fix failed", "Take the rows that did not get through to the review.", _READ, 16,
        reason=_ask("no_mending")),
    Action("jobs.retry", ("t",), "retry", "Try the rows that failed again, as they are.", _READ, 17,
        reason=_ask("no_mending")),
    Action("jobs.undo", ("z",), "undo", "Delete the users that the job created; who is deleted is shown first.", _READ, 18,
        reason=_ask("no_undoing")),
    Action("import-undo.delete", ("enter",), "delete them", "Delete the users that this job created.", Effect.DESTRUCTIVE, 10,
        reason=_ask("nothing_to_delete")),
    Action("import-undo.look", ("r",), "look again", "Read the users again.", _READ, 11, reason=_ask("at_work")),
    Action("jobs.report", ("w",), "report", "Write the report and the failed rows.", _READ, 13,
        reason=_ask("no_reporting")),
    Action("jobs.remove", ("d",), "remove", "Delete the job from this machine; users stay.", _READ, 15,
        reason=_ask("no_removing")),
    Action("jobs.new", ("i",), "import", "Import a file.", _READ, 14, reason=_ask("no_new")),
)  # fmt: skip

_OF_RESOURCES = tuple(
    Action(
        key.id, key.keys, key.title, key.help, key.effect, key.rank, key.run, _ask(key.why_not) if key.why_not else None
    )
    for key in KEYS
)

ACTIONS: dict[str, Action] = {action.id: action for action in (*_ALL, *_OF_RESOURCES)}
"""Every action by id, in the order of the help screen."""

SCOPES = {
    "app": "everywhere",
    "rows": "moving",
    "table": "table",
    "list": "list",
    "detail": "here",
    "beside": "here",
    "taking": "here",
    "link": "dialog",
    "tree": "tree",
    "journal": "here",
    "environments": "environments",
    "setup": "here",
    "raw": "here",
    "dialog": "dialog",
    "pick": "dialog",
    "confirm": "dialog",
    "columns": "columns",
    "form": "form",
    "wizard": "the import",
    "source": "file",
    "paste": "paste",
    "writing": "writing",
    "parse": "reading",
    "map": "mapping",
    "transforms": "transforms",
    "review": "review",
    "check": "check",
    "plan": "plan",
    "run": "the job",
    "finish": "outcome",
    "jobs": "jobs",
    "cell": "the cell",
    "allowlists": "allowlists",
    "allowlist-entries": "entries",
    "pasting": "paste",
    "drafts": "entries to add",
    "compare": "compare",
    "duplicates": "duplicates",
    "gates": "gates",
    "gate": "gate",
    "person": "access",
    "user": "user",
    "users": "users",
    "wallet": "wallet",
    "weigh": "dialog",
    **KEY_SCOPES,
    "import-undo": "undo",
}
"""What the help screen calls the scopes."""


def bindings(*scopes: str) -> list[BindingType]:
    """The bindings of the actions of `scopes`, for the BINDINGS of the class that does them."""
    found: list[BindingType] = []
    for action in ACTIONS.values():
        if action.scope in scopes:
            if action.each:
                found += [_binding(action, (key,), f"do('{action.id}', '{key}')") for key in action.keys]
            elif action.keys:
                found.append(_binding(action, action.keys, f"do('{action.id}')"))
    return found


def _binding(action: Action, keys: tuple[str, ...], call: str) -> Binding:
    return Binding(",".join(keys), call, action.title, show=False, id=action.id, priority=action.early)


_WAIT_THEMSELVES = frozenset({"plan", "run", "jobs", "finish", "request"})
"""Jobs wait for the server on their own; a request of the API console may be tried at any time."""


def reason_against(action: Action, node: Any) -> str | None:
    """Why `action` cannot be done on `node` now, in one sentence; None when it can."""
    if action.effect is not Effect.READ and getattr(node.app, "read_only", False):
        return "This environment is read-only here."
    if action.effect is not Effect.READ and action.scope not in _WAIT_THEMSELVES:
        away: str = getattr(node.app, "offline_words", "")
        if away:
            return f"{away}: nothing can be changed until the server answers. Nothing was sent."
    return action.reason(node) if action.reason else None


class Acting(_Node):
    """A screen, a widget or the app, whose keys come from the registry."""

    async def action_do(self, action_id: str, *arguments: str) -> None:
        """Do the action, or say why not."""
        action = ACTIONS[action_id]
        if reason := reason_against(action, self):
            self.app.notify(reason, severity="warning", markup=False)
            return
        result = getattr(self, action.method)(*arguments)
        if isawaitable(result):
            await result


@dataclass(frozen=True, slots=True)
class Here:
    """An action that a key reaches at this moment. node: who does it."""

    action: Action
    node: Any
    keys: tuple[str, ...]

    @property
    def reason(self) -> str | None:
        """Why it cannot be done now, in one sentence; None when it can."""
        return reason_against(self.action, self.node)


def actions_here(screen: Screen[Any]) -> list[Here]:
    """What the keys do on `screen` at this moment, the focused widget first."""
    return list(_here(screen))


def _here(screen: Screen[Any]) -> Iterator[Here]:
    keys: dict[str, list[str]] = {}
    nodes: dict[str, Any] = {}
    for key, active in screen.active_bindings.items():
        if (id_ := active.binding.id) in ACTIONS:
            keys.setdefault(id_, []).append(key)
            nodes[id_] = active.node
    for id_, bound in keys.items():
        yield Here(ACTIONS[id_], nodes[id_], tuple(bound))


_WORDS = {
    "colon": ":",
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "asterisk": "*",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def key_words(key: str) -> str:
    """A key as people read it: `:`, `esc`, `ctrl+p`."""
    if key.startswith("upper_"):
        return key.removeprefix("upper_").upper()
    return _WORDS.get(key, key)
