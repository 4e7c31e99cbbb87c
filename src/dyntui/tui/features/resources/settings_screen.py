"""The settings of the environment as a tree, in which one value at a time is edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_object
from dyntui.core.redact import is_secret_name
from dyntui.services import settings
from dyntui.services.actions.write_types import WriteOutcome, WriteResults
from dyntui.services.forms import field_text, read_form
from dyntui.tui.features.resources.actions import RESOURCES_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.read_screen import ReadScreen
from dyntui.tui.shell.schema_form import SchemaForm
from dyntui.tui.shell.searchable_screen import SearchableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["SettingsScreen"]

_MAX_LISTED_CHANGES = 40


class SettingsScreen(SearchableScreen, ReadScreen[Row]):
    """The settings; `e` edits the value under the cursor, after showing the old and the new value."""

    BINDINGS = bindings(RESOURCES_ACTIONS, "setting")
    shown_resources = frozenset({"settings"})
    document_name = "settings"
    hint = "a part of a name or value: jwt, google, embedded"
    document: Row | None = None
    """The settings; None until they are loaded."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        search = self.tree_shown.find if self.is_mounted else ""
        return ("settings", f"/{search}") if search else ("settings",)

    def body(self) -> ComposeResult:
        with Vertical():
            yield Static("", id="failure", markup=False)
            yield JsonTree(id="tree", unfolded=1)

    # Loading

    async def read(self, connection: Connection) -> Row:
        return await settings.read_settings(connection.client)

    def show_result(self, result: Row) -> None:
        self.document = result
        self.tree_shown.show(settings.without_secrets(result))

    def position(self) -> list[Piece]:
        return [(self.search_state or self.tree_shown.path, "")] if self.document is not None else []

    # Editing

    def edit_disabled_reason(self) -> str | None:
        if self.document is None:
            return self.not_loaded_reason("The list of settings")
        path = self.tree_shown.selected_keys
        if not path or not settings.is_leaf(settings.leaf_at(self.document, path)):
            return "Only single values can be edited. Unfold this setting and choose one."
        return None

    def action_edit(self) -> None:
        assert self.document is not None
        path = self.tree_shown.selected_keys
        before = settings.leaf_at(self.document, path)
        field = settings.setting_field(path, before)
        initial_values = {field.name: "" if is_secret_name(field.name) else field_text(before)}

        def on_values(values: dict[str, str]) -> None:
            body = read_form([field], values, before=initial_values).body
            self._confirm_change(path, before, body, form)

        form = SchemaForm(
            f"Edit {'.'.join(path)}",
            [field],
            initial_values,
            verb="continue",
            before=initial_values,
        )
        self.console.open_form(form, on_values)

    def _confirm_change(self, path: tuple[str, ...], before: object, body: object, form: SchemaForm) -> None:
        """Show the old and the new value, and save the new one when it is confirmed. body: None without a change."""
        if body is None:
            form.finish()
            self.console.notify("No changes to save.")
            return
        changes = [settings.SettingChange(path, before, as_object(body)[path[-1]])]
        run_action(
            self.console,
            settings.change_settings(changes),
            [settings.settings_target(changes)],
            opening_key="e",
            summary_lines=[*(change.line for change in changes), *settings.setting_warnings(changes)],
            form=form,
            done=lambda results: self._on_saved(results, changes, form),
            reread=True,
        )

    def _on_saved(self, results: WriteResults, changes: Sequence[settings.SettingChange], form: SchemaForm) -> None:
        """Report other settings that changed. changes: what was sent."""
        item = results.items[0]
        if isinstance(item.error, UsageError):
            form.finish()  # it was made from a value that has changed since
        if item.error is not None:
            if self.is_attached:
                self.action_refresh()
            return
        if item.outcome is WriteOutcome.ACCEPTED:
            return
        if not isinstance(item.reread, dict):
            self.console.notify("The change was sent, but the settings could not be loaded to check it.", "warning")
            return
        name = item.target.id
        others = settings.other_changes(changes, item.value["before"], item.reread)
        if settings.stored_otherwise(changes, item.reread):
            self.console.notify(f"The server stored another value for {name}. Check the setting.", "warning")
        elif others:
            lines = "\n".join(others[:_MAX_LISTED_CHANGES])
            text = f"{name} was changed. The server also changed:\n\n{lines}"
            self.console.ask(MessageDialog("Other Settings Changed", text))
