"""What is done to the users of the list: delete, sign out, set metadata, put on a list; and new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from dyntui.services.actions.user_actions import (
    CREATE_USER,
    DELETE_USER,
    REVOKE_SESSIONS,
    add_to_allowlist,
    set_metadata_field,
)
from dyntui.services.actions.write_types import Target, WriteAction, WriteOutcome, WriteResults
from dyntui.tui.features.users.edit_profile import check_metadata, metadata_fields, metadata_value
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.shell.action_runner import run_action, run_read_worker

if TYPE_CHECKING:
    from dyntui.tui.features.users.user_list import UserListScreen

__all__ = ["ask_allowlist", "ask_metadata", "ask_new", "delete", "revoke_sessions"]

_NEW = (
    FormInput("email", "e-mail", help="It cannot be changed afterwards."),
    FormInput("username", "username"),
    FormInput("firstName", "first name"),
    FormInput("lastName", "last name"),
    FormInput("phoneNumber", "phone"),
    FormInput("country", "country", help="Two letters, as in GB."),
)
_OUTCOMES = {
    WriteOutcome.FAILED: "failed",
    WriteOutcome.UNKNOWN: "not known, the answer was lost",
    WriteOutcome.NOT_TRIED: "not tried",
}


def delete(screen: UserListScreen) -> None:
    """Delete them."""
    _do(screen, DELETE_USER, "d", "Delete")


def revoke_sessions(screen: UserListScreen) -> None:
    """Sign them out everywhere."""
    _do(screen, REVOKE_SESSIONS, "X", "Revoke sessions")


def _do(screen: UserListScreen, action: WriteAction, key: str, verb: str, form: FormDialog | None = None) -> None:
    done = partial(_done, screen)
    run_action(screen.console, action, screen.targets, verb=verb, opening_key=key, form=form, done=done)


def _done(screen: UserListScreen, results: WriteResults) -> None:
    if not screen.is_mounted:
        return
    screen.table.marks &= {target.id for target in results.remaining}
    screen.table.repaint()
    screen.refresh_status()
    if len(results.items) > 1 and results.remaining:
        _tell_left(screen, results)


def _tell_left(screen: UserListScreen, results: WriteResults) -> None:
    """What became of those that are not done, one by one; Enter opens one."""
    left = [item for item in results.items if item.outcome is not WriteOutcome.DONE]
    choices = [
        Choice(
            item.target.id,
            item.target.label or item.target.id,
            "✕" if item.outcome is WriteOutcome.FAILED else "?" if item.outcome is WriteOutcome.UNKNOWN else "·",
            _OUTCOMES[item.outcome] + (f": {item.error.message}" if item.error is not None else ""),
        )
        for item in left
    ]

    def picked(user_id: str | None) -> None:
        if user_id is not None:
            from dyntui.tui.features.users.user_screen import UserScreen

            labels = {choice.key: choice.label for choice in choices}
            screen.console.visit(UserScreen(user_id, labels[user_id]))

    title = f"{len(left):,} of {len(results.items):,} not done; they stay marked"
    screen.console.ask(SelectDialog(title, choices), picked)


def ask_metadata(screen: UserListScreen) -> None:
    """One field of the metadata of all of them."""

    def filled(values: Values) -> None:
        name, value = values["key"].strip(), metadata_value(values["value"])
        _do(screen, set_metadata_field(name, value), "m", "Set", form)

    targets = screen.targets
    whom = targets[0].label if len(targets) == 1 else f"{len(targets):,} users"
    form = FormDialog(f"Metadata of {whom}", metadata_fields(()), check=check_metadata, verb="go on")
    screen.console.open_form(form, filled)


def ask_allowlist(screen: UserListScreen) -> None:
    """Put them on a list."""
    from dyntui.services.access.access_policy import name_of, read_lists

    connection = screen.console.session.connection
    if connection is None:
        return

    def picked(lists: Mapping[str, str], list_id: str | None) -> None:
        if list_id is not None:
            _do(screen, add_to_allowlist(list_id, lists[list_id]), "A", "Add")

    def found(rows: Sequence[Mapping[str, Any]]) -> None:
        lists = {str(row.get("id")): name_of(row) for row in rows}
        if not lists:
            screen.console.notify("There are no allowlists yet.", "warning")
            return
        choices = [Choice(list_id, name) for list_id, name in lists.items()]
        screen.console.ask(SelectDialog("Add to", choices), partial(picked, lists))

    run_read_worker(screen.console, read_lists(connection.client), found)


def ask_new(screen: UserListScreen) -> None:
    """Create a user, and open it."""

    def filled(values: Values) -> None:
        fields = {name: text.strip() for name, text in values.items() if text.strip()}
        target = Target("", next(iter(fields.values())), {"fields": fields})
        lines = [f"{name}: {text}" for name, text in fields.items()]
        made = partial(_made, screen)
        run_action(
            screen.console,
            CREATE_USER,
            [target],
            verb="Create",
            opening_key="n",
            summary_lines=lines,
            form=form,
            done=made,
        )

    def check(values: Values) -> Mapping[str, str]:
        return {} if any(text.strip() for text in values.values()) else {"": "A user needs at least one of them."}

    form = FormDialog("New user", _NEW, check=check, verb="go on")
    screen.console.open_form(form, filled)


def _made(screen: UserListScreen, results: WriteResults) -> None:
    made = results.items[0]
    if made.outcome is not WriteOutcome.DONE or not screen.is_mounted:
        return
    user_id = str(made.value.get("id") or "") if isinstance(made.value, dict) else ""
    if user_id and screen.is_current:
        from dyntui.tui.features.users.user_screen import UserScreen

        screen.console.visit(UserScreen(user_id, made.target.label))
