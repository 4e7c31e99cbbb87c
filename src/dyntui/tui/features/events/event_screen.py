"""The screen of one event, as a JSON tree."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from dyntui.core.json_types import Row
from dyntui.resources.events import user_id_of
from dyntui.tui.features.events.actions import EVENTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.search_tree import SearchTree
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["NO_USER", "EventScreen"]

NO_USER = "This event has no user: an API token or Dynamic caused it."


class EventScreen(ConsoleScreen):
    """One event with all its fields."""

    BINDINGS = bindings(EVENTS_ACTIONS, "event")

    def __init__(self, event: Row) -> None:
        super().__init__()
        self.event = dict(event)

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls(target.row))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("events", str(self.event.get("eventName") or self.event.get("eventId") or ""))

    def body(self) -> ComposeResult:
        yield SearchTree(self.event, unfolded=3, id="tree")

    @property
    def _tree(self) -> SearchTree:
        return self.query_one("#tree", SearchTree)

    def status(self) -> Sequence[Piece]:
        return [(self._tree.path, "dim")] if self._tree.count else []

    def user_disabled_reason(self) -> str | None:
        return None if user_id_of(self.event) else NO_USER

    def action_user(self) -> None:
        user_id = user_id_of(self.event)
        self.console.open_route("user", RouteTarget(row_id=user_id, label=user_id))

    def action_copy(self) -> None:
        send_to_clipboard(self.console, self._tree.value_text, self._tree.path or "event", lines=not self._tree.is_text)
