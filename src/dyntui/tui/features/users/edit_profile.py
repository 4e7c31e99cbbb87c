"""Dialogs that change the profile of a user or one metadata field.

The user is read first; the changes are shown before they are saved. The metadata form is shared with `bulk_actions`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import spaced_words
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.user_actions import set_metadata_field, user_target
from dyntui.services.metadata import metadata_of
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values, find_problems
from dyntui.tui.shell.action_runner import run_action, run_read_worker

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Target, WriteAction
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = [
    "ask_metadata_field",
    "ask_profile",
    "check_metadata_field",
    "metadata_field_inputs",
    "parse_metadata_value",
    "read_user",
    "read_user_then",
]

_FIELDS = (
    "firstName",
    "lastName",
    "alias",
    "username",
    "phoneNumber",
    "country",
    "jobTitle",
    "team",
    "tShirtSize",
)
_CONSENT = "policiesConsent"
_LABELS = {name: spaced_words(name) for name in (*_FIELDS, _CONSENT)} | {"tShirtSize": "t-shirt size"}
_NULLABLE = frozenset({"country", "username"})
"""The fields that are cleared with null. An empty string clears the others."""
_CONSENT_OPTIONS = {"": "not set", "true": "yes", "false": "no"}
_NO_CHANGES = "No changes to save."


async def read_user(connection: Connection, user_id: str) -> Row:
    """Read a user from the server. The result always has an `id`."""
    return {**await connection.client.users.get_raw(user_id), "id": user_id}


def read_user_then(console: ConsoleApp, user_id: str, then: Callable[[Row], None]) -> None:
    """Read a user from the server, then call `then` with it."""
    run_read_worker(console, lambda connection: read_user(connection, user_id), then)


def ask_profile(console: ConsoleApp, user_id: str, opening_key: str) -> None:
    """Read the user and show a form of the profile; the changed fields are saved after a confirmation."""
    read_user_then(console, user_id, lambda user: _open_profile_form(console, user, opening_key))


def _open_profile_form(console: ConsoleApp, user: Row, opening_key: str) -> None:
    initial = {name: _value_text(user.get(name)) for name in _LABELS}
    inputs = [FormInput(name, _LABELS[name], initial[name]) for name in _FIELDS]
    # Consent that is set can be changed but not removed.
    consent = {value: label for value, label in _CONSENT_OPTIONS.items() if value or not initial[_CONSENT]}
    inputs.append(FormInput(_CONSENT, _LABELS[_CONSENT], initial[_CONSENT], consent))
    note = "The API cannot change the email."
    form = FormDialog(f"Profile of {user_target(user).label}", inputs, verb="continue", note=note)

    save = partial(_save, console, form, opening_key)

    def on_submit(values: Values) -> None:
        changes = {
            name: _profile_value(name, text.strip()) for name, text in values.items() if text.strip() != initial[name]
        }
        target = user_target(user, fields=changes)
        save(write_action("users.edit"), target, _change_lines(user, changes, _LABELS) if changes else ())

    console.open_form(form, on_submit)


def _save(
    console: ConsoleApp,
    form: FormDialog,
    opening_key: str,
    action: WriteAction,
    target: Target,
    summary_lines: Sequence[str],
) -> None:
    """Save what a form changed, after a confirmation. summary_lines: the changes; none when nothing was changed."""
    if not summary_lines:
        form.finish()
        console.notify(_NO_CHANGES)
        return
    run_action(console, action, [target], opening_key=opening_key, summary_lines=summary_lines, form=form)


def ask_metadata_field(console: ConsoleApp, user_id: str, opening_key: str) -> None:
    """Read the user and ask for one metadata field and its value; it is saved after a confirmation."""
    read_user_then(console, user_id, lambda user: _open_metadata_field_form(console, user, opening_key))


def _open_metadata_field_form(console: ConsoleApp, user: Row, opening_key: str) -> None:
    metadata = metadata_of(user)
    title = f"Metadata of {user_target(user).label}"
    form = FormDialog(title, metadata_field_inputs(list(metadata)), check=check_metadata_field, verb="continue")

    save = partial(_save, console, form, opening_key)

    def on_submit(values: Values) -> None:
        name, value = values["key"].strip(), parse_metadata_value(values["value"])
        is_same = name in metadata and metadata[name] == value
        lines = () if is_same else _change_lines(metadata, {name: value}, {})
        save(set_metadata_field(name, value), user_target(user), lines)

    console.open_form(form, on_submit)


def metadata_field_inputs(existing: Sequence[str]) -> tuple[FormInput, ...]:
    """Return the inputs for one metadata field. existing: the names of the fields that the user has; () if unknown."""
    help_text = f"Existing fields: {', '.join(existing)}." if existing else "Other metadata fields are not changed."
    return (
        FormInput("key", "field", help=help_text),
        FormInput("value", "value", help="Text or JSON: true, 3, null, [...], {...}. Put text like 3 in quotes."),
    )


def check_metadata_field(values: Values) -> Mapping[str, str]:
    """Return the problems of a submitted metadata field by input name."""
    problems = {} if values["key"].strip() else {"key": "Enter the name of the field."}
    return problems | find_problems({"value": partial(parse_metadata_value, values["value"])})


def parse_metadata_value(text: str) -> object:
    """Return the value of a typed text: JSON if it is valid JSON, else the text. `"1"` in quotes is text.

    Raises UsageError for invalid JSON that begins like an object or a list.
    """
    text = text.strip()
    try:
        value = json.loads(text)
    except ValueError as error:
        if text[:1] in ("{", "["):
            raise UsageError(f"Invalid JSON: {error}.") from None
        return text
    return value


def _change_lines(before: Row, changes: Row, labels: Mapping[str, str]) -> list[str]:
    """Return one line for each changed field: `label: old → new`."""
    return [
        f"{labels.get(name, name)}: {_value_text(before.get(name)) or '—'} → {_value_text(value) or '—'}"
        for name, value in changes.items()
    ]


def _value_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _profile_value(name: str, text: str) -> object:
    if name == _CONSENT:
        return text == "true"
    return None if not text and name in _NULLABLE else text
