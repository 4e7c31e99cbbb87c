"""Actions of allowlists, their entries and gates."""

from __future__ import annotations

from dyntui.resources.allowlists import ALLOWLIST_ENTRIES, ALLOWLISTS
from dyntui.resources.gates import GATES
from dyntui.resources.users import USERS
from dyntui.tui.kit.action_registry import READ, Action, register
from dyntui.tui.shell.declared_actions import declared_action

__all__ = ["ACCESS_ACTIONS"]

ACCESS_ACTIONS = register(
    declared_action("allowlists.new", ALLOWLISTS, "create", rank=12),
    declared_action("allowlists.edit", ALLOWLISTS, "edit", rank=12, disabled_reason="selection_disabled_reason"),
    declared_action("allowlists.toggle", ALLOWLISTS, "enable", "disable", rank=11, run="toggle_enabled", disabled_reason="selection_disabled_reason"),
    declared_action("allowlists.delete", ALLOWLISTS, "delete", rank=16, disabled_reason="selection_disabled_reason"),
    Action("allowlists.check", ("w",), "check access", "Check whether an email, wallet or other identifier may sign in, and why.",
        READ, 12),
    Action("allowlists.compare", ("D",), "compare", "Compare with another allowlist or a file.", READ, 14,
        disabled_reason="selection_disabled_reason"),
    Action("allowlists.duplicates", ("f",), "duplicates", "Find identifiers that are on several allowlists.", READ),
    Action("allowlists.export", ("x",), "export", "Export the entries to a file.", READ, disabled_reason="selection_disabled_reason"),
    declared_action("allowlists.import", ALLOWLISTS, "import", rank=17, disabled_reason="selection_disabled_reason"),
    declared_action("allowlist-entries.add", ALLOWLIST_ENTRIES, "create", rank=11, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.paste", ("p",), "paste entries", "Paste several entries and review them before they are sent.",
        rank=11, disabled_reason="entries_disabled_reason"),
    declared_action("allowlist-entries.edit", ALLOWLIST_ENTRIES, "edit", rank=12, disabled_reason="entry_disabled_reason"),
    declared_action("allowlist-entries.delete", ALLOWLIST_ENTRIES, "delete", rank=12, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.copy_to", ("A",), "copy to list", "Copy the marked entries or the current one to another allowlist.",
        rank=16, disabled_reason="entry_disabled_reason"),
    declared_action("allowlist-entries.import", ALLOWLISTS, "import", rank=16, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.export", ("x",), "export", "Export the entries to a file.", READ,
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.compare", ("D",), "compare", "Compare with another allowlist or a file.", READ, 17,
        disabled_reason="entries_disabled_reason"),
    declared_action("allowlist-entries.toggle", ALLOWLISTS, "enable", "disable", rank=17, run="toggle_enabled", disabled_reason="entries_disabled_reason"),
    declared_action("allowlist-entries.undo", ALLOWLISTS, "undo", rank=18),
    Action("allowlist-entries.check", ("w",), "check access", "Check whether an identifier may sign in, and why.", READ),
    declared_action("entry-drafts.add", ALLOWLIST_ENTRIES, "create", keys=("enter",), rank=10),
    Action("entry-drafts.edit", ("e",), "edit", "Correct the identifier, its type or the alias; the other lines stay as they are.", READ, 11,
        disabled_reason="selection_disabled_reason"),
    Action("entry-drafts.next_problem", ("n",), "next problem", "Go to the next invalid line.", READ, 12),
    Action("entry-drafts.exclude", ("d", "delete"), "exclude", "Remove the entry from this list of entries to add.", READ, 12,
        disabled_reason="selection_disabled_reason"),
    Action("compare.filter", ("f",), "filter", "Show all entries, those of one side, those of both, or those with another alias.", READ, 10,
        disabled_reason="comparison_disabled_reason"),
    declared_action("compare.add", ALLOWLIST_ENTRIES, "create", keys=("plus",), rank=11, disabled_reason="add_missing_disabled_reason"),
    Action("compare.sync", ("A",), "add all", "Add all entries of the other side that the allowlist does not have. The plan is shown first.", rank=12),
    declared_action("compare.match", ALLOWLISTS, "sync", keys=("ctrl+s",), rank=13),
    Action("compare.refresh", ("r", "f5"), "refresh", "Refresh both sides.", READ, 15),
    Action("duplicates.refresh", ("r", "f5"), "refresh", "Refresh all allowlists.", READ, 15),
    declared_action("gates.new", GATES, "create", rank=12),
    declared_action("gates.toggle", GATES, "enable", "disable", rank=11, run="toggle_enabled", disabled_reason="selection_disabled_reason"),
    declared_action("gates.edit", GATES, "edit", rank=12, disabled_reason="selection_disabled_reason"),
    declared_action("gates.delete", GATES, "delete", rank=16, disabled_reason="selection_disabled_reason"),
    Action("gates.check", ("w",), "check access", "Check whether an identifier may sign in, and why.", READ, 16),
    declared_action("gate.edit", GATES, "edit", rank=16, disabled_reason="details_disabled_reason"),
    declared_action("gate.toggle", GATES, "enable", "disable", rank=17, run="toggle_enabled", disabled_reason="details_disabled_reason"),
    declared_action("gate.delete", GATES, "delete", rank=18, disabled_reason="details_disabled_reason"),
    declared_action("user-access.add", USERS, "add-to-allowlist", rank=10),
    declared_action("user-access.remove", ALLOWLIST_ENTRIES, "delete", rank=11, disabled_reason="removal_disabled_reason"),
    Action("user-access.explain", ("w",), "explain", "Explain why the user may or may not sign in.", READ, 12),
    Action("user-access.open", ("enter",), "open", "Open the entries of the allowlist.", READ, 13, disabled_reason="selection_disabled_reason"),
    Action("user-access.refresh", ("r", "f5"), "refresh", "Refresh the access of the user.", READ, 15),
    headings={"allowlist-entries": "Entries", "entry-drafts": "Entries to Add", "user-access": "Access"},
)  # fmt: skip
