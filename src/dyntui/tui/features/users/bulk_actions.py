"""Actions of the users list: delete users, revoke sessions, set metadata, add to an allowlist, create a user.

Each function is called by the method of `UsersScreen` for its key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.user_actions import add_to_allowlist, set_metadata_field, user_target
from dyntui.services.actions.write_types import Target, WriteAction, WriteOutcome, WriteResults
from dyntui.tui.features.users.edit_profile import check_metadata_field, metadata_field_inputs, parse_metadata_value
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.fuzzy_select_dialog import named_choices
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.shell.action_runner import run_action, run_read_worker

if TYPE_CHECKING:
    from dyntui.tui.shell.lists.marked_list_screen import MarkedListScreen

__all__ = ["ask_allowlist", "ask_metadata_field", "ask_new_user", "run_bulk_action"]

_NEW_USER_INPUTS = (
    FormInput("email", "email", help="The email cannot be changed later."),
    FormInput("username", "username"),
    FormInput("firstName", "first name"),
    FormInput("lastName", "last name"),
    FormInput("phoneNumber", "phone number"),
    FormInput("country", "country", help="A two-letter code, such as GB."),
)
_OUTCOME_LABELS = {
    WriteOutcome.FAILED: "failed",
    WriteOutcome.UNKNOWN: "unknown, the response was lost",
    WriteOutcome.NOT_TRIED: "not tried",
}
_OUTCOME_SIGNS = {WriteOutcome.FAILED: "✕", WriteOutcome.UNKNOWN: "?", WriteOutcome.NOT_TRIED: "·"}


def _targets(screen: MarkedListScreen) -> list[Target]:
    """Return the marked users in the order of the list, or the current one."""
    return [user_target(row) for row in screen.marked]


def _targets_label(screen: MarkedListScreen) -> str:
    """Return whom an action concerns, for a title: the label of one user, or the number of users."""
    users = _targets(screen)
    return users[0].label if len(users) == 1 else f"{len(users):,} Users"


def run_bulk_action(
    screen: MarkedListScreen, action: WriteAction, opening_key: str, form: FormDialog | None = None
) -> None:
    """Run an action on the marked users or the current one, after a confirmation. form: the form with its input."""
    run_action(
        screen.console,
        action,
        _targets(screen),
        opening_key=opening_key,
        form=form,
        done=partial(_on_results, screen),
    )


def _on_results(screen: MarkedListScreen, results: WriteResults) -> None:
    """Update the marks, and list the unfinished users when there were several users."""
    if not screen.is_mounted:
        return
    screen.update_marks(results)
    if len(results.items) > 1 and results.remaining:
        _show_unfinished(screen, results)


def _show_unfinished(screen: MarkedListScreen, results: WriteResults) -> None:
    """List the users whose action failed, is unknown or was not tried, with the reason. Enter opens a user."""
    unfinished = [item for item in results.items if not item.outcome.is_received]
    choices = [
        Choice(
            item.target.id,
            item.target.label or item.target.id,
            _OUTCOME_SIGNS[item.outcome],
            _OUTCOME_LABELS[item.outcome] + (f": {item.error.message}" if item.error is not None else ""),
        )
        for item in unfinished
    ]

    def on_choice(user_id: str) -> None:
        from dyntui.tui.features.users.user_screen import UserScreen

        labels = {choice.key: choice.label for choice in choices}
        screen.console.visit(UserScreen(user_id, labels[user_id]))

    title = f"{len(unfinished):,} of {quantity(len(results.items), 'User')} Unfinished, Still Marked"
    screen.console.ask_then(SelectDialog(title, choices), on_choice)


def ask_metadata_field(screen: MarkedListScreen) -> None:
    """Ask for a metadata field and its value, then set it for the marked users or the current one."""

    def on_submit(values: Values) -> None:
        name, value = values["key"].strip(), parse_metadata_value(values["value"])
        run_bulk_action(screen, set_metadata_field(name, value), "m", form)

    title = f"Metadata of {_targets_label(screen)}"
    form = FormDialog(title, metadata_field_inputs(()), check=check_metadata_field, verb="continue")
    screen.console.open_form(form, on_submit)


def ask_allowlist(screen: MarkedListScreen) -> None:
    """Ask for an allowlist, then add the marked users or the current one to it."""
    from dyntui.services.access.access_policy import name_of, read_lists

    def on_choice(names: Mapping[str, str], allowlist_id: str) -> None:
        run_bulk_action(screen, add_to_allowlist(allowlist_id, names[allowlist_id]), "A")

    def on_lists(rows: Sequence[Row]) -> None:
        names = {str(row.get("id")): name_of(row) for row in rows}
        if not names:
            screen.console.notify("There are no allowlists. Create one on the Allowlists screen first.", "warning")
            return
        choices = [Choice(allowlist_id, name) for allowlist_id, name in names.items()]
        title = f"Add {_targets_label(screen)} to Allowlist"
        screen.console.ask_then(named_choices(title, choices, verb="add"), partial(on_choice, names))

    run_read_worker(screen.console, lambda connection: read_lists(connection.client), on_lists)


def ask_new_user(screen: MarkedListScreen) -> None:
    """Ask for the fields of a new user, create the user and open it."""

    def on_submit(values: Values) -> None:
        fields = {name: text.strip() for name, text in values.items() if text.strip()}
        target = Target("", next(iter(fields.values())), {"fields": fields})
        labels = {item.name: item.label for item in _NEW_USER_INPUTS}
        run_action(
            screen.console,
            write_action("users.create"),
            [target],
            opening_key="plus",
            summary_lines=[f"{labels[name]}: {text}" for name, text in fields.items()],
            form=form,
            done=partial(_open_created_user, screen),
        )

    def check(values: Values) -> Mapping[str, str]:
        return {} if any(text.strip() for text in values.values()) else {"": "Fill in at least one field."}

    form = FormDialog("New User", _NEW_USER_INPUTS, check=check, verb="continue")
    screen.console.open_form(form, on_submit)


def _open_created_user(screen: MarkedListScreen, results: WriteResults) -> None:
    item = results.items[0]
    if item.outcome is not WriteOutcome.DONE or not screen.is_mounted:
        return
    user_id = str(item.value.get("id") or "") if isinstance(item.value, dict) else ""
    if user_id and screen.is_current:
        from dyntui.tui.features.users.user_screen import UserScreen

        screen.console.visit(UserScreen(user_id, item.target.label))
