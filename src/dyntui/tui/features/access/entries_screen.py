"""The entries of one allowlist: the list, its actions, and the form of an entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.resources.allowlists import ENTRY_ORDERS, identifier_kind
from dyntui.resources.resource import Column
from dyntui.services.access.access_policy import AccessPolicy, find_policy, is_enabled, name_of, read_access
from dyntui.services.access.drafts import entry_label, key_of
from dyntui.services.access.entries import (
    add_entries,
    body_of,
    entry_target,
    removal_target,
    remove_entries,
    replace_entry,
    replacement_target,
)
from dyntui.services.access.entry_search import entries_of
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.features.access.entry_form import EntryForm, draft_from
from dyntui.tui.features.access.policy_actions import AllowlistActionsMixin
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import Values
from dyntui.tui.kit.dialogs.fuzzy_select_dialog import named_choices
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.summary_text import SummaryText
from dyntui.tui.shell.action_runner import run_action, run_read_worker
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["EntriesScreen"]

_ABOUT_PASTE = "One per line: ada@example.com, 0x…, +49…, example.com, twitter:ada, fid:77. Add an alias after a comma."


class EntriesScreen(AllowlistActionsMixin, ResourceScreen):
    """The entries of the allowlist `parent_id`. The allowlist itself is loaded with them."""

    BINDINGS = bindings(ACCESS_ACTIONS, "allowlist-entries")

    RELATED_RESOURCES = frozenset({"allowlists", "gates"})
    access: AccessPolicy | None = None
    row: Row | None = None

    def connected(self, connection: Connection) -> None:
        super().connected(connection)
        self.load_allowlist()

    def load_allowlist(self) -> None:
        """Load the allowlist itself."""

        async def read(connection: Connection) -> tuple[AccessPolicy, Row]:
            access = await read_access(connection.client)
            return access, dict(find_policy(access.lists, self.parent_id))

        run_read_worker(self.console, read, self._on_allowlist_loaded)

    def _on_allowlist_loaded(self, loaded: tuple[AccessPolicy, Row]) -> None:
        self.access, self.row = loaded
        self.parent_label = name_of(self.row)
        self._show_summary()
        self.refresh_status()

    def _show_summary(self) -> None:
        """Show outcome, scope, effect and order above the entries."""
        if self.row is None or self.access is None or not self.is_mounted:
            return
        parts = [f"Outcome: {self.row.get('outcome')}"]
        if self.row.get("scope"):
            parts.append(f"scope: {self.row['scope']}")
        parts.append(f"effect: {self.access.column_text(self.row)}")
        if order := self.view.query.order if self.view is not None else "":
            name, _, direction = order.rpartition("-")
            parts.append(f"sorted by {ENTRY_ORDERS.get(name, name)} {'↓' if direction == 'desc' else '↑'}")
        self.query_one(SummaryText).set_lines([" · ".join(parts)])

    def reload(self) -> None:
        super().reload()
        self.load_allowlist()

    # Order: the server can also order by fields that have no column

    def _server_columns(self) -> list[Column]:
        return [Column(name, title, order=name) for name, title in ENTRY_ORDERS.items()]

    def _sort_by(self, name: str | None) -> None:
        super()._sort_by(name)
        self._show_summary()

    # Why an action is not available

    def entries_disabled_reason(self) -> str | None:
        return None if self.row is not None else "The allowlist is still loading."

    def entry_disabled_reason(self) -> str | None:
        return self.entries_disabled_reason() or self.selection_disabled_reason()

    # Actions

    def action_add(self) -> None:
        row = self.policy
        form = EntryForm(f"Add Entry to {name_of(row)}", is_live=self._is_live)

        def on_submit(values: Values) -> None:
            target = entry_target(draft_from(values, is_live=self._is_live).entry)
            run_action(self.console, add_entries(row), [target], form=form)

        self.console.open_form(form, on_submit)

    @property
    def policy(self) -> Row:
        assert self.row is not None
        return self.row

    @property
    def _is_live(self) -> bool:
        profile = self.console.session.profile
        return profile is not None and profile.kind == "live"

    def action_paste(self) -> None:
        from dyntui.tui.features.access.entry_drafts import EntryDraftsScreen
        from dyntui.tui.kit.dialogs.text_dialog import TextDialog

        row, access = self.policy, self.access
        assert access is not None

        def on_paste(text: str) -> None:
            if text.strip():
                self.console.visit(EntryDraftsScreen(row, access.lists, text, is_live=self._is_live))

        self.console.ask_then(TextDialog(f"Paste Entries for {name_of(row)}", _ABOUT_PASTE, verb="review"), on_paste)

    def action_edit(self) -> None:
        row, old = self.policy, self.table.selected_row
        label, alias = entry_label(old), str(old.get("alias") or "")
        form = EntryForm(f"Edit Entry {label}", label, identifier_kind(old), alias, is_live=self._is_live)

        def on_submit(values: Values) -> None:
            new = body_of(draft_from(values, is_live=self._is_live).entry)
            if new == body_of(old):
                form.finish()
                self.console.notify("No changes to save.")
            elif key_of(new) == key_of(old) and is_enabled(row):
                self._confirm_gap(row, old, new, form)
            else:
                self._replace(row, old, new, form, gap=False)

        self.console.open_form(form, on_submit)

    def _confirm_gap(self, row: Row, old: Row, new: Row, form: EntryForm) -> None:
        """Confirm a change of alias on an enabled list: the entry is deleted first, so it is missing for a moment."""
        choices = [
            Choice("keep", "Keep the alias"),
            Choice("gap", "Change the alias", note="the entry is missing for a moment"),
        ]

        def on_choice(key: str | None) -> None:
            if key == "gap":
                self._replace(row, old, new, form, gap=True)
            elif key == "keep":
                form.finish()
            else:
                form.reopen()

        self.console.ask(SelectDialog("The list is enabled. Change the alias?", choices), on_choice)

    def _replace(self, row: Row, old: Row, new: Row, form: EntryForm, *, gap: bool) -> None:
        action, target = replace_entry(row, gap=gap), replacement_target(old, new)
        run_action(self.console, action, [target], opening_key="e", form=form, done=self.update_marks)

    def _with_selected_entries(self, then: Callable[[list[Row]], None]) -> None:
        """Call `then` with the marked entries or the current one. Entries that are not in memory are read."""
        ids = set(self.table.marks) or {str(self.table.row_id)}
        view = self.view
        assert view is not None
        loaded = self._loaded_rows(ids)
        if len(loaded) == len(ids):
            then(sorted(loaded.values(), key=lambda row: view.index_of(str(row.get("id"))) or 0))
            return

        async def read_others(connection: Connection) -> list[Row]:
            rows = dict(loaded)
            async for entry in entries_of(connection.client, self.parent_id):
                if entry.get("id") in ids:
                    rows[str(entry["id"])] = entry
            return list(rows.values())

        run_read_worker(self.console, read_others, then)

    def _loaded_rows(self, ids: Iterable[str]) -> dict[str, Row]:
        """Return the rows with these ids that are in memory, by id."""
        view = self.view
        assert view is not None
        return {
            row_id: row
            for row_id in ids
            if (index := view.index_of(row_id)) is not None and (row := view.get(index)) is not None
        }

    def action_delete(self) -> None:
        row = self.policy

        def remove(entries: list[Row]) -> None:
            targets = [removal_target(entry) for entry in entries]
            run_action(self.console, remove_entries(row), targets, opening_key="d", done=self.update_marks)

        self._with_selected_entries(remove)

    def action_copy_to(self) -> None:
        row, access = self.policy, self.access
        assert access is not None
        others = [other for other in access.lists if other.get("id") != row.get("id")]
        choices = [Choice(str(other.get("id")), name_of(other), note=access.column_text(other)) for other in others]

        def copy(entries: list[Row], other: Row) -> None:
            targets = [entry_target(entry) for entry in entries]
            run_action(self.console, add_entries(other), targets, opening_key="A", done=self._update_copy_marks)

        def on_choice(allowlist_id: str) -> None:
            other = next(dict(other) for other in others if other.get("id") == allowlist_id)
            self._with_selected_entries(lambda entries: copy(entries, other))

        self.console.ask_then(named_choices("Copy Entries To", choices, verb="copy"), on_choice)

    def _update_copy_marks(self, results: WriteResults) -> None:
        """Update the marks after entries were copied. The results have keys of entries, not ids."""
        remaining = {target.id for target in results.remaining}
        keys = {
            row_id: key_of(row).removeprefix("entry:") for row_id, row in self._loaded_rows(self.table.marks).items()
        }
        self.update_marks(results, [row_id for row_id, key in keys.items() if key in remaining])

    def action_undo(self) -> None:
        from dyntui.tui.features.access.import_export import ask_undo

        ask_undo(self.console, self.policy)

    def status(self) -> Sequence[Piece]:
        parts = list(super().status())
        if self.row is not None and is_enabled(self.row):
            parts.insert(0, ("enabled", "warn"))
        return parts
