"""A list as a person wants it: its columns, and views of it that are kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.config.list_preferences import ListPreferences, SavedView, Widths
from dyntui.core.errors import DyntuiError
from dyntui.services.lists.columns import available_columns, widths_of
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.shell.columns_dialog import ColumnsDialog
from dyntui.tui.shell.lists.marked_list_screen import MarkedListScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dyntui.resources import Column

__all__ = ["ListViewsScreen", "open_columns_dialog", "open_saved_views"]

_KEEP, _FORGET = "keep", "forget"


class ListViewsScreen(MarkedListScreen):
    """A list whose columns can be chosen and whose views can be saved."""

    def action_columns(self) -> None:
        open_columns_dialog(self)

    def action_views(self) -> None:
        open_saved_views(self)

    def show_saved(self, view: SavedView) -> None:
        """Show the list as it was kept."""
        self.set_columns(view.columns)
        self.filter_text = view.filter
        self._query(view.order or self.record.list.order)
        self.filter_entered(view.filter)


def open_columns_dialog(screen: ListViewsScreen) -> None:
    """Ask which columns, and show and remember them."""

    def chosen(columns: list[Column] | None) -> None:
        if columns is None:
            return
        wanted = widths_of(columns)
        wanted = () if wanted == widths_of(screen.usual) else wanted
        try:
            ListPreferences.keep_columns(screen.record.name, wanted)
        except DyntuiError as error:
            screen.console.notify_error(error)
        screen.set_columns(wanted)

    table, view = screen.table, screen.view
    rows = view.loaded_rows() if view is not None else []
    known = {
        column.name: column for column in (*available_columns(screen.record, screen.usual, rows), *screen.shown_columns)
    }
    title = f"Columns of {screen.record.plural}"
    shown = [column.name for column in table.columns]
    screen.console.ask(ColumnsDialog(title, list(known.values()), shown), chosen)


def open_saved_views(screen: ListViewsScreen) -> None:
    """Show the views of this list, to go to one, keep another or forget one."""
    try:
        views = ListPreferences.load().views.get(screen.record.name, {})
    except DyntuiError as error:
        screen.console.notify_error(error)
        return

    def picked(key: str | None) -> None:
        match key:
            case None:
                return
            case "keep":
                _keep(screen)
            case "forget":
                _forget(screen, views)
            case _:
                screen.show_saved(views[key.removeprefix("=")])

    choices = [Choice(f"={name}", name, note=_words(view)) for name, view in views.items()]
    choices.append(Choice(_KEEP, "keep this view …", "+"))
    if views:
        choices.append(Choice(_FORGET, "forget a view …", "-"))
    screen.console.ask(SelectDialog(f"Views of {screen.record.plural}", choices), picked)


def _words(view: SavedView) -> str:
    columns = f"{len(view.columns)} columns" if view.columns else ""
    name, _, way = view.order.rpartition("-")
    order = f"{name} {'↓' if way == 'desc' else '↑'}" if name else ""
    return " · ".join(part for part in (f"/{view.filter}" if view.filter else "", order, columns) if part)


def _keep(screen: ListViewsScreen) -> None:
    def named(values: Values | None) -> None:
        if values is None or screen.view is None:
            return
        columns: Widths = widths_of(screen.shown_columns)
        columns = () if columns == widths_of(screen.usual) else columns
        name = " ".join(values["name"].split())
        try:
            ListPreferences.keep_view(
                screen.record.name, name, SavedView(screen.filter_text, screen.view.query.order, columns)
            )
        except DyntuiError as error:
            screen.console.notify_error(error)
        else:
            screen.console.notify(f"{name} is kept; b shows it again.")

    def check(values: Values) -> dict[str, str]:
        return {} if values["name"].strip() else {"name": "The view needs a name."}

    field = FormInput("name", "name", help="Filter, order and columns are kept; a view of that name is replaced.")
    screen.console.ask(FormDialog("Keep this view", [field], check=check, verb="keep"), named)


def _forget(screen: ListViewsScreen, views: Mapping[str, SavedView]) -> None:
    def picked(name: str | None) -> None:
        if name is None:
            return
        try:
            ListPreferences.keep_view(screen.record.name, name, None)
        except DyntuiError as error:
            screen.console.notify_error(error)
        else:
            screen.console.notify(f"{name} is forgotten.")

    choices = [Choice(name, name, note=_words(view)) for name, view in views.items()]
    screen.console.ask(SelectDialog("Forget a view", choices), picked)
