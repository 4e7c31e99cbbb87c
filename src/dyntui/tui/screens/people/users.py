"""The list of users, with what is done to many of them: delete, sign out, set metadata, put on a list, export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from dyntui.services.people import (
    CREATE_USER,
    DELETE_USER,
    REVOKE_SESSIONS,
    add_to_allowlist,
    set_metadata_field,
    user_target,
)
from dyntui.services.writes import Outcome, Results, Target, WriteAction
from dyntui.tui.actions import bindings
from dyntui.tui.dialogs.form import Field, FormDialog, Values
from dyntui.tui.dialogs.pick import Choice, PickDialog
from dyntui.tui.screens.access.doing import do, read
from dyntui.tui.screens.people.profile import check_metadata, metadata_fields, metadata_value
from dyntui.tui.screens.people.telling import tell_lists
from dyntui.tui.screens.resource_list import ResourceScreen

__all__ = ["UsersScreen"]

_NEW = (
    Field("email", "e-mail", help="It cannot be changed afterwards."),
    Field("username", "username"),
    Field("firstName", "first name"),
    Field("lastName", "last name"),
    Field("phoneNumber", "phone"),
    Field("country", "country", help="Two letters, as in GB."),
)
_OUTCOMES = {
    Outcome.FAILED: "failed",
    Outcome.UNKNOWN: "not known, the answer was lost",
    Outcome.NOT_TRIED: "not tried",
}


class UsersScreen(ResourceScreen):
    """Users. What is done is done to the marked ones, or to the one under the cursor; what failed stays marked."""

    BINDINGS = bindings("users", "taking")

    # Whom

    @property
    def targets(self) -> list[Target]:
        """The marked users in the order of the list, or the one under the cursor."""
        table = self.table
        ids = table.marks or ({table.row_id} if table.row_id else set())
        places = {row_id: table.view.index_of(row_id) for row_id in ids}
        ordered = sorted(ids, key=lambda row_id: (places[row_id] is None, places[row_id] or 0, row_id))
        return [user_target(row) for row in self.rows_of(ordered)]

    def nobody(self) -> str | None:
        return None if self.table.marks or self.table.row_id else "There is no row under the cursor."

    # What

    def _do(self, action: WriteAction, key: str, verb: str, told: Sequence[str] = ()) -> None:
        done = partial(self._done, deleted=action is DELETE_USER)
        do(self.console, action, self.targets, verb=verb, trigger=key, told=told, done=done)

    def _done(self, results: Results, *, deleted: bool = False) -> None:
        tell_lists(self.console, self.record.name, results, deleted=deleted)
        if not self.is_mounted:
            return
        self.table.marks &= {target.id for target in results.left}
        self.table.repaint()
        self.changed()
        if len(results.items) > 1 and results.left:
            self._tell_left(results)

    def _tell_left(self, results: Results) -> None:
        """What became of those that are not done, one by one; Enter opens one."""
        left = [item for item in results.items if item.outcome is not Outcome.DONE]
        choices = [
            Choice(
                item.target.id,
                item.target.label or item.target.id,
                "✕" if item.outcome is Outcome.FAILED else "?" if item.outcome is Outcome.UNKNOWN else "·",
                _OUTCOMES[item.outcome] + (f": {item.error.message}" if item.error is not None else ""),
            )
            for item in left
        ]

        def picked(user_id: str | None) -> None:
            if user_id is not None:
                from dyntui.tui.screens.user import UserScreen

                labels = {choice.key: choice.label for choice in choices}
                self.console.visit(UserScreen(user_id, labels[user_id]))

        title = f"{len(left):,} of {len(results.items):,} not done; they stay marked"
        self.console.ask(PickDialog(title, choices), picked)

    def action_delete(self) -> None:
        self._do(DELETE_USER, "d", "Delete")

    def action_revoke_sessions(self) -> None:
        self._do(REVOKE_SESSIONS, "X", "Revoke sessions")

    def action_metadata(self) -> None:
        def filled(values: Values | None) -> None:
            if values is not None:
                name, value = values["key"].strip(), metadata_value(values["value"])
                self._do(set_metadata_field(name, value), "m", "Set")

        targets = self.targets
        whom = targets[0].label if len(targets) == 1 else f"{len(targets):,} users"
        form = FormDialog(f"Metadata of {whom}", metadata_fields(()), check=check_metadata, verb="go on")
        self.console.ask(form, filled)

    def action_allowlist(self) -> None:
        from dyntui.services.access.state import name_of, read_lists

        connection = self.console.session.connection
        if connection is None:
            return

        def picked(lists: Mapping[str, str], list_id: str | None) -> None:
            if list_id is not None:
                self._do(add_to_allowlist(list_id, lists[list_id]), "A", "Add")

        def found(rows: Sequence[Mapping[str, Any]]) -> None:
            lists = {str(row.get("id")): name_of(row) for row in rows}
            if not lists:
                self.console.say("There are no allowlists yet.", "warning")
                return
            choices = [Choice(list_id, name) for list_id, name in lists.items()]
            self.console.ask(PickDialog("Add to", choices), partial(picked, lists))

        read(self.console, read_lists(connection.client), found)

    def nothing_to_take(self) -> str | None:
        return self.nobody()

    def action_copy_as(self) -> None:
        from dyntui.tui.screens.people.taking import ask_copy

        ask_copy(self.console, self.record, self.rows_of([target.id for target in self.targets]))

    def action_web_console(self) -> None:
        from dyntui.tui.screens.people.taking import show_console

        row = self.table.row or {}
        show_console(self.console, str(row.get("id")), str(row.get("email") or row.get("id")))

    def action_export(self) -> None:
        from dyntui.tui.screens.people.exporting import ask_export

        ask_export(self)

    # New ones

    def action_new(self) -> None:
        def filled(values: Values | None) -> None:
            fields = {name: text.strip() for name, text in (values or {}).items() if text.strip()}
            if fields:
                label = next(iter(fields.values()))
                target = Target("", label, {"fields": fields})
                told = [f"{name}: {text}" for name, text in fields.items()]
                do(self.console, CREATE_USER, [target], verb="Create", trigger="n", told=told, done=self._made)

        def check(values: Values) -> Mapping[str, str]:
            return {} if any(text.strip() for text in values.values()) else {"": "A user needs at least one of them."}

        self.console.ask(FormDialog("New user", _NEW, check=check, verb="go on"), filled)

    def _made(self, results: Results) -> None:
        made = results.items[0]
        if made.outcome is not Outcome.DONE or not self.is_mounted:
            return
        if self.view is not None:
            self.view.refresh()
        user_id = str(made.value.get("id") or "") if isinstance(made.value, dict) else ""
        if user_id and self.is_current:
            from dyntui.tui.screens.user import UserScreen

            self.console.visit(UserScreen(user_id, made.target.label))
