"""The allowlists screen: the lists with their combined effect on sign-in, and the actions on a list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on

from dyntui.core.json_types import Row
from dyntui.resources.allowlists import ALLOWLISTS
from dyntui.resources.cell_formats import enabled_since, short_id, thousands
from dyntui.resources.resource import Column, Paging, Resource
from dyntui.services.access.access_policy import AccessPolicy, read_access
from dyntui.services.access.policy_fields import OUTCOMES, checked_fields, with_counts
from dyntui.services.lists.list_query import ListQuery
from dyntui.services.lists.paged_view import PagedView
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.features.access.policy_actions import AllowlistActionsMixin, policy_inputs
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, Values, check_with
from dyntui.tui.kit.widgets.summary_text import SummaryText
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.api.pagination import RowPage
    from dyntui.services.connection import Connection

__all__ = ["AllowlistsScreen"]

_COLUMNS = (
    Column("name", "name", 20, grow=True, priority=0),
    Column("outcome", "outcome", 10, priority=0),
    Column("scope", "scope", 18, grow=True, priority=3),
    Column("entries", "entries", 7, right=True, format=thousands, priority=1),
    Column("enabledAt", "enabled", 16, format=enabled_since, priority=0),
    Column("effect", "effect", 22, grow=True, priority=2),
    Column("id", "id", 11, format=short_id, priority=4),
)


class AllowlistsScreen(AllowlistActionsMixin, ResourceScreen):
    """All allowlists with their entry counts, below a summary of their combined effect."""

    BINDINGS = bindings(ACCESS_ACTIONS, "allowlists")
    MARKABLE = False
    RELATED_RESOURCES = frozenset({"allowlist-entries", "gates"})

    def __init__(self, record: Resource = ALLOWLISTS, **options: Any) -> None:
        super().__init__(replace(record, columns=_COLUMNS), **options)
        self.access: AccessPolicy | None = None

    def make_view(self, connection: Connection) -> PagedView:
        client = connection.client

        async def fetch(query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
            from dyntui.api.pagination import RowPage

            self.access = access = await read_access(client)
            rows = [{**row, "effect": access.column_text(row)} for row in await with_counts(client, access.lists)]
            return RowPage(rows, total=len(rows))

        return PagedView(fetch, paging=Paging.NONE, key=self.record.key)

    @on(ResourceScreen.ViewChanged)
    def _show_summary(self) -> None:
        if self.access is not None and self.is_mounted:
            self.query_one(SummaryText).set_lines(self.access.summary())

    # Actions

    @property
    def policy(self) -> Row:
        return self.table.selected_row

    def policy_form(self, title: str, row: Row) -> FormDialog:
        from dyntui.api.models import Allowlist

        inputs = policy_inputs(Allowlist.of(row), OUTCOMES, "The access scope, if the outcome is scope.")
        return FormDialog(title, inputs, check=check_with(checked_fields))

    def changed_fields(self, row: Row, values: Values) -> Row:
        return {name: value for name, value in values.items() if value != str(row.get(name) or "")}

    def action_duplicates(self) -> None:
        from dyntui.tui.features.access.compare_screen import DuplicateEntriesScreen

        self.console.visit(DuplicateEntriesScreen())
