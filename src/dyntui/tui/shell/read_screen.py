"""The base class of screens that read what they show from the server all at once, such as the settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from dyntui.core.errors import DyntuiError
from dyntui.core.times import now
from dyntui.tui.kit.action_registry import PendingReason
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.base_screen import ConsoleScreen, age_label, error_label

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["ObjectScreen", "ReadScreen"]

T = TypeVar("T")


class ReadScreen(ConsoleScreen, Generic[T]):
    """A screen that reads from the server when the environment is open, and again on refresh."""

    object_id = ""
    """The id of the object that is read; what was read for another one is dropped."""
    error: DyntuiError | None = None
    """Why the last read failed; None when it did not."""
    loaded_at: datetime | None = None
    """When the screen was read; None before."""

    async def read(self, connection: Connection) -> T:
        """Read what the screen shows."""
        raise NotImplementedError

    def show_result(self, result: T) -> None:
        """Show what was read."""
        raise NotImplementedError

    def not_loaded_reason(self, subject: str) -> str:
        """Return why an action is not available before the first read. subject: such as `The user`."""
        if self.error is not None:
            return f"{subject} could not be loaded."
        return PendingReason(f"{subject} is not loaded yet.")

    def show_error(self, error: DyntuiError | None) -> None:
        """Show why the read failed, in the widget `#failure`; None after a read that did not fail."""
        self.error = error
        self.show_failure(error)
        self.refresh_status()

    def status(self) -> Sequence[Piece]:
        parts = [(error_label(self.error), "warn")] if self.error is not None else []
        parts += self.position()
        if self.loaded_at is not None:
            parts.append((age_label(self.loaded_at), ""))
        return parts if self.loaded_at is not None or self.error is not None else [*parts, ("loading", "")]

    def position(self) -> list[Piece]:
        """Return what the footer shows of the cursor position."""
        return []

    def connected(self, connection: Connection) -> None:
        self.action_refresh()

    def reload(self) -> None:
        self.action_refresh()

    def action_refresh(self) -> None:
        if (connection := self.console.session.connection) is None:
            return
        object_id, change_count = self.object_id, self.change_count

        def on_read(result: T) -> None:
            if object_id == self.object_id:
                self.mark_up_to_date(change_count)
                self.loaded_at = now()
                self.show_error(None)
                self.show_result(result)
                self.refresh_status()

        def on_failed(error: DyntuiError) -> None:
            if object_id == self.object_id:
                self.show_error(error)

        self.run_worker_then(partial(self.read, connection), on_read, on_failed, group="read", exclusive=True)


class ObjectScreen(ReadScreen[T]):
    """A screen of one object, which is opened with its id and its name."""

    def __init__(self, object_id: str, label: str) -> None:
        super().__init__()
        self.object_id = object_id
        self.label = label

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls(target.row_id, target.label))
