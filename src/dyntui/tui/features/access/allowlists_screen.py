"""The allowlists screen: the lists with their combined effect on sign-in, and the actions on a list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row
from dyntui.resources import ALLOWLISTS, Column, Paging, Resource
from dyntui.resources.cell_formats import enabled_since, short_id, thousands
from dyntui.services.access.access_policy import AccessPolicy, is_enabled, name_of, read_access
from dyntui.services.access.actions import access_target
from dyntui.services.access.policy_fields import OUTCOMES, checked_fields, with_counts
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Target
from dyntui.services.lists.list_query import ListQuery
from dyntui.services.lists.paged_view import PagedView
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.widgets.summary_text import SummaryText
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.api.models import Allowlist
    from dyntui.api.pagination import RowPage
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["AllowlistForm", "AllowlistsScreen", "toggle_allowlist"]

_COLUMNS = (
    Column("name", "name", 20, grow=True, priority=0),
    Column("outcome", "outcome", 10, priority=0),
    Column("scope", "scope", 16, priority=3),
    Column("entries", "entries", 7, right=True, format=thousands, priority=1),
    Column("enabledAt", "enabled", 16, format=enabled_since, priority=0),
    Column("effect", "effect", 24, grow=True, priority=2),
    Column("id", "id", 11, format=short_id, priority=4),
)


class AllowlistsScreen(ResourceScreen):
    """All allowlists with their entry counts, below a summary of their combined effect."""

    BINDINGS = bindings(ACCESS_ACTIONS, "allowlists")

    def __init__(self, record: Resource = ALLOWLISTS, **options: Any) -> None:
        super().__init__(replace(record, columns=_COLUMNS), **options)
        self.access: AccessPolicy | None = None

    def body(self) -> ComposeResult:
        with Vertical():
            yield SummaryText()
            yield from super().body()

    def on_mount(self) -> None:
        self.table.markable = False
        super().on_mount()

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

    @property
    def shown_resources(self) -> frozenset[str]:
        return super().shown_resources | {"allowlist-entries", "gates"}

    # Actions

    def action_new(self) -> None:
        from dyntui.api.models import Allowlist

        form = AllowlistForm("New Allowlist", Allowlist())

        def on_submit(values: Values) -> None:
            target = Target("", values["name"], {"fields": values})
            run_action(self.console, write_action("allowlists.create"), [target], form=form)

        self.console.open_form(form, on_submit)

    def action_edit(self) -> None:
        row = self.table.row
        assert row is not None
        from dyntui.api.models import Allowlist

        form = AllowlistForm(f"Edit {name_of(row)}", Allowlist.of(row))

        def on_submit(values: Values) -> None:
            if fields := _changed_fields(row, values):
                target = access_target(row, fields=fields)
                update = write_action("allowlists.update")
                run_action(self.console, update, [target], form=form)
            else:
                form.finish()
                self.console.notify("No changes to save.")

        self.console.open_form(form, on_submit)

    def action_toggle_enabled(self) -> None:
        row = self.table.row
        assert row is not None
        toggle_allowlist(self.console, row, opening_key="t")

    def action_delete(self) -> None:
        row = self.table.row
        assert row is not None
        target = access_target(row)
        run_action(self.console, write_action("allowlists.delete"), [target], opening_key="d")

    def action_check(self) -> None:
        from dyntui.tui.features.access.access_check import ask_access_check

        ask_access_check(self.console)

    def action_compare(self) -> None:
        from dyntui.tui.features.access.compare_screen import ask_comparison

        row = self.table.row
        assert row is not None
        ask_comparison(self.console, row)

    def action_export(self) -> None:
        from dyntui.tui.features.access.import_export import ask_export

        row = self.table.row
        assert row is not None
        ask_export(self.console, row)

    def action_import(self) -> None:
        from dyntui.tui.features.access.import_export import ask_import

        row = self.table.row
        assert row is not None
        ask_import(self.console, row)

    def action_duplicates(self) -> None:
        from dyntui.tui.features.access.compare_screen import DuplicateEntriesScreen

        self.console.visit(DuplicateEntriesScreen())


class AllowlistForm(FormDialog):
    """The form to create or edit an allowlist."""

    def __init__(self, title: str, allowlist: Allowlist) -> None:
        """allowlist: the one to edit, or the initial values of a new one."""
        super().__init__(
            title,
            (
                FormInput("name", "name", allowlist.name),
                FormInput(
                    "outcome",
                    "outcome",
                    allowlist.outcome or "siteAccess",
                    {name: f"{name}: {meaning}" for name, meaning in OUTCOMES.items()},
                ),
                FormInput(
                    "scope",
                    "scope",
                    allowlist.scope or "",
                    help="The access scope, if the outcome is scope.",
                ),
            ),
            check=_check,
        )


def _check(values: Values) -> dict[str, str]:
    try:
        checked_fields(values)
    except DyntuiError as error:
        return {"": str(error)}
    return {}


def _changed_fields(row: Row, values: Values) -> dict[str, str]:
    return {name: value for name, value in values.items() if value != str(row.get(name) or "")}


def toggle_allowlist(console: ConsoleApp, row: Row, *, opening_key: str) -> None:
    """Enable a disabled allowlist or disable an enabled one, after its impact was confirmed."""
    action = write_action("allowlists.disable" if is_enabled(row) else "allowlists.enable")
    run_action(console, action, [access_target(row)], opening_key=opening_key)
