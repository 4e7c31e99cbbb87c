"""Everything the API has, in one list: where it is, what it is called, and whether this token reaches it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult

from dyntui.resources import RESOURCES, Column, Resource, Scope
from dyntui.tui.features.resources.actions import RESOURCES_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_flow import WorkerMixin

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["ResourceIndexScreen"]

_COLUMNS = (
    Column("title", "what", 28, grow=True, priority=0),
    Column("jump", "go there with", 26, priority=1),
    Column("group", "group", 18, priority=3),
    Column("actions", "actions", 7, right=True, priority=4),
    Column("reach", "this token", 30, grow=True, priority=0),
)
_UNSURE = ("organizations", "my-invites", "membership-environments", "user-tokens")
"""Lists that an environment's token often may not read: asked for as soon as this is opened."""


class ResourceIndexScreen(WorkerMixin):
    """The records, in their order. What the token may not reach says why, asked once."""

    BINDINGS = bindings(RESOURCES_ACTIONS, "everything")

    def __init__(self) -> None:
        super().__init__()
        self._view = StaticRows(key="name")
        self.probing = False

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("everything",)

    def body(self) -> ComposeResult:
        self._view.set_rows(self._rows())
        yield Table(_COLUMNS, self._view, id="list")

    @property
    def table(self) -> Table:
        return self.query_one("#list", Table)

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {
                "name": record.name,
                "title": record.title,
                "jump": self._jump(record),
                "group": record.group,
                "actions": str(len(record.actions)) if record.actions else "",
                "reach": self._reach(record),
            }
            for record in RESOURCES.values()
        ]

    def _jump(self, record: Resource) -> str:
        if record.scope is Scope.PARENT:
            return (
                f"from {RESOURCES[record.parent_resource].plural}"
                if record.parent_resource in RESOURCES
                else "from its list"
            )
        return "  ".join(f":{name}" for name in (record.name, *record.aliases[:1]))

    def _reach(self, record: Resource) -> str:
        from dyntui.services.lists.resource_reachability import reachability_of

        connection = self.console.session.connection
        if connection is None or record.scope is Scope.PARENT:
            return ""
        reach = reachability_of(connection.client)
        if not reach.is_known(record):
            return ""
        return reach.reason(record) or "reached"

    def connected(self, connection: Connection) -> None:
        self._ask(RESOURCES[name] for name in _UNSURE)

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({"tokens", "user-tokens", "members"})

    def reload(self) -> None:
        """What a token reaches is asked for again."""
        from dyntui.services.lists.resource_reachability import reachability_of

        if (connection := self.console.session.connection) is not None:
            reachability_of(connection.client).forget()
            self.connected(connection)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        self._view.set_rows(self._rows())
        self.table.view_changed()
        self.refresh_status()

    def _ask(self, records: Iterable[Resource]) -> None:
        from dyntui.services.lists.resource_reachability import reachability_of

        connection = self.console.session.connection
        if connection is None:
            return
        self.probing = True
        seen = self.change_count

        def known(_: None) -> None:
            self.probing = False
            self.mark_up_to_date(seen)
            self._show()

        self.run_worker_then(reachability_of(connection.client).probe(records), known, group="probe")

    def status(self) -> Sequence[Piece]:
        parts: list[Piece] = [("asking", "")] if self.probing else []
        return [*parts, (f"{self.table.cursor + 1:,} of {self.table.count:,}", "")]

    # Actions

    def open_disabled_reason(self) -> str | None:
        row = self.table.row
        if row is None:
            return "There is no list under the cursor."
        record = RESOURCES[str(row["name"])]
        if record.scope is Scope.PARENT:
            return f"This is opened {self._jump(record)}."
        return None

    @on(Table.Opened)
    async def _clicked(self) -> None:
        await self.action_do("everything.open")

    def action_open(self) -> None:
        row = self.table.row
        assert row is not None
        self.console.open_named(RESOURCES[str(row["name"])])

    def action_probe(self) -> None:
        self._ask(RESOURCES.values())
        self.refresh_status()
