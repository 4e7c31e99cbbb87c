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
    Action("allowlists.new", ("n",), "new", "Make a list; it is off until it is enabled.", rank=12),
    Action("allowlists.edit", ("e",), "edit", "Change name, outcome or scope.", rank=12, disabled_reason="selection_disabled_reason"),
    Action("allowlists.switch", ("t",), "on/off", "Turn the list on or off; what that does is told first.",
        rank=11, disabled_reason="selection_disabled_reason"),
    Action("allowlists.delete", ("d",), "delete", "Delete the list and its entries.", Effect.DESTRUCTIVE, 16,
        disabled_reason="selection_disabled_reason"),
    Action("allowlists.check", ("w",), "would … get in?", "Whether an e-mail, a wallet, ... would get in, and why.",
        _READ, 12),
    Action("allowlists.compare", ("c",), "compare", "Hold it against another list or a file.", _READ, 14,
        disabled_reason="selection_disabled_reason"),
    Action("allowlists.duplicates", ("D",), "duplicates", "Who stands on several lists.", _READ),
    Action("allowlists.export", ("x",), "export", "Write the entries to a file.", _READ, disabled_reason="selection_disabled_reason"),
    Action("allowlists.import", ("i",), "import", "Import entries from a file.", rank=17, run="bring",
        disabled_reason="selection_disabled_reason"),
    Action("allowlist-entries.add", ("n",), "add", "Add one entry.", rank=11, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.paste", ("p",), "paste many", "Paste lines; they are shown before they are sent.",
        rank=11, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.edit", ("e",), "edit", "Change the entry: the new one is added, the old one deleted.",
        rank=12, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.delete", ("d",), "remove", "Remove the marked entries, or this one.",
        Effect.DESTRUCTIVE, 12, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.copy_to", ("C",), "copy to a list", "Add the marked entries, or this one, elsewhere.",
        rank=16, disabled_reason="entry_disabled_reason"),
    Action("allowlist-entries.import", ("i",), "import", "Import entries from a file.", rank=16, run="bring",
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.export", ("x",), "export", "Write the entries to a file.", _READ,
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.compare", ("c",), "compare", "Hold the list against another one or a file.", _READ, 17,
        disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.switch", ("t",), "on/off", "Turn the list on or off; it is told what that does.",
        rank=17, disabled_reason="entries_disabled_reason"),
    Action("allowlist-entries.undo", ("u",), "undo", "Undo what was added or removed together.", rank=18),
    Action("allowlist-entries.check", ("w",), "would … get in?", "Whether somebody would get in, and why.", _READ),
    Action("pasting.take", ("ctrl+s",), "look", "Look at what was pasted; nothing is sent yet.", _READ),
    Action("drafts.send", ("enter",), "add them", "Add what can be sent.", rank=10, disabled_reason="send_disabled_reason"),
    Action("drafts.kind", ("e",), "kind", "Say what kind of identifier it is.", _READ, 11, disabled_reason="selection_disabled_reason"),
    Action("drafts.leave", ("x", "delete"), "leave out", "Do not send this one.", _READ, 12,
        disabled_reason="selection_disabled_reason"),
    Action("compare.filter", ("f",), "show", "Only here, only there, both, another alias, all.", _READ, 10,
        disabled_reason="comparison_disabled_reason"),
    Action("compare.add", ("plus",), "add here", "Add the marked ones, or this one, that are only there.", rank=11,
        disabled_reason="add_missing_disabled_reason"),
    Action("compare.sync", ("s",), "add all", "Add everything that is only there; the plan is shown first.", rank=12,
        disabled_reason="sync_disabled_reason"),
    Action("compare.match", ("S",), "add and remove", "Make the list as the other side is; the plan is shown first.",
        Effect.DESTRUCTIVE, 13, disabled_reason="match_disabled_reason"),
    Action("compare.refresh", ("r", "f5"), "read again", "Read both sides again.", _READ, 15),
    Action("duplicates.refresh", ("r", "f5"), "read again", "Read all lists again.", _READ, 15),
    Action("gates.new", ("n",), "new", "Make a gate; it is off until it is enabled.", rank=12),
    Action("gates.switch", ("t",), "on/off", "Turn the gate on or off; what that does is told first.", rank=11,
        disabled_reason="selection_disabled_reason"),
    Action("gates.edit", ("e",), "edit", "Change the gate.", rank=12, disabled_reason="selection_disabled_reason"),
    Action("gates.delete", ("d",), "delete", "Delete the gate.", Effect.DESTRUCTIVE, 16, disabled_reason="selection_disabled_reason"),
    Action("gates.check", ("w",), "would … get in?", "Whether somebody would get in, and why.", _READ, 16),
    Action("gate.edit", ("e",), "edit", "Change the gate.", rank=16, disabled_reason="details_disabled_reason"),
    Action("gate.switch", ("t",), "on/off", "Turn the gate on or off; what that does is told first.", rank=17,
        disabled_reason="details_disabled_reason"),
    Action("gate.delete", ("d",), "delete", "Delete the gate.", Effect.DESTRUCTIVE, 18, disabled_reason="details_disabled_reason"),
    Action("person.add", ("n",), "add to list", "Put the user on the list under the cursor.", rank=10,
        disabled_reason="add_disabled_reason"),
    Action("person.remove", ("d",), "take off", "Remove the entry that names the user.", Effect.DESTRUCTIVE, 11,
        disabled_reason="removal_disabled_reason"),
    Action("person.why", ("w",), "why", "Whether the user would get in, and why.", _READ, 12, disabled_reason="explain_disabled_reason"),
    Action("person.open", ("enter",), "open list", "The entries of the list.", _READ, 13, disabled_reason="selection_disabled_reason"),
    Action("person.refresh", ("r", "f5"), "read again", "Read it again.", _READ, 15),
)  # fmt: skip
