"""The fields of commands that create or change objects: FIELD=VALUE and FIELD:=JSON arguments, and `--data`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.input_text import STDIN, read_text
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.cli.context import CliContext
    from dyntui.services.connection import Connection
    from dyntui.services.forms import FormField

__all__ = [
    "FieldArguments",
    "data_option",
    "nested_body",
    "parse_fields",
    "print_event_warnings",
    "print_warnings",
    "read_data",
    "split_arguments",
    "warned_before_errors",
]

data_option = click.option(
    "-d",
    "--data",
    "data",
    metavar="JSON|@FILE|-",
    help="Fields as a JSON object; from a file or standard input also as YAML. FIELD=VALUE arguments override them.",
)
"""--data of commands that take FIELD=VALUE arguments."""


_PAIR = re.compile(r"[\w.-]+:?=")
_YAML = re.compile(r"(?:\s*#[^\n]*\n)*(?:\s*#|\s*[\w.-]+:(?:\s|$)|\s*-(?:\s|$)|---\s)")
"""How a YAML document starts: with comments, a key, an element of a list or a marker. No JSON document starts so."""


@dataclass(frozen=True, slots=True)
class FieldArguments:
    """The fields that were given to a command, by name or dot path."""

    texts: Mapping[str, str]
    """FIELD=VALUE: texts, which are converted to the type of the field."""
    values: Mapping[str, object]
    """FIELD:=JSON and the fields of --data: they are sent as written, including null."""

    def __bool__(self) -> bool:
        return bool(self.texts or self.values)

    @property
    def names(self) -> list[str]:
        """The names of all fields."""
        return [*self.values, *self.texts]

    def typed(self, operation: str = "") -> dict[str, Any]:
        """Return the values by field name.

        operation: its schema says the types of texts; without it, and for a field that it does not have, they stay
        texts. Raises UsageError for a text that does not fit the type of its field.
        """
        known_fields = _body_fields(operation) if operation else {}
        texts = {name: _parse_value(known_fields.get(name), name, text) for name, text in self.texts.items()}
        return {**self.values, **texts}

    def form_values(self, fields: Sequence[FormField]) -> tuple[dict[str, str], dict[str, object]]:
        """Return the texts for the form with these fields, and the values by dot path that are sent as written.

        The text of a field that is not in the form is sent as written, too: a newer server may know it.
        """
        from dyntui.services.forms import field_text

        known = {field.name: field for field in fields}
        texts: dict[str, str] = {}
        values: dict[str, object] = {}
        for name, value in self.values.items():
            if name in known and known[name].location != "body":
                texts[name] = field_text(value)
            else:
                values[name] = value
        for name, text in self.texts.items():
            (texts if name in known else values)[name] = text
        return texts, values

    def body(self, operation: str) -> dict[str, Any]:
        """Return the values as the body of an operation, with dot paths as nested objects. Raises as `typed`."""
        return nested_body(self.typed(operation))


def nested_body(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by dot path as nested objects. Raises UsageError for a path inside another value."""
    from dyntui.services.forms import set_path

    found: dict[str, object] = {}
    for name, value in values.items():
        set_path(found, name, value)
    return found


def parse_fields(pairs: Sequence[str], data: str | None = None) -> FieldArguments:
    """Parse FIELD=VALUE and FIELD:=JSON arguments and the value of --data. Raises UsageError.

    An argument replaces the field of --data with its name, and the parts of it. A field is given one time.
    """
    document = read_data(data) if data is not None else {}
    if not isinstance(document, dict):
        raise UsageError("--data is not a JSON object.", hint='Write its fields: {"name": "value"}.')
    texts: dict[str, str] = {}
    values: dict[str, object] = dict(document)
    given: set[str] = set()
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name.removesuffix(":"):
            raise UsageError(
                f"{pair!r} is not FIELD=VALUE.", hint="Use FIELD=TEXT for text and FIELD:=JSON for other values."
            )
        is_json = name.endswith(":")
        name = name.removesuffix(":")
        if name in given:
            raise UsageError(f"{name} is given two times.", hint="Leave out one of them.")
        given.add(name)
        values.pop(name, None)
        if is_json:
            values[name] = _parse_json(name, text)
        else:
            texts[name] = text
    return FieldArguments(texts, values)


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split the arguments of an action into targets and FIELD=VALUE pairs. A URL with a `=` is a target."""
    pairs = [argument for argument in arguments if _PAIR.match(argument)]
    return [argument for argument in arguments if argument not in pairs], pairs


def read_data(data: str) -> object:
    """Return the JSON value of --data: the text itself, or that of a file or of standard input. Raises UsageError.

    A file may be YAML. One that has nothing but comments is an empty object.
    """
    from dyntui.services.metadata import read_json

    is_read = data == STDIN or data.startswith("@")
    text = read_text(data.removeprefix("@"), "The request body") if is_read else data
    try:
        return read_json(_yaml_as_json(text) if is_read and _YAML.match(text) else text)
    except UsageError as error:
        raise UsageError(f"Request body: {error.message}", hint=error.hint) from None


def _yaml_as_json(text: str) -> str:
    """Return a YAML document as JSON. Raises UsageError with the line of the first mistake."""
    from dyntui.core.yaml_document import YamlError, parse_yaml

    try:
        value = parse_yaml(text).value
    except YamlError as error:
        raise UsageError(f"Invalid YAML: {error.message} (line {error.line}).") from None
    return json.dumps({} if value is None else value)


def print_warnings(context: CliContext, operation: str, body: object) -> None:
    """Print a warning for each field and value of a body that the operation does not know."""
    from dyntui.api.catalog import catalog
    from dyntui.services.body_check import body_warnings

    operations = catalog()
    warnings = body_warnings(operations, operations.get(operation), body)
    context.print_message(*(f"warning: {warning}" for warning in warnings))


@contextmanager
def warned_before_errors(context: CliContext, operation: str, body: object) -> Iterator[None]:
    """Print the warnings about a body before a UsageError of the block: an unknown field may be its cause."""
    try:
        yield
    except UsageError:
        print_warnings(context, operation, body)
        raise


async def print_event_warnings(context: CliContext, connection: Connection, body: object) -> None:
    """Print a warning for each event in the body of a webhook that the environment does not list."""
    from dyntui.core.json_types import as_object
    from dyntui.services.webhooks import event_warnings

    events = as_object(body).get("events")
    context.print_message(*(f"warning: {line}" for line in await event_warnings(connection.client, events)))


def _body_fields(operation: str) -> dict[str, FormField]:
    from dyntui.api.catalog import catalog
    from dyntui.services.forms import operation_fields

    operations = catalog()
    return {
        field.name: field
        for field in operation_fields(operations, operations.get(operation))
        if field.location == "body"
    }


def _parse_value(field: FormField | None, name: str, text: str) -> object:
    from dyntui.services.forms import FieldKind, parse_value

    if field is None or field.kind in (FieldKind.TEXT, FieldKind.CHOICE):
        return text
    if field.kind is FieldKind.JSON:
        return _parse_json(name, text)
    try:
        return parse_value(field, text)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None


def _parse_json(name: str, text: str) -> object:
    from dyntui.services.metadata import read_json

    try:
        return read_json(text)
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}", hint=f"Use {name}=TEXT for text.") from None
