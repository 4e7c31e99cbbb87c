"""Actions of allowlists, their entries and gates.

The action `SCOPE.NAME` runs the method `action_NAME` of the class that binds the scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action_registry import READ, Action, register
from dyntui.tui.shell.record_actions import declared_action

__all__ = ["ACCESS_ACTIONS"]

ACCESS_ACTIONS = register(
    declared_action("allowlists.new", "allowlists.create", rank=12),
    declared_action("allowlists.edit", "allowlists.update", rank=12, disabled_reason="selection_disabled_reason"),
    declared_action("allowlists.toggle", "allowlists.enable", "allowlists.disable", rank=11, run="toggle_enabled", disabled_reason="selection_disabled_reason"),
    declared_action("allowlists.delete", "allowlists.delete", rank=16, disabled_reason="selection_disabled_reason"),
    Action("allowlists.check", ("w",), "check access", "Check whether an email, wallet or other identifier may sign in, and why.",
        READ, 12),
    Action("allowlists.compare", ("c",), "compare", "Compare with another allowlist or a file.", READ, 14,
        disabled_reason="selection_disabled_reason"),
    Action("allowlists.duplicates", ("D",), "duplicates", "Find identifiers that are on several allowlists.", READ),
    Action("allowlists.export", ("x",), "export", "Export the entries to a file.", READ, disabled_reason="selection_disabled_reason"),
    declared_action("allowlists.import", "allowlists.import", rank=17, disabled_reason="selection_disabled_reason"),
    declared_action("allowlist-entries.add", "allowlist-entries.create", rank=11, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.paste", ("p",), "paste entries", "Paste several entries and review them before they are sent.",
        rank=11, disabled_reason="entries_disabled_reason"),
    declared_action("allowlist-entries.edit", "allowlist-entries.update", rank=12, disabled_reason="entry_disabled_reason"),
    declared_action("allowlist-entries.delete", "allowlist-entries.delete", rank=12, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.copy_to", ("C",), "copy to list", "Copy the marked entries or the current one to another allowlist.",
        rank=16, disabled_reason="entry_disabled_reason"),
    declared_action("allowlist-entries.import", "allowlists.import", rank=16, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.export", ("x",), "export", "Export the entries to a file.", READ,
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.compare", ("c",), "compare", "Compare with another allowlist or a file.", READ, 17,
        disabled_reason="entries_disabled_reason"),
    declared_action("allowlist-entries.toggle", "allowlists.enable", "allowlists.disable", rank=17, run="toggle_enabled", disabled_reason="entries_disabled_reason"),
    declared_action("allowlist-entries.undo", "allowlists.undo", rank=18),
    Action("allowlist-entries.check", ("w",), "check access", "Check whether an identifier may sign in, and why.", READ),
    declared_action("entry-drafts.add", "allowlist-entries.create", keys=("enter",), rank=10, disabled_reason="add_disabled_reason"),
    Action("entry-drafts.set_type", ("e",), "set type", "Set the type of the identifier.", READ, 11, disabled_reason="selection_disabled_reason"),
    Action("entry-drafts.exclude", ("x", "delete"), "exclude", "Remove the entry from this list of entries to add.", READ, 12,
        disabled_reason="selection_disabled_reason"),
    Action("compare.filter", ("f",), "filter", "Show all entries, those of one side, those of both, or those with another alias.", READ, 10,
        disabled_reason="comparison_disabled_reason"),
    declared_action("compare.add", "allowlist-entries.create", keys=("plus",), rank=11, disabled_reason="add_missing_disabled_reason"),
    Action("compare.sync", ("s",), "add all", "Add all entries of the other side that the allowlist does not have. The plan is shown first.", rank=12,
        disabled_reason="sync_disabled_reason"),
    Action("compare.match", ("S",), "match", "Make the allowlist match the other side: add and remove entries. The plan is shown first.",
        Effect.DESTRUCTIVE, 13, disabled_reason="match_disabled_reason"),
    Action("compare.refresh", ("r", "f5"), "refresh", "Refresh both sides.", READ, 15),
    Action("duplicates.refresh", ("r", "f5"), "refresh", "Refresh all allowlists.", READ, 15),
    declared_action("gates.new", "gates.create", rank=12),
    declared_action("gates.toggle", "gates.enable", "gates.disable", rank=11, run="toggle_enabled", disabled_reason="selection_disabled_reason"),
    declared_action("gates.edit", "gates.update", rank=12, disabled_reason="selection_disabled_reason"),
    declared_action("gates.delete", "gates.delete", rank=16, disabled_reason="selection_disabled_reason"),
    Action("gates.check", ("w",), "check access", "Check whether an identifier may sign in, and why.", READ, 16),
    declared_action("gate.edit", "gates.update", rank=16, disabled_reason="details_disabled_reason"),
    declared_action("gate.toggle", "gates.enable", "gates.disable", rank=17, run="toggle_enabled", disabled_reason="details_disabled_reason"),
    declared_action("gate.delete", "gates.delete", rank=18, disabled_reason="details_disabled_reason"),
    declared_action("user-access.add", "users.add-to-allowlist", keys=("n",), rank=10, disabled_reason="add_disabled_reason"),
    declared_action("user-access.remove", "allowlist-entries.delete", rank=11, disabled_reason="removal_disabled_reason"),
    Action("user-access.explain", ("w",), "explain", "Explain why the user may or may not sign in.", READ, 12, disabled_reason="explain_disabled_reason"),
    Action("user-access.open", ("enter",), "open", "Open the entries of the allowlist.", READ, 13, disabled_reason="selection_disabled_reason"),
    Action("user-access.refresh", ("r", "f5"), "refresh", "Refresh the access of the user.", READ, 15),
    headings={"allowlist-entries": "Entries", "entry-drafts": "Entries to Add", "user-access": "Access"},
)  # fmt: skip
