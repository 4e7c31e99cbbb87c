"""Actions of allowlists, their entries and gates.

The action `SCOPE.NAME` runs the method `action_NAME` of the class that binds the scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["ACCESS_ACTIONS"]

_READ = Effect.READ

ACCESS_ACTIONS = register(
    {
        "allowlists": "Allowlists",
        "allowlist-entries": "Entries",
        "paste-entries": "Paste",
        "entry-drafts": "Entries to Add",
        "compare": "Compare",
        "duplicates": "Duplicates",
        "gates": "Gates",
        "gate": "Gate",
        "user-access": "Access",
    },
    Action("allowlists.new", ("n",), "new", "Create an allowlist. It is disabled until you enable it.", rank=12),
    Action("allowlists.edit", ("e",), "edit", "Edit the name, outcome or scope.", rank=12, disabled_reason="selection_disabled_reason"),
    Action("allowlists.toggle", ("t",), "toggle", "Enable or disable the allowlist. The impact is shown first.",
        rank=11, run="toggle_enabled", disabled_reason="selection_disabled_reason"),
    Action("allowlists.delete", ("d",), "delete", "Delete the allowlist and its entries.", Effect.DESTRUCTIVE, 16,
        disabled_reason="selection_disabled_reason"),
    Action("allowlists.check", ("w",), "check access", "Check whether an email, wallet or other identifier may sign in, and why.",
        _READ, 12),
    Action("allowlists.compare", ("c",), "compare", "Compare with another allowlist or a file.", _READ, 14,
        disabled_reason="selection_disabled_reason"),
    Action("allowlists.duplicates", ("D",), "duplicates", "Find identifiers that are on several allowlists.", _READ),
    Action("allowlists.export", ("x",), "export", "Export the entries to a file.", _READ, disabled_reason="selection_disabled_reason"),
    Action("allowlists.import", ("i",), "import", "Import entries from a file.", rank=17,
        disabled_reason="selection_disabled_reason"),
    Action("allowlist-entries.add", ("n",), "add", "Add one entry.", rank=11, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.paste", ("p",), "paste entries", "Paste several entries and review them before they are sent.",
        rank=11, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.edit", ("e",), "edit", "Edit the entry. The new entry is added, then the old one is deleted.",
        rank=12, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.delete", ("d",), "remove", "Remove the marked entries or the current one.",
        Effect.DESTRUCTIVE, 12, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.copy_to", ("C",), "copy to list", "Copy the marked entries or the current one to another allowlist.",
        rank=16, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.import", ("i",), "import", "Import entries from a file.", rank=16,
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.export", ("x",), "export", "Export the entries to a file.", _READ,
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.compare", ("c",), "compare", "Compare with another allowlist or a file.", _READ, 17,
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.toggle", ("t",), "toggle", "Enable or disable the allowlist. The impact is shown first.",
        rank=17, run="toggle_enabled", disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.undo", ("u",), "undo", "Undo the last change to the entries.", rank=18),
    Action("allowlist-entries.check", ("w",), "check access", "Check whether an identifier may sign in, and why.", _READ),
    Action("paste-entries.submit", ("ctrl+s",), "review", "Review the pasted entries. Nothing is sent yet.", _READ),
    Action("entry-drafts.add", ("enter",), "add", "Add the valid entries to the allowlist.", rank=10, disabled_reason="add_disabled_reason"),
    Action("entry-drafts.set_type", ("e",), "set type", "Set the type of the identifier.", _READ, 11, disabled_reason="selection_disabled_reason"),
    Action("entry-drafts.exclude", ("x", "delete"), "exclude", "Remove the entry from this list of entries to add.", _READ, 12,
        disabled_reason="selection_disabled_reason"),
    Action("compare.filter", ("f",), "filter", "Show all entries, those of one side, those of both, or those with another alias.", _READ, 10,
        disabled_reason="comparison_disabled_reason"),
    Action("compare.add", ("plus",), "add", "Add the marked entries or the current one to the allowlist.", rank=11,
        disabled_reason="add_missing_disabled_reason"),
    Action("compare.sync", ("s",), "add all", "Add all entries of the other side that the allowlist does not have. The plan is shown first.", rank=12,
        disabled_reason="sync_disabled_reason"),
    Action("compare.match", ("S",), "match", "Make the allowlist match the other side: add and remove entries. The plan is shown first.",
        Effect.DESTRUCTIVE, 13, disabled_reason="match_disabled_reason"),
    Action("compare.refresh", ("r", "f5"), "refresh", "Refresh both sides.", _READ, 15),
    Action("duplicates.refresh", ("r", "f5"), "refresh", "Refresh all allowlists.", _READ, 15),
    Action("gates.new", ("n",), "new", "Create a gate. It is disabled until you enable it.", rank=12),
    Action("gates.toggle", ("t",), "toggle", "Enable or disable the gate. The impact is shown first.", rank=11, run="toggle_enabled",
        disabled_reason="selection_disabled_reason"),
    Action("gates.edit", ("e",), "edit", "Edit the gate.", rank=12, disabled_reason="selection_disabled_reason"),
    Action("gates.delete", ("d",), "delete", "Delete the gate.", Effect.DESTRUCTIVE, 16, disabled_reason="selection_disabled_reason"),
    Action("gates.check", ("w",), "check access", "Check whether an identifier may sign in, and why.", _READ, 16),
    Action("gate.edit", ("e",), "edit", "Edit the gate.", rank=16, disabled_reason="details_disabled_reason"),
    Action("gate.toggle", ("t",), "toggle", "Enable or disable the gate. The impact is shown first.", rank=17, run="toggle_enabled",
        disabled_reason="details_disabled_reason"),
    Action("gate.delete", ("d",), "delete", "Delete the gate.", Effect.DESTRUCTIVE, 18, disabled_reason="details_disabled_reason"),
    Action("user-access.add", ("n",), "add to list", "Add the user to the allowlist under the cursor.", rank=10,
        disabled_reason="add_disabled_reason"),
    Action("user-access.remove", ("d",), "remove", "Remove the user from the allowlist under the cursor.", Effect.DESTRUCTIVE, 11,
        disabled_reason="removal_disabled_reason"),
    Action("user-access.explain", ("w",), "explain", "Explain why the user may or may not sign in.", _READ, 12, disabled_reason="explain_disabled_reason"),
    Action("user-access.open", ("enter",), "open", "Open the entries of the allowlist.", _READ, 13, disabled_reason="selection_disabled_reason"),
    Action("user-access.refresh", ("r", "f5"), "refresh", "Refresh the access of the user.", _READ, 15),
)  # fmt: skip
