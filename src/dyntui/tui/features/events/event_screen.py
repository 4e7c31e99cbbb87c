"""The screen of one event, as a JSON tree."""

from __future__ import annotations

from dyntui.core.json_types import Row
from dyntui.resources.events import user_id_of
from dyntui.tui.features.events.actions import EVENTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.shell.console_app import ConsoleApp
from dyntui.tui.shell.json_screen import JsonScreen
from dyntui.tui.shell.lists.cached_names import cached_name
from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["NO_USER", "EventScreen"]

NO_USER = "This event has no user: an API token or Dynamic caused it."


class EventScreen(JsonScreen):
    """One event with all its fields."""

    BINDINGS = bindings(EVENTS_ACTIONS, "event")
    UNFOLDED_LEVELS = 3
    DOCUMENT_NAME = "event"

    def __init__(self, event: Row, user: str = "") -> None:
        """user: the name of the user that the event is about, such as the email; "" if it is not known."""
        super().__init__((), dict(event))
        title = str(event.get("eventName") or event.get("eventId") or "")
        self.breadcrumbs = ("events", title, user) if user else ("events", title)
        self.event = event

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls(target.row, cached_name(console.session.rows, "users", user_id_of(target.row))))

    def user_disabled_reason(self) -> str | None:
        return None if user_id_of(self.event) else NO_USER

    def action_user(self) -> None:
        user_id = user_id_of(self.event)
        self.console.open_route("user", RouteTarget(row_id=user_id, label=user_id))
