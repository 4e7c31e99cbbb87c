"""Actions of allowlists, their entries and gates.

Each is done by the method `action_NAME` of the class that binds its scope.
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
        "pasting": "Paste",
        "drafts": "Entries to Add",
        "compare": "Compare",
        "duplicates": "Duplicates",
        "gates": "Gates",
        "gate": "Gate",
        "person": "Access",
    },
    Action("allowlists.new", ("n",), "new", "Create a list; it is disabled at first.", rank=12),
    Action("allowlists.edit", ("e",), "edit", "Change name, outcome or scope.", rank=12, disabled_reason="selection_disabled_reason"),
    Action("allowlists.switch", ("t",), "on/off", "Enable or disable the list; the effect is shown first.",
        rank=11, disabled_reason="selection_disabled_reason"),
    Action("allowlists.delete", ("d",), "delete", "Delete the list and its entries.", Effect.DESTRUCTIVE, 16,
        disabled_reason="selection_disabled_reason"),
    Action("allowlists.check", ("w",), "check access", "Check whether an email, wallet or other identifier has access, and why.",
        _READ, 12),
    Action("allowlists.compare", ("c",), "compare", "Compare with another list or a file.", _READ, 14,
        disabled_reason="selection_disabled_reason"),
    Action("allowlists.duplicates", ("D",), "duplicates", "Find identifiers that are on several lists.", _READ),
    Action("allowlists.export", ("x",), "export", "Write the entries to a file.", _READ, disabled_reason="selection_disabled_reason"),
    Action("allowlists.import", ("i",), "import", "Import entries from a file.", rank=17, run="bring",
        disabled_reason="selection_disabled_reason"),
    Action("allowlist-entries.add", ("n",), "add", "Add one entry.", rank=11, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.paste", ("p",), "paste many", "Paste several entries; review them before they are sent.",
        rank=11, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.edit", ("e",), "edit", "Change the entry; the new one is added, then the old one deleted.",
        rank=12, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.delete", ("d",), "remove", "Remove the marked entries, or the current one.",
        Effect.DESTRUCTIVE, 12, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.copy_to", ("C",), "copy to a list", "Add the marked entries, or the current one, to another list.",
        rank=16, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.import", ("i",), "import", "Import entries from a file.", rank=16, run="bring",
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.export", ("x",), "export", "Write the entries to a file.", _READ,
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.compare", ("c",), "compare", "Compare with another list or a file.", _READ, 17,
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.switch", ("t",), "on/off", "Enable or disable the list; the effect is shown first.",
        rank=17, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.undo", ("u",), "undo", "Undo the last change to the entries.", rank=18),
    Action("allowlist-entries.check", ("w",), "check access", "Check whether an identifier has access, and why.", _READ),
    Action("pasting.take", ("ctrl+s",), "review", "Review the pasted entries; nothing is sent yet.", _READ),
    Action("drafts.send", ("enter",), "add", "Add the valid entries.", rank=10, disabled_reason="send_disabled_reason"),
    Action("drafts.kind", ("e",), "kind", "Set the type of the identifier.", _READ, 11, disabled_reason="selection_disabled_reason"),
    Action("drafts.leave", ("x", "delete"), "leave out", "Leave this entry out.", _READ, 12,
        disabled_reason="selection_disabled_reason"),
    Action("compare.filter", ("f",), "show", "Show one side only, both, different aliases, or all.", _READ, 10,
        disabled_reason="comparison_disabled_reason"),
    Action("compare.add", ("plus",), "add here", "Add the marked entries, or the current one, that are missing on the left.", rank=11,
        disabled_reason="add_missing_disabled_reason"),
    Action("compare.sync", ("s",), "add all", "Add all entries that are missing on the left; the plan is shown first.", rank=12,
        disabled_reason="sync_disabled_reason"),
    Action("compare.match", ("S",), "add and remove", "Make the list match the other side; the plan is shown first.",
        Effect.DESTRUCTIVE, 13, disabled_reason="match_disabled_reason"),
    Action("compare.refresh", ("r", "f5"), "refresh", "Refresh both sides.", _READ, 15),
    Action("duplicates.refresh", ("r", "f5"), "refresh", "Refresh all lists.", _READ, 15),
    Action("gates.new", ("n",), "new", "Create a gate; it is disabled at first.", rank=12),
    Action("gates.switch", ("t",), "on/off", "Enable or disable the gate; the effect is shown first.", rank=11,
        disabled_reason="selection_disabled_reason"),
    Action("gates.edit", ("e",), "edit", "Change the gate.", rank=12, disabled_reason="selection_disabled_reason"),
    Action("gates.delete", ("d",), "delete", "Delete the gate.", Effect.DESTRUCTIVE, 16, disabled_reason="selection_disabled_reason"),
    Action("gates.check", ("w",), "check access", "Check whether an identifier has access, and why.", _READ, 16),
    Action("gate.edit", ("e",), "edit", "Change the gate.", rank=16, disabled_reason="details_disabled_reason"),
    Action("gate.switch", ("t",), "on/off", "Enable or disable the gate; the effect is shown first.", rank=17,
        disabled_reason="details_disabled_reason"),
    Action("gate.delete", ("d",), "delete", "Delete the gate.", Effect.DESTRUCTIVE, 18, disabled_reason="details_disabled_reason"),
    Action("person.add", ("n",), "add to list", "Add the user to the selected list.", rank=10,
        disabled_reason="add_disabled_reason"),
    Action("person.remove", ("d",), "remove", "Remove the user from the selected list.", Effect.DESTRUCTIVE, 11,
        disabled_reason="removal_disabled_reason"),
    Action("person.why", ("w",), "why", "Explain whether the user has access.", _READ, 12, disabled_reason="explain_disabled_reason"),
    Action("person.open", ("enter",), "open list", "Open the entries of the list.", _READ, 13, disabled_reason="selection_disabled_reason"),
    Action("person.refresh", ("r", "f5"), "refresh", "Refresh the access of the user.", _READ, 15),
)  # fmt: skip
