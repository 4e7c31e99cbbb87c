"""Change the profile of a user, or one field of the metadata: read first, shown as a difference, then saved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import UsageError
from dyntui.services.actions.user_actions import UPDATE_USER, set_metadata_field, user_target
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.shell.action_runner import run_action, run_read_worker

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["ask_metadata", "ask_profile", "differences", "fresh_user", "metadata_value"]

_TEXTS = {
    "firstName": "first name",
    "lastName": "last name",
    "alias": "alias",
    "username": "username",
    "phoneNumber": "phone",
    "country": "country",
    "jobTitle": "job",
    "team": "team",
    "tShirtSize": "t-shirt size",
}
_NULLABLE = frozenset({"country", "username"})
_CONSENT = {"": "not said", "true": "yes", "false": "no"}
_MAIL = "The API cannot change the e-mail."


def ask_profile(console: ConsoleApp, user_id: str, key: str) -> None:
    """Read the user, ask for other values, show what is different and save it."""
    connection = console.session.connection
    if connection is not None:
        run_read_worker(console, fresh_user(connection, user_id), lambda user: _ask_profile(console, user, key))


async def fresh_user(connection: Connection, user_id: str) -> dict[str, Any]:
    """The user as it is now."""
    answer = await connection.client.users.get_raw(user_id)
    user = answer.get("user", answer) if isinstance(answer, dict) else {}
    return {**user, "id": user_id} if isinstance(user, dict) else {"id": user_id}


def _ask_profile(console: ConsoleApp, user: dict[str, Any], key: str) -> None:
    start = {name: _text(user.get(name)) for name in (*_TEXTS, "policiesConsent")}
    fields = [
        FormInput(name, label, start[name], help=_MAIL if name == "firstName" else "") for name, label in _TEXTS.items()
    ]
    consent = {value: words for value, words in _CONSENT.items() if value or not start["policiesConsent"]}
    fields.append(FormInput("policiesConsent", "policies", start["policiesConsent"], consent))

    form = FormDialog(f"Profile of {user_target(user).label}", fields, verb="go on")

    def filled(values: Values) -> None:
        changed = {name: _json(name, text.strip()) for name, text in values.items() if text.strip() != start[name]}
        if not changed:
            form.finish()
            console.notify("Nothing is different; nothing was saved.")
            return
        lines = differences(user, changed)
        target = user_target(user, fields=changed)
        run_action(console, UPDATE_USER, [target], verb="Save", opening_key=key, summary_lines=lines, form=form)

    console.open_form(form, filled)


def ask_metadata(console: ConsoleApp, user_id: str, key: str) -> None:
    """Read the user, ask for one field of the metadata, show what is different and save it."""
    connection = console.session.connection
    if connection is not None:
        run_read_worker(console, fresh_user(connection, user_id), lambda user: _ask_metadata(console, user, key))


def _ask_metadata(console: ConsoleApp, user: dict[str, Any], key: str) -> None:
    metadata = user.get("metadata") if isinstance(user.get("metadata"), dict) else {}
    assert isinstance(metadata, dict)

    title = f"Metadata of {user_target(user).label}"
    form = FormDialog(title, metadata_fields(list(metadata)), check=check_metadata, verb="go on")

    def filled(values: Values) -> None:
        name, value = values["key"].strip(), metadata_value(values["value"])
        if name in metadata and metadata[name] == value:
            form.finish()
            console.notify("Nothing is different; nothing was saved.")
            return
        lines = differences(metadata, {name: value})
        action = set_metadata_field(name, value)
        run_action(console, action, [user_target(user)], verb="Save", opening_key=key, summary_lines=lines, form=form)

    console.open_form(form, filled)


def metadata_fields(known: Sequence[str]) -> tuple[FormInput, ...]:
    """What a form asks about one field of the metadata. known: the fields that are there."""
    there = ", ".join(known)
    return (
        FormInput("key", "field", help=f"There are: {there}." if there else "Fields that are there already are kept."),
        FormInput("value", "value", help="Text; true, false, null, numbers, [...] and {...} are taken as JSON."),
    )


def check_metadata(values: Values) -> Mapping[str, str]:
    """What is wrong with one field of the metadata."""
    wrong = {} if values["key"].strip() else {"key": "A field needs a name."}
    try:
        metadata_value(values["value"])
    except UsageError as error:
        wrong["value"] = error.message
    return wrong


def metadata_value(text: str) -> Any:
    """What a typed value means: JSON where it looks like JSON, else text. A quoted "1" stays text."""
    text = text.strip()
    try:
        value = json.loads(text)
    except ValueError as error:
        if text[:1] in ("{", "["):
            raise UsageError(f"It is not JSON: {error}.") from None
        return text
    return value


def differences(before: Mapping[str, Any], changed: Mapping[str, Any]) -> list[str]:
    """What will be different, a line for each field."""
    return [f"{name}: {_text(before.get(name)) or '—'} → {_text(value) or '—'}" for name, value in changed.items()]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(name: str, text: str) -> Any:
    if name == "policiesConsent":
        return text == "true"
    return None if not text and name in _NULLABLE else text
