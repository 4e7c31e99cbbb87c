"""The settings of the environment as a tree: found, read, and changed one value at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from dyntui.core.errors import DyntuiError, UsageError, join_sentences
from dyntui.core.text import safe
from dyntui.core.times import now
from dyntui.services import settings
from dyntui.services.actions.write_types import Confirmation, Target, WriteAction, WriteOutcome, WriteResults
from dyntui.services.forms import field_text, read_form
from dyntui.services.text_diff import elide_common
from dyntui.tui.features.resources.actions import RESOURCES_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.search_tree import SearchTree
from dyntui.tui.shell.action_runner import close_or_reopen_form, run_read_worker
from dyntui.tui.shell.base_screen import age_label, error_label
from dyntui.tui.shell.confirm_dialog import confirm
from dyntui.tui.shell.error_hints import error_hint
from dyntui.tui.shell.schema_form import SchemaForm
from dyntui.tui.shell.searchable_screen import SearchableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["SettingsScreen"]


class SettingsScreen(SearchableScreen):
    """Read at first; `e` changes the value under the cursor, with the difference shown before and checked after."""

    BINDINGS = bindings(RESOURCES_ACTIONS, "setting")
    document_name = "settings"
    hint = "a part of a name or value: jwt, google, embedded"

    def __init__(self) -> None:
        super().__init__()
        self.document: dict[str, Any] | None = None
        self.error: DyntuiError | None = None
        self.read_at: datetime | None = None

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        find = self.tree_shown.find if self.is_mounted else ""
        return ("settings", f"/{find}") if find else ("settings",)

    def body(self) -> ComposeResult:
        with Vertical():
            yield Static("", id="failure", markup=False)
            yield SearchTree(id="tree", unfolded=1)

    def connected(self, connection: Connection) -> None:
        self.action_refresh()

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({"settings"})

    def reload(self) -> None:
        self.action_refresh()

    def action_refresh(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            return
        client, seen = connection.client, self.change_count

        async def read() -> None:
            try:
                found = await settings.read_settings(client)
            except DyntuiError as error:
                problem = error
                self.post_message(self.Next(lambda: self._failed(problem)))
            else:
                self.post_message(self.Next(lambda: self._read(found, seen)))

        self.run_worker(read(), group="read")

    def _read(self, document: dict[str, Any], change_count: int) -> None:
        self.mark_up_to_date(change_count)
        self.document, self.error, self.read_at = document, None, now()
        self.query_one("#failure", Static).display = False
        self.tree_shown.show(document)
        self.refresh_status()

    def _failed(self, error: DyntuiError) -> None:
        self.error = error
        failure = self.query_one("#failure", Static)
        failure.update(
            "\n".join(safe(line, 500) for line in (error.message, error_hint(error), "r tries again.") if line)
        )
        failure.display = True
        self.refresh_status()

    def status(self) -> Sequence[Piece]:
        parts: list[Piece] = []
        if self.error is not None:
            parts.append((error_label(self.error), "warn"))
        if self.document is not None:
            parts.append((self.search_state or self.tree_shown.path, ""))
            parts.append((age_label(self.read_at), "dim"))
        elif self.error is None:
            parts.append(("reading", ""))
        return parts

    # Changing

    def edit_setting_disabled_reason(self) -> str | None:
        if self.document is None:
            return "The settings are not here yet."
        way = self.tree_shown.key_path
        if not way or not settings.is_leaf(settings.leaf_at(self.document, way)):
            return "Unfold it and go to a single value: only those are changed here."
        return None

    def action_edit(self) -> None:
        assert self.document is not None
        way = self.tree_shown.key_path
        before = settings.leaf_at(self.document, way)
        asked = settings.setting_field(way, before)
        held = {asked.name: field_text(before)}

        def taken(values: dict[str, str]) -> None:
            self._changed_to(way, before, read_form([asked], values, before=held).body, form)

        form = SchemaForm(
            f"Change {'.'.join(way)}",
            [asked],
            held,
            verb="go on",
            before=held,
            on_values=taken,
        )
        self.console.open_form(form, form.done)

    def _changed_to(self, way: tuple[str, ...], before: Any, body: Any, form: SchemaForm) -> None:
        connection = self.console.session.connection
        if connection is None:
            form.reopen("The environment is not open.")
            return
        if body is None:
            form.finish()
            self.console.notify("Nothing is different, so nothing was sent.", "warning")
            return
        after = body[way[-1]]
        write, targets = settings.change_leaf(way, before, after), [Target(".".join(way), ".".join(way))]
        was, now = elide_common(field_text(before), field_text(after))

        def ask(assessed: WriteAction) -> None:
            needed = connection.write_gate.requirement(assessed, targets)
            needed = replace(needed, target_lines=(f"{was or '—'} → {now or '—'}",))
            self.console.ask(confirm(needed, verb="change", opening_key="e"), answered)

        def answered(confirmation: Confirmation | None) -> None:
            if confirmation is None:
                form.reopen()
            else:
                work = connection.write_gate.perform(write, targets, confirmation)
                self.run_write_worker(work, lambda results: self._told(results, after, form), form)

        run_read_worker(
            self.console,
            connection.write_gate.with_impact(write, targets),
            ask,
            lambda error: form.reopen(str(error)),
        )

    def _told(self, results: WriteResults, after: Any, form: SchemaForm) -> None:
        item = results.items[0]
        if isinstance(item.error, UsageError):
            form.finish()  # it was made from a value that is another one by now
        else:
            close_or_reopen_form(form, results)
        if item.error is not None:
            lost = "It may have been changed all the same." if item.outcome is WriteOutcome.UNKNOWN else ""
            self.console.notify(join_sentences(item.error.message, lost, error_hint(item.error)), "error")
            if self.is_attached:
                self.action_refresh()  # somebody else may have changed it: then nothing was sent
            return
        if not isinstance(item.reread, dict):
            self.console.notify("It was sent, and the settings cannot be read again to see it.", "warning")
            return
        before = item.value["before"]
        way = item.target.id
        other = [
            (name, was, now_) for name, was, now_ in settings.differences(before, item.reread) if not _within(name, way)
        ]
        if settings.leaf_at(item.reread, way.split(".")) != after:
            self.console.notify(f"The server took {way} and keeps another value: look at it.", "warning")
        elif other:
            lines = [f"{name}: {_words(was)} → {_words(now_)}" for name, was, now_ in other[:40]]
            text = "Besides what you changed, the server has changed this:\n\n" + "\n".join(lines)
            self.console.ask(MessageDialog("More is different than was changed", text))
        else:
            self.console.notify(f"Changed: {way} is {field_text(after) or 'empty'}; nothing else is different.")


def _within(name: str, way: str) -> bool:
    return name == way or name.startswith(f"{way}.")


def _words(value: Any) -> str:
    return "not there" if value is settings.ABSENT else field_text(value) or "—"
