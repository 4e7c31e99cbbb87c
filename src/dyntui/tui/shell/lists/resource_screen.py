"""The list of any resource: everything it knows comes from the record."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from textual import on

from dyntui.resources import Resource
from dyntui.resources.filters import filter_hint
from dyntui.services.lists.filter_suggestions import suggest_filter
from dyntui.tui.kit.action_registry import ACTIONS, bindings
from dyntui.tui.kit.clipboard import send
from dyntui.tui.kit.widgets.prompt import Suggestion
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.error_hints import concerns_environment
from dyntui.tui.shell.lists.marked_list_screen import MarkedListScreen
from dyntui.tui.shell.row_routes import can_open, open_row

if TYPE_CHECKING:
    from dyntui.config.list_preferences import SavedView

__all__ = ["ResourceScreen"]


class ResourceScreen(MarkedListScreen):
    """A list and its keys. Made with `of`, which brings the resource's own actions."""

    BINDINGS = bindings(SHELL_ACTIONS, "list")

    @classmethod
    def of(cls, record: Resource, *, parent: str = "", parent_label: str = "", filter_text: str = "") -> ResourceScreen:
        """The screen for `record`, with the keys that the registry has for it."""
        made = _class_for(record.name)
        return made(record, parent=parent, parent_label=parent_label, filter_text=filter_text)

    # Reasons

    def nothing_listed(self) -> str | None:
        return None if self.view is not None and self.view.loaded else "Nothing is here yet."

    def nothing_here(self) -> str | None:
        return None if self.table.row is not None else "There is no row under the cursor."

    def nothing_to_open(self) -> str | None:
        if self._wrong_environment():
            return None
        return self.nothing_here() or can_open(self.record)

    def _wrong_environment(self) -> bool:
        """Whether the list is empty because of the environment's profile: enter opens its form."""
        error = self.view.error if self.view is not None else self.console.session.error
        return self.table.row is None and concerns_environment(error) and self.console.nothing_in_use() is None

    # Actions

    def action_filter(self) -> None:
        if self.record.filter is None:
            self.ask_local("/", "any part of any value; the server cannot filter this list")
            return
        self.ask_filter(
            self.filter_text,
            filter_hint(self.record.filter),
            label="all rows" if self.record.filter.here else "server",
            suggest=lambda typed: [Suggestion(text) for text in suggest_filter(self.record, typed)],
        )

    def answered(self, text: str) -> None:
        self.filter_text = " ".join(text.split())
        self._close_local()
        self._query()
        self.show_order()
        self.table.show(self.view or self._waiting)
        self.changed()

    def inner(self) -> str | None:
        return super().inner() or ("the filter" if self.filter_text else None)

    def leave_inner(self) -> None:
        if super().inner():
            super().leave_inner()
        else:
            self.answered("")

    def action_open(self) -> None:
        if self._wrong_environment():
            self.console.action_environment()
            return
        row = self.table.row
        assert row is not None
        open_row(self.console, self.record, row)

    @on(Table.Opened)
    async def _clicked(self) -> None:
        await self.action_do("list.open")

    def action_refresh(self) -> None:
        if self.console.session.connection is None and self.console.session.error is not None:
            self.console.reopen()
        elif self.view is not None:
            self.view.refresh()

    def action_copy(self) -> None:
        send(self.console, str(self.table.row_id), f"{self.record.singular} id")

    def action_columns(self) -> None:
        from dyntui.tui.shell.lists.list_views import choose_columns

        choose_columns(self)

    def action_views(self) -> None:
        from dyntui.tui.shell.lists.list_views import pick_view

        pick_view(self)

    def show_saved(self, view: SavedView) -> None:
        """Show the list as it was kept."""
        self.set_columns(view.columns)
        self.filter_text = view.filter
        self._query(view.order or self.record.list.order)
        self.answered(view.filter)

    def action_raw(self) -> None:
        from dyntui.tui.shell.json_screen import JsonScreen

        row = self.table.row
        assert row is not None
        self.console.visit(JsonScreen((*self.crumbs, self.record.label_of(row)), row, self.shows))

    def action_menu(self) -> None:
        from dyntui.tui.shell.action_menu import offer_menu

        row = self.table.row
        title = self.record.label_of(row) if row is not None else self.record.title
        offer_menu(self, title, without=("list.menu", "table.left", "table.right"), marks=True)


_OWN = {
    "users": ("dyntui.tui.features.users.users_screen", "UsersScreen"),
    "allowlists": ("dyntui.tui.features.access.allowlists_screen", "AllowlistsScreen"),
    "allowlist-entries": ("dyntui.tui.features.access.entries_screen", "EntriesScreen"),
    "gates": ("dyntui.tui.features.access.gates_screen", "GatesScreen"),
}
"""Resources with a screen of their own."""


@cache
def _class_for(name: str) -> type[ResourceScreen]:
    """The resource's own screen, else a subclass that also binds the keys of the resource's own actions."""
    if name in _OWN:
        from importlib import import_module

        module, own = _OWN[name]
        found: type[ResourceScreen] = getattr(import_module(module), own)
        return found
    from dyntui.tui.shell.lists.resource_actions_screen import list_of

    if made := list_of(name):
        return made
    if not any(action.scope == name for action in ACTIONS.values()):
        return ResourceScreen
    namespace: dict[str, Any] = {"BINDINGS": bindings(ACTIONS.values(), name)}
    return type(f"{name.title()}Screen", (ResourceScreen,), namespace)
