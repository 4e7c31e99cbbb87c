"""The entries of one list: paged, searched and ordered by the server; added, changed, copied and removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from dyntui.core.errors import DyntuiError
from dyntui.resources import ALLOWLIST_ENTRIES, Column, Resource
from dyntui.resources.allowlists import ENTRY_ORDERS, IDENTIFIER_TITLES
from dyntui.services.access.access_policy import AccessPolicy, find_policy, is_enabled, name_of, read_access
from dyntui.services.access.drafts import DraftState, EntryDraft, draft_of, entry_label, key_of
from dyntui.services.access.entries import (
    add_entries,
    body_of,
    entry_target,
    new_job,
    removal_target,
    remove_entries,
    replace_entry,
    replacement_target,
)
from dyntui.services.access.entry_search import entries_of
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.features.access.allowlists_screen import switch
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.summary_text import SummaryText
from dyntui.tui.shell.action_runner import run_action, run_read_worker
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["EntriesScreen", "EntryForm"]

_AUTO = ""


class EntriesScreen(ResourceScreen):
    """The entries of the list whose id is `parent_id`; the list itself is loaded with them."""

    BINDINGS = bindings(ACCESS_ACTIONS, "allowlist-entries")

    class ListRead(Message):
        """The list itself was read, with the others."""

        def __init__(self, access: AccessPolicy, row: dict[str, Any]) -> None:
            super().__init__()
            self.access = access
            self.row = row

    def __init__(self, record: Resource = ALLOWLIST_ENTRIES, **where: Any) -> None:
        super().__init__(record, **where)
        self.access: AccessPolicy | None = None
        self.row: dict[str, Any] | None = None

    def body(self) -> ComposeResult:
        with Vertical():
            yield SummaryText()
            yield from super().body()

    def connected(self, connection: Connection) -> None:
        super().connected(connection)
        self.read_list()

    def read_list(self) -> None:
        """Load the list itself."""
        connection = self.console.session.connection
        if connection is None:
            return

        async def work() -> tuple[AccessPolicy, dict[str, Any]]:
            access = await read_access(connection.client)
            return access, dict(find_policy(access.lists, self.parent_id))

        def found(what: tuple[AccessPolicy, dict[str, Any]]) -> None:
            self.post_message(self.ListRead(*what))

        run_read_worker(self.console, work(), found)

    @on(ListRead)
    def _list_read(self, event: ListRead) -> None:
        self.access, self.row = event.access, event.row
        self.parent_label = name_of(event.row)
        self._head()
        self.refresh_status()

    def _head(self) -> None:
        if self.row is None or self.access is None or not self.is_mounted:
            return
        row = self.row
        scope = f" {row['scope']}" if row.get("scope") else ""
        order = self.view.query.order if self.view is not None else ""
        name, _, way = order.rpartition("-")
        ordered = f"   by {ENTRY_ORDERS.get(name, name)} {'↓' if way == 'desc' else '↑'}" if order else ""
        self.query_one(SummaryText).set_lines(
            [f"{row.get('outcome')}{scope} · {self.access.column_text(row)}{ordered}"]
        )

    @property
    def shown_resources(self) -> frozenset[str]:
        return super().shown_resources | {"allowlists", "gates"}

    def reload(self) -> None:
        super().reload()
        self.read_list()

    def keep_marks(self, results: WriteResults) -> None:
        """Keep only the failed entries marked."""
        self.table.marks = {target.id for target in results.remaining} & self.table.marks
        self.table.repaint()
        self.refresh_status()

    # Order: by anything an entry has, though its columns are few

    def _orders(self) -> list[Column]:
        return [Column(name, title, order=name) for name, title in ENTRY_ORDERS.items()]

    def _sort_by(self, name: str | None) -> None:
        super()._sort_by(name)
        self._head()

    # Reasons

    def entries_disabled_reason(self) -> str | None:
        return None if self.row is not None else "The list is still loading."

    def entry_disabled_reason(self) -> str | None:
        return self.entries_disabled_reason() or self.selection_disabled_reason()

    # Actions

    def action_add(self) -> None:
        row = self._list
        form = EntryForm(f"Add to {name_of(row)}", {}, live=self._live)

        def filled(values: Values) -> None:
            target = entry_target(_draft(values, live=self._live).entry)
            action = add_entries(row, job=new_job())
            run_action(self.console, action, [target], verb="Add", form=form)

        self.console.open_form(form, filled)

    @property
    def _list(self) -> dict[str, Any]:
        assert self.row is not None
        return self.row

    @property
    def _live(self) -> bool:
        profile = self.console.session.profile
        return profile is not None and profile.kind == "live"

    def action_paste(self) -> None:
        from dyntui.tui.features.access.entry_drafts import PasteEntriesDialog, open_drafts

        row, access = self._list, self.access
        assert access is not None

        def pasted(text: str | None) -> None:
            if text and text.strip():
                open_drafts(self.console, row, access.lists, text)

        self.console.ask(PasteEntriesDialog(name_of(row)), pasted)

    def action_bring(self) -> None:
        from dyntui.tui.features.access.import_export import ask_import

        ask_import(self.console, self._list)

    def action_edit(self) -> None:
        row, old = self._list, self.table.row
        assert old is not None
        form = EntryForm(f"Edit {entry_label(old)}", old, live=self._live)

        def filled(values: Values) -> None:
            new = body_of(_draft(values, live=self._live).entry)
            if new == body_of(old):
                form.finish()
                self.console.notify("No changes to save.")
            elif key_of(new) == key_of(old) and is_enabled(row):
                self._ask_gap(row, old, new, form)
            else:
                self._replace(row, old, new, form, gap=False)

        self.console.open_form(form, filled)

    def _ask_gap(self, row: dict[str, Any], old: dict[str, Any], new: dict[str, Any], form: EntryForm) -> None:
        """Confirm a change of alias on an enabled list; the entry is missing from the list for a moment."""
        choices = [
            Choice("keep", "keep the alias as it is"),
            Choice("gap", "change it", note="the entry is missing for a moment"),
        ]

        def chosen(key: str | None) -> None:
            if key == "gap":
                self._replace(row, old, new, form, gap=True)
            elif key == "keep":
                form.finish()
            else:
                form.reopen()

        self.console.ask(SelectDialog("The list is enabled, and an entry cannot exist twice", choices), chosen)

    def _replace(
        self, row: dict[str, Any], old: dict[str, Any], new: dict[str, Any], form: EntryForm, *, gap: bool
    ) -> None:
        action, target = replace_entry(row, gap=gap, job=new_job()), replacement_target(old, new)
        run_action(self.console, action, [target], verb="Change", opening_key="e", form=form, done=self.keep_marks)

    def _chosen(self, then: Any) -> None:
        """The marked entries, else the one under the cursor; those not in memory are read."""
        marks = set(self.table.marks) or {str(self.table.row_id)}
        view, connection = self.view, self.console.session.connection
        assert view is not None
        assert connection is not None
        found = {
            row_id: row
            for row_id in marks
            if (index := view.index_of(row_id)) is not None and (row := view.get(index)) is not None
        }
        if len(found) == len(marks):
            then(sorted(found.values(), key=lambda row: view.index_of(str(row.get("id"))) or 0))
            return

        async def rest() -> list[dict[str, Any]]:
            rows = dict(found)
            async for entry in entries_of(connection.client, self.parent_id):
                if entry.get("id") in marks:
                    rows[str(entry["id"])] = entry
            return list(rows.values())

        run_read_worker(self.console, rest(), then)

    def action_delete(self) -> None:
        row = self._list

        def chosen(entries: list[dict[str, Any]]) -> None:
            action = remove_entries(row, job=new_job())
            targets = [removal_target(entry) for entry in entries]
            run_action(self.console, action, targets, verb="Remove", opening_key="d", done=self.keep_marks)

        self._chosen(chosen)

    def action_copy_to(self) -> None:
        row, access = self._list, self.access
        assert access is not None
        others = [other for other in access.lists if other.get("id") != row.get("id")]
        choices = [Choice(str(o.get("id")), name_of(o), note=access.column_text(o)) for o in others]

        def chosen(entries: list[dict[str, Any]], other: dict[str, Any]) -> None:
            action = add_entries(other, job=new_job())
            targets = [entry_target(entry) for entry in entries]
            run_action(self.console, action, targets, verb="Copy", opening_key="C", done=self._copied)

        def picked(list_id: str | None) -> None:
            other = next((dict(o) for o in others if o.get("id") == list_id), None)
            if other is not None:
                self._chosen(lambda entries: chosen(entries, other))

        self.console.ask(SelectDialog("Copy to", choices), picked)

    def _copied(self, results: WriteResults) -> None:
        left = {target.id for target in results.remaining}
        rows = {key_of(row).removeprefix("entry:"): row_id for row_id, row in self._marked_rows().items()}
        self.table.marks = {row_id for key, row_id in rows.items() if key in left}
        self.table.repaint()
        self.refresh_status()

    def _marked_rows(self) -> dict[str, dict[str, Any]]:
        view = self.view
        assert view is not None
        return {
            row_id: row
            for row_id in self.table.marks
            if (index := view.index_of(row_id)) is not None and (row := view.get(index)) is not None
        }

    def action_switch(self) -> None:
        switch(self.console, self._list, opening_key="t")

    def action_compare(self) -> None:
        from dyntui.tui.features.access.compare_screen import ask_other_side

        ask_other_side(self.console, self._list)

    def action_export(self) -> None:
        from dyntui.tui.features.access.import_export import ask_export

        ask_export(self.console, self._list)

    def action_undo(self) -> None:
        from dyntui.tui.features.access.import_export import ask_undo

        ask_undo(self.console, self._list)

    def action_check(self) -> None:
        from dyntui.tui.features.access.access_check import ask_who

        ask_who(self.console)

    def status(self) -> Sequence[Piece]:
        parts = list(super().status())
        if self.row is not None and is_enabled(self.row):
            parts.insert(0, ("on", "warn"))
        return parts


class EntryForm(FormDialog):
    """Ask for an identifier, its type (detected from the text by default) and an alias."""

    def __init__(self, title: str, entry: Any, *, live: bool) -> None:
        kind = next((name for name in IDENTIFIER_TITLES if entry.get(name) not in (None, "")), _AUTO)
        kinds = {_AUTO: "detect from the text", **IDENTIFIER_TITLES}
        super().__init__(
            title,
            (
                FormInput("value", "identifier", entry_label(entry)),
                FormInput("kind", "kind", kind, kinds),
                FormInput("alias", "alias", str(entry.get("alias") or "")),
            ),
            check=lambda values: _wrong(values, live=live),
        )


def _fields(values: Values) -> dict[str, str]:
    fields = {values["kind"] or "identifier": values["value"].strip()}
    return fields | ({"alias": values["alias"].strip()} if values["alias"].strip() else {})


def _draft(values: Values, *, live: bool) -> EntryDraft:
    return draft_of(_fields(values), text=values["value"], live=live)


def _wrong(values: Values, *, live: bool) -> dict[str, str]:
    if not values["value"].strip():
        return {"value": "An entry needs an identifier."}
    try:
        draft = _draft(values, live=live)
    except DyntuiError as error:
        return {"": str(error)}
    return {"value": draft.problem_text} if draft.state is DraftState.INVALID else {}
