"""Transforms that take a value of their own, such as `prefix:+` and `lookup:free=>basic;pro=>plus`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_object
from dyntui.core.strict_json import parse_json
from dyntui.importer.dates import check_date_format, parse_with_format
from dyntui.importer.fields import ImportField
from dyntui.importer.problems import Problem
from dyntui.importer.validation_context import FieldStep, ValidationContext

__all__ = ["VALUE_TRANSFORMS", "ValueTransform", "lookup_argument"]

_ARROW = "=>"
_OTHERWISE = "*"


@dataclass(frozen=True, slots=True)
class ValueTransform:
    """A transform with a value after a colon."""

    usage: str
    """How it is written."""
    description: str
    make: Callable[[str], FieldStep]
    """Make the step from the value. Raises UsageError for a value that it does not understand."""


def _prefix(argument: str) -> FieldStep:
    _required("prefix", argument, "prefix:+")
    return _text_step(lambda text: text if text.startswith(argument) else argument + text)


def _suffix(argument: str) -> FieldStep:
    _required("suffix", argument, "suffix:@example.com")
    return _text_step(lambda text: text if text.endswith(argument) else text + argument)


def _text_step(change: Callable[[str], str]) -> FieldStep:
    """Return a step that changes texts, and numbers as text; a value without a change stays as it is."""

    def step(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
        text = _as_text(value)
        changed = text if text is None else change(text)
        return value if changed == text else changed

    return step


def _replace(argument: str) -> FieldStep:
    old, arrow, new = argument.partition(_ARROW)
    if not old or not arrow:
        raise UsageError(f"{argument!r} does not say what to replace.", hint="For example: replace:.=>_")
    return lambda value, *_: value.replace(old, new) or None if isinstance(value, str) else value


def _lookup(argument: str) -> FieldStep:
    table = _lookup_table(argument)

    def step(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
        text = _as_text(value)
        if text is None:
            return value
        found = table.get(text.strip(), table.get(_OTHERWISE))
        if found is None:
            message = f"“{text}” is not in the lookup table, so it is not clear what to send."
            hint = f"Add it, or add {_OTHERWISE}{_ARROW}VALUE for all other values."
            problems.append(Problem("error", "not_in_lookup", field.name, f"{message} {hint}"))
            return value
        return found or None

    return step


def _lookup_table(argument: str) -> dict[str, str]:
    usage = "For example: lookup:free=>basic;pro=>plus, or lookup:@plans.csv for a file with two columns."
    if argument.startswith("{"):
        try:
            pairs = as_object(parse_json(argument))
        except ValueError as error:
            raise UsageError(f"The lookup table is not JSON: {error}.", hint=usage) from error
        return {key: str(value) for key, value in pairs.items()}
    table: dict[str, str] = {}
    for part in argument.split(";"):
        old, arrow, new = part.partition(_ARROW)
        if not arrow:
            raise UsageError(f"{part!r} is not a pair of the lookup table.", hint=usage)
        if table.setdefault(old.strip(), new.strip()) != new.strip():
            raise UsageError(f"The lookup table has two new values for {old.strip()!r}.", hint=usage)
    return table


def lookup_argument(pairs: dict[str, str]) -> str:
    """Return a lookup transform with the pairs of a file, as a mapping stores it."""
    return f"lookup:{json.dumps(pairs, ensure_ascii=False)}"


def _date(argument: str) -> FieldStep:
    format = check_date_format(argument)
    return lambda value, field, rules, problems: parse_with_format(value, format, field.name, problems)


def _as_text(value: object) -> str | None:
    """Return text, or a number as text; None for other values."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _required(name: str, argument: str, example: str) -> None:
    if not argument:
        raise UsageError(f"The transform {name} needs a text.", hint=f"For example: {example}")


VALUE_TRANSFORMS: dict[str, ValueTransform] = {
    "prefix": ValueTransform("prefix:TEXT", "put TEXT before a value that does not begin with it", _prefix),
    "suffix": ValueTransform("suffix:TEXT", "put TEXT after a value that does not end with it", _suffix),
    "replace": ValueTransform("replace:OLD=>NEW", "replace OLD by NEW everywhere in the value", _replace),
    "lookup": ValueTransform(
        "lookup:OLD=>NEW;OLD=>NEW", "replace whole values; a value that is not in the table is an error", _lookup
    ),
    "date": ValueTransform("date:FORMAT", "read a date in a format of strptime, such as %d/%m/%Y", _date),
}
"""The transforms by name."""
