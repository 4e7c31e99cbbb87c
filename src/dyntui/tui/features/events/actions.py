"""Actions of the event tail and of the screen of one event."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register

__all__ = ["EVENTS_ACTIONS"]

EVENTS_ACTIONS = register(
    Action("tail.pause", ("space",), "pause", "Pause or resume the event tail.", READ, 10),
    Action("tail.filter", ("slash",), "filter", "Show only events that contain a text.", READ, 11),
    Action("tail.open", ("enter",), "open", "Open the event.", READ, 12, "open", "selection_disabled_reason"),
    Action("tail.user", ("O",), "open user", "Open the user of the event.", READ, 13),
    Action("tail.resource", ("f",), "resource", "Show only events of one resource.", READ, 14),
    Action("tail.range", ("P",), "time range", "Choose the time range.", READ, 15, "range"),
    Action("tail.auto_refresh", ("I",), "interval", "Look for new events every 2, 5, 15 or 60 seconds; the choice is saved.", READ),
    Action("tail.clear", ("equals_sign",), "clear", "Clear the list; new events still appear.", READ),
    Action("tail.copy", ("y",), "copy id", "Copy the id of the event.", READ, disabled_reason="selection_disabled_reason"),
    Action("event.user", ("O",), "open user", "Open the user of the event.", READ, 11),
    headings={"tail": "Events"},
)  # fmt: skip
