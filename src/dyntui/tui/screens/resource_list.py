"""The list of any resource: everything it knows comes from the record."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from dyntui.core.errors import DyntuiError
from dyntui.resources import Column, Resource
from dyntui.tui.actions import ACTIONS, actions_here, bindings, key_words
from dyntui.tui.clipboard import send
from dyntui.tui.filters import filter_hint, parse_filter
from dyntui.tui.opening import can_open, open_row
from dyntui.tui.screens.framed import Framed, age_of, error_words
from dyntui.tui.widgets.painted import Piece
from dyntui.tui.widgets.rows import ListView
from dyntui.tui.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.services.browse import PagedView
    from dyntui.services.connect import Connection

__all__ = ["ResourceScreen"]


class ResourceScreen(Framed):
    """Rows of a resource. parent: the id its path needs. Made with `of`, which brings the resource's own actions."""

    BINDINGS = bindings("list")

    class ViewChanged(Message):
        """The view has other rows, another total, an error."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ResourceScreen.ViewChanged)

    def __init__(self, record: Resource, *, parent: str = "", parent_label: str = "", filter_text: str = "") -> None:
        super().__init__()
        self.record = record
        self.parent_id = parent
        self.parent_label = parent_label
        self.filter_text = filter_text if record.filter is not None else ""
        self.view: PagedView | None = None
        self._waiting = ListView(loaded=False)
        self._told: DyntuiError | None = None

    @classmethod
    def of(cls, record: Resource, *, parent: str = "", parent_label: str = "", filter_text: str = "") -> ResourceScreen:
        """The screen for `record`, with the keys that the registry has for it."""
        made = _class_for(record.name)
        return made(record, parent=parent, parent_label=parent_label, filter_text=filter_text)

    @property
    def crumbs(self) -> tuple[str, ...]:
        parts = [self.parent_label] if self.parent_label else []
        parts = ["allowlists", *parts] if self.record.name == "allowlist-entries" else parts
        parts.append(self.record.title.lower())
        return (*parts, f"/{self.filter_text}") if self.filter_text else tuple(parts)

    def body(self) -> ComposeResult:
        yield Table(
            self.record.columns,
            self._waiting,
            empty=self._empty,
            retry="r tries again.",
            markable=True,
            gap=1 if self.console.dense else 2,
            id="list",
        )

    @property
    def table(self) -> Table:
        return self.query_one("#list", Table)

    # The view

    def make_view(self, connection: Connection) -> PagedView:
        """The view on what the record lists; a screen with more to say makes another one."""
        from dyntui.services.listing import view_of

        page_size = self.console.settings.page_size
        rows = self.console.session.rows
        return view_of(connection.client, self.record, parent=self.parent_id, cache=rows, page_size=page_size)

    def connected(self, connection: Connection) -> None:
        self._close_view()
        view = self.make_view(connection)
        view.subscribe(self._heard)
        self.view = view
        self._query()
        self._show_order()
        self.table.show(view)

    def not_connected(self, error: DyntuiError) -> None:
        self._waiting.error = error
        self.table.view_changed()

    def on_unmount(self) -> None:
        self._close_view()

    def _close_view(self) -> None:
        if self.view is not None:
            self.view.close()
            self.view = None

    def _query(self, order: str | None = None) -> None:
        from dyntui.services.browse import Query

        if self.view is not None:
            how = self.record.filter
            wanted = parse_filter(how, self.filter_text) if how is not None else {}
            self.view.set_query(Query(order if order is not None else self.view.query.order, wanted))

    def _heard(self) -> None:
        self.post_message(self.ViewChanged())

    @on(ViewChanged)
    def _view_changed(self) -> None:
        if self.view is None or not self.is_mounted:
            return
        self.table.view_changed()
        error = self.view.error
        if error is not None and error is not self._told and self.view.total and self.is_current:
            self.console.say_error(error)
        self._told = error
        self.changed()

    def time_passed(self) -> None:
        self.table.time_passed()

    # What the frame says

    def _empty(self) -> str:
        if self.filter_text:
            return f"No {self.record.title.lower()} match `{self.filter_text}`. / changes the filter, esc clears it."
        return self.record.empty or "Nothing here."

    def status(self) -> Sequence[Piece]:
        view, table = self.view, self.table
        if view is None:
            error = self.console.session.error
            return [(error_words(error), "warn")] if error is not None else [("opening", "")]
        parts: list[Piece] = []
        if view.error is not None:
            since = view.failed_at.astimezone().strftime(" since %H:%M") if view.failed_at is not None else ""
            parts.append((error_words(view.error) + since, "warn"))
        if view.loaded:
            more = "" if view.known else "+"
            at = f"{table.cursor + 1:,} of " if view.total else ""
            parts.append((f"{at}{view.total:,}{more}", ""))
        if table.marks:
            parts.append((f"{len(table.marks):,} marked", ""))
        if (words := age_of(view.fetched_at)) and view.total:
            parts.append((f"cached, {words}", "warn") if view.recalled else (words, ""))
        return parts

    # Reasons

    def no_filter(self) -> str | None:
        return None if self.record.filter is not None else "The server cannot filter this list."

    def no_order(self) -> str | None:
        return None if self._orders() else "The server cannot order this list."

    def nothing_here(self) -> str | None:
        return None if self.table.row is not None else "There is no row under the cursor."

    def nothing_to_open(self) -> str | None:
        return self.nothing_here() or can_open(self.record)

    # Actions

    def action_filter(self) -> None:
        assert self.record.filter is not None
        self.ask_filter(self.filter_text, filter_hint(self.record.filter))

    def answered(self, text: str) -> None:
        self.filter_text = " ".join(text.split())
        self._query()
        self.table.show(self.view or self._waiting)
        self.changed()

    def inner(self) -> str | None:
        return "the filter" if self.filter_text else None

    def leave_inner(self) -> None:
        self.answered("")

    def action_open(self) -> None:
        row = self.table.row
        assert row is not None
        open_row(self.console, self.record, row)

    @on(Table.Opened)
    async def _clicked(self) -> None:
        await self.action_do("list.open")

    def action_refresh(self) -> None:
        if self.view is not None:
            self.view.refresh()
        elif self.console.session.error is not None:
            self.console.reopen()

    def action_copy(self) -> None:
        send(self.console, str(self.table.row_id), f"{self.record.singular} id")

    def action_raw(self) -> None:
        from dyntui.tui.screens.raw import RawScreen

        row = self.table.row
        assert row is not None
        self.console.visit(RawScreen((*self.crumbs, self.record.label_of(row)), row))

    def action_menu(self) -> None:
        from dyntui.tui.dialogs.pick import Choice, PickDialog

        scopes = (self.record.name, "list", "table")
        offered = [
            here
            for here in actions_here(self)
            if here.action.scope in scopes and here.action.id not in ("list.menu", "table.left", "table.right")
        ]
        offered.sort(key=lambda here: scopes.index(here.action.scope))
        found = [
            Choice(here.action.id, here.action.title, key_words(here.keys[0]), here.reason or here.action.help)
            for here in offered
        ]
        nodes = {here.action.id: here.node for here in offered}

        async def picked(action_id: str | None) -> None:
            if action_id is not None:
                await nodes[action_id].action_do(action_id)

        row = self.table.row
        title = self.record.label_of(row) if row is not None else self.record.title
        self.console.ask(PickDialog(title, found), picked)

    # Order

    def _orders(self) -> list[Column]:
        return [column for column in self.record.columns if column.order]

    def _show_order(self) -> None:
        if self.view is not None and self.view.query.order:
            name, _, way = self.view.query.order.rpartition("-")
            self.table.order = (name, way == "desc")
            self.table.layout_changed()

    def action_sort(self) -> None:
        from dyntui.tui.dialogs.pick import Choice, PickDialog

        now, descends = self.table.order or ("", False)
        found = [
            Choice(
                column.order,
                column.name,
                ("↓" if descends else "↑") if column.order == now else "",
                "turn the order around" if column.order == now else "",
            )
            for column in self._orders()
        ]
        start = next((index for index, choice in enumerate(found) if choice.sign), 0)
        self.console.ask(PickDialog("Order by", found, start=start), self._sort_by)

    def _sort_by(self, name: str | None) -> None:
        if name is None or self.view is None:
            return
        now, descends = self.table.order or ("", False)
        descends = not descends if name == now else False
        self._query(f"{name}-{'desc' if descends else 'asc'}")
        self._show_order()
        self.table.show(self.view)

    @on(Table.HeaderClicked)
    def _header_clicked(self, event: Table.HeaderClicked) -> None:
        if event.column.order:
            self._sort_by(event.column.order)


_OWN = {
    "users": ("dyntui.tui.screens.people.users", "UsersScreen"),
    "allowlists": ("dyntui.tui.screens.access.lists", "AllowlistsScreen"),
    "allowlist-entries": ("dyntui.tui.screens.access.entries", "EntriesScreen"),
    "gates": ("dyntui.tui.screens.access.gates", "GatesScreen"),
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
    from dyntui.tui.screens.everything.things import list_of

    if made := list_of(name):
        return made
    if not any(action.scope == name for action in ACTIONS.values()):
        return ResourceScreen
    namespace: dict[str, Any] = {"BINDINGS": bindings(name)}
    return type(f"{name.title()}Screen", (ResourceScreen,), namespace)
