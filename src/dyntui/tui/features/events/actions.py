"""Actions of the event tail and of one event.

Each is done by the method `action_NAME` of the class that binds its scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["EVENTS_ACTIONS"]

_READ = Effect.READ

EVENTS_ACTIONS = register(
    {
        "tail": "Events",
        "event": "Event",
    },
    Action("tail.pause", ("p",), "pause", "Stop the tail, or go on.", _READ, 10),
    Action("tail.filter", ("slash",), "filter", "Show only events with this in their name or in them.", _READ, 11),
    Action("tail.open", ("enter",), "open", "The event in full.", _READ, 12, "open", "selection_disabled_reason"),
    Action("tail.user", ("u",), "user", "Open the user behind the event.", _READ, 13, "user", "user_disabled_reason"),
    Action("tail.resource", ("o",), "resource", "Only events of one kind of thing, as the server filters.", _READ, 14),
    Action("tail.range", ("d",), "time range", "From when, and until when.", _READ, 15, "range"),
    Action("tail.clear", ("x",), "clear", "Take what is shown away; the tail goes on.", _READ),
    Action("tail.copy", ("y",), "copy id", "Send the event's id to the clipboard.", _READ, disabled_reason="selection_disabled_reason"),
    Action("event.user", ("u",), "user", "Open the user behind the event.", _READ, 11, "user", "user_disabled_reason"),
    Action("event.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 12),
)  # fmt: skip
