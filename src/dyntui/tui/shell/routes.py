"""What Enter leads to from the list of any resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dyntui.resources import RESOURCES, Resource

if TYPE_CHECKING:
    from dyntui.tui.shell.app import Console
    from dyntui.tui.shell.base_screen import ConsoleScreen

__all__ = ["open_list", "open_thing", "screen_for"]

Row = Mapping[str, Any]


def _thing(record: Resource, row: Row, parent: str) -> ConsoleScreen:
    from dyntui.tui.features.resources.resource_detail import thing_of

    return thing_of(record, row, parent)


def _webhook(record: Resource, row: Row, parent: str) -> ConsoleScreen:
    from dyntui.tui.features.webhooks.webhook_messages import webhook_of

    return webhook_of(row)


def _message(record: Resource, row: Row, parent: str) -> ConsoleScreen:
    from dyntui.tui.features.webhooks.webhook_message import WebhookMessageScreen

    return WebhookMessageScreen(row, parent)


def _event(record: Resource, row: Row, parent: str) -> ConsoleScreen:
    from dyntui.tui.features.events.event_screen import EventScreen

    return EventScreen(row)


def _hostname(record: Resource, row: Row, parent: str) -> ConsoleScreen:
    from dyntui.tui.features.resources.hostname_screen import hostname_of

    return hostname_of(row)


def _settings(record: Resource, row: Row, parent: str) -> ConsoleScreen:
    from dyntui.tui.features.resources.settings_screen import SettingsScreen

    return SettingsScreen()


def _analytics(record: Resource, row: Row, parent: str) -> ConsoleScreen:
    from dyntui.tui.features.analytics.analytics_screen import AnalyticsScreen

    return AnalyticsScreen()


_SCREENS: Mapping[str, Callable[[Resource, Row, str], ConsoleScreen]] = {
    "thing": _thing,
    "export": _thing,
    "webhook": _webhook,
    "message": _message,
    "event": _event,
    "hostname": _hostname,
    "settings": _settings,
    "analytics": _analytics,
}


def open_thing(console: Console, record: Resource, row: Row, parent: str = "") -> bool:
    """Open a row of `record`: its own screen, or the list that it leads to. Whether there was one here."""
    if record.open in _SCREENS:
        console.visit(_SCREENS[record.open](record, row, parent))
    elif record.open in RESOURCES:
        below = RESOURCES[record.open]
        row_id = str(row.get(record.key, ""))
        open_list(console, below, row_id if below.parent else "", record.label_of(row) if below.parent else "")
    else:
        return False
    return True


def open_list(console: Console, record: Resource, parent: str = "", parent_label: str = "") -> None:
    """Open a list."""
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

    console.visit(ResourceScreen.of(record, parent=parent, parent_label=parent_label))


def screen_for(record: Resource, filter_text: str = "") -> ConsoleScreen:
    """Where a person goes who asks for `record` by its name: its list, or what says more than a list."""
    match record.name:
        case "events":
            from dyntui.tui.features.events.event_tail import EventTailScreen

            return EventTailScreen(filter_text)
        case "analytics":
            return _analytics(record, {}, "")
        case "settings":
            return _settings(record, {}, "")
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

    return ResourceScreen.of(record, filter_text=filter_text)
