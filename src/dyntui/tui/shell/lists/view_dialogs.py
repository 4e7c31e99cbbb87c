"""The dialogs for the columns and the saved views of a list, which `ResourceScreen` opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dyntui.config.list_preferences import ListPreferences, SavedView, Widths
from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity
from dyntui.services.lists.columns import available_columns, widths_of
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.shell.columns_dialog import ColumnsDialog
from dyntui.tui.shell.error_hints import errors_shown

if TYPE_CHECKING:
    from dyntui.resources.resource import Column
    from dyntui.tui.shell.lists.marked_list_screen import MarkedListScreen

__all__ = ["open_columns_dialog", "open_saved_views"]

_SAVE, _DELETE = "save", "delete"


def open_columns_dialog(screen: MarkedListScreen) -> None:
    """Open the dialog for the columns of the list; show and save the chosen ones."""

    def chosen(columns: list[Column]) -> None:
        widths = widths_of(columns)
        widths = () if widths == widths_of(screen.default_columns) else widths
        with errors_shown(screen.console):
            ListPreferences.keep_columns(screen.record.name, widths)
        screen.set_columns(widths)

    table, view = screen.table, screen.view
    rows = view.loaded_rows() if view is not None else []
    columns_by_name = {
        column.name: column
        for column in (*available_columns(screen.record, screen.default_columns, rows), *screen.shown_columns)
    }
    title = f"Columns of {screen.record.title}"
    shown = [column.name for column in table.columns]
    screen.console.ask_then(ColumnsDialog(title, list(columns_by_name.values()), shown), chosen)


def open_saved_views(screen: MarkedListScreen, show: Callable[[SavedView], None]) -> None:
    """Show the saved views of the list: open one with `show`, save the current view, or delete one."""
    try:
        views = ListPreferences.load().views.get(screen.record.name, {})
    except DyntuiError as error:
        screen.console.notify_error(error)
        return

    def picked(key: str) -> None:
        match key:
            case "save":
                _save_view(screen)
            case "delete":
                _delete_view(screen, views)
            case _:
                show(views[key.removeprefix("=")])

    choices = [Choice(f"={name}", name, note=_describe(view)) for name, view in views.items()]
    choices.append(Choice(_SAVE, "Save this view …", "+"))
    if views:
        choices.append(Choice(_DELETE, "Delete a view …", "-"))
    screen.console.ask_then(SelectDialog(f"Views of {screen.record.title}", choices), picked)


def _describe(view: SavedView) -> str:
    columns = quantity(len(view.columns), "column") if view.columns else ""
    name, _, direction = view.order.rpartition("-")
    order = f"{name} {'↓' if direction == 'desc' else '↑'}" if name else ""
    return " · ".join(part for part in (f"/{view.filter}" if view.filter else "", order, columns) if part)


def _save_view(screen: MarkedListScreen) -> None:
    def named(values: Values) -> None:
        if screen.view is None:
            return
        columns: Widths = widths_of(screen.shown_columns)
        columns = () if columns == widths_of(screen.default_columns) else columns
        name = " ".join(values["name"].split())
        view = SavedView(screen.filter_text, screen.view.query.order, columns)
        with errors_shown(screen.console):
            ListPreferences.keep_view(screen.record.name, name, view)
            screen.console.notify(f"View {name} saved. Press {key_of('list.views')} to open it.")

    help_text = "Saves filter, order and columns. A view with the same name is replaced."
    field = FormInput("name", "name", help=help_text, required="The view needs a name.")
    screen.console.ask_then(FormDialog("Save View", [field]), named)


def _delete_view(screen: MarkedListScreen, views: Mapping[str, SavedView]) -> None:
    def picked(name: str) -> None:
        with errors_shown(screen.console):
            ListPreferences.keep_view(screen.record.name, name, None)
            screen.console.notify(f"View {name} deleted")

    choices = [Choice(name, name, note=_describe(view)) for name, view in views.items()]
    screen.console.ask_then(SelectDialog("Delete View", choices), picked)
