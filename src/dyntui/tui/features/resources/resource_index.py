"""The index of all resources: how each list is opened, and whether the token can read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Column, Resource, Scope
from dyntui.tui.features.resources.actions import RESOURCES_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.table_screen import LocalTableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["ResourceIndexScreen"]

_OFTEN_FORBIDDEN = ("organizations", "my-invites", "membership-environments", "user-tokens")
"""Lists that the token of an environment often cannot read; they are checked when the screen opens."""


class ResourceIndexScreen(LocalTableScreen):
    """The list of all resources."""

    BINDINGS = bindings(RESOURCES_ACTIONS, "resources")
    open_action = "resources.open"

    breadcrumbs = ("resources",)
    shown_resources = frozenset({"tokens", "user-tokens", "members"})
    COLUMNS = (
        Column("title", "resource", 28, grow=True, priority=0),
        Column("opened_with", "opened with", 26, grow=True, priority=1),
        Column("group", "group", 18, grow=True, priority=3),
        Column("actions", "actions", 7, right=True, priority=4),
        Column("access", "access", 30, grow=True, priority=0),
    )
    KEY = "name"
    NO_SELECTION = "There is no resource under the cursor."
    is_checking = False

    def build_rows(self) -> list[Row]:
        from dyntui.api.catalog import catalog
        from dyntui.api.operation_groups import group_title

        operations = catalog()
        return [
            {
                "name": record.name,
                "title": record.title,
                "opened_with": _opened_with(record),
                "group": record.group or group_title(operations.get(record.detail or record.list.operation).group),
                "actions": str(len(record.actions)) if record.actions else "",
                "access": self._access(record),
            }
            for record in RESOURCES.values()
        ]

    def _access(self, record: Resource) -> str:
        """Return whether the token can read a list: `allowed` or the reason why not; "" before the check."""
        from dyntui.services.lists.resource_reachability import reachability_of

        connection = self.console.session.connection
        if connection is None or record.scope is Scope.PARENT:
            return ""
        reachability = reachability_of(connection.client)
        return (reachability.reason(record) or "allowed") if reachability.is_known(record) else ""

    def connected(self, connection: Connection) -> None:
        self._check(RESOURCES[name] for name in _OFTEN_FORBIDDEN)

    def reload(self) -> None:
        """Check again, because the scopes of the token may have changed."""
        from dyntui.services.lists.resource_reachability import reachability_of

        if (connection := self.console.session.connection) is not None:
            reachability_of(connection.client).forget()
            self.connected(connection)

    def _check(self, records: Iterable[Resource]) -> None:
        from dyntui.services.lists.resource_reachability import reachability_of

        connection = self.console.session.connection
        if connection is None:
            return
        self.is_checking = True
        change_count = self.change_count

        def on_checked(_: None) -> None:
            self.is_checking = False
            self.mark_up_to_date(change_count)
            self.update_rows()

        self.run_worker_then(partial(reachability_of(connection.client).probe, records), on_checked, group="probe")

    def status(self) -> Sequence[Piece]:
        parts: list[Piece] = [("checking access", "")] if self.is_checking else []
        return parts + self.position()

    # Actions

    def open_disabled_reason(self) -> str | None:
        if (row := self.table.row) is None:
            return self.NO_SELECTION
        record = RESOURCES[str(row["name"])]
        return f"This list is opened {_opened_with(record)}." if record.scope is Scope.PARENT else None

    def action_open(self) -> None:
        row = self.table.selected_row
        self.console.open_named(RESOURCES[str(row["name"])])

    def action_check_access(self) -> None:
        self._check(RESOURCES.values())
        self.refresh_status()


def _opened_with(record: Resource) -> str:
    """Return the names for the jump bar, or the list from which a resource is opened."""
    if record.scope is not Scope.PARENT:
        return "  ".join(f":{name}" for name in (record.name, *record.aliases[:1]))
    parent = RESOURCES.get(record.parent_resource)
    return f"from {parent.plural}" if parent is not None else "from its parent"
