"""Rules for the keys of the TOML files that people edit: settings, keymap and profiles.

All problems of a table are reported together, each with its line, what is wrong and what is allowed. Documents in JSON
are checked by pydantic (`core.validation`). These tables are read before the first frame of the console, and loading
pydantic takes a third of the time to that frame.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from dyntui.config.errors import ConfigError
from dyntui.config.toml import line_of
from dyntui.core.errors import UsageError
from dyntui.core.text import safe
from dyntui.core.validation import nearest_name

__all__ = [
    "BOOLEAN",
    "TEXT",
    "KeyProblem",
    "Rule",
    "accepted_by",
    "check_table",
    "invalid",
    "one_of",
    "rule",
    "whole_number",
]

Rule = Callable[[object], str]
"""Returns what is wrong with a value, such as `must be true or false, not 1`; "" for a valid value."""

_SHOWN_LENGTH = 60


class KeyProblem(NamedTuple):
    """Something wrong in a table."""

    keys: tuple[str, ...]
    """The keys that lead to the value in the table."""
    text: str
    """What is wrong, with the key."""


def rule(is_valid: Callable[[object], bool], expected: str) -> Rule:
    """Return a rule from a test and a description of the values that pass it."""
    return lambda value: "" if is_valid(value) else f"must be {expected}, not {_shown(value)}"


def whole_number(low: int, high: int) -> Rule:
    """Return the rule for a whole number between two bounds, both included."""
    return rule(lambda value: type(value) is int and low <= value <= high, f"a whole number from {low} to {high}")


def one_of(values: Collection[str]) -> Rule:
    """Return the rule for a choice."""
    expected = f"one of {', '.join(values)}" if len(values) > 2 else " or ".join(values)
    return rule(lambda value: value in values, expected)


def accepted_by(check: Callable[[str], object]) -> Rule:
    """Return the rule for a text that `check` accepts. `check` raises UsageError for another text."""

    def find_problem(value: object) -> str:
        if problem := TEXT(value):
            return problem
        try:
            check(str(value))
        except UsageError as error:
            return f"is wrong: {error.message.rstrip('.')}"
        return ""

    return find_problem


BOOLEAN = rule(lambda value: isinstance(value, bool), "true or false")
TEXT = rule(lambda value: isinstance(value, str) and value.isprintable(), "text without control characters")


def check_table(
    table: Mapping[str, object],
    rules: Mapping[str, Rule],
    *,
    required: Collection[str] = (),
    noun: str = "key",
    other_keys_allowed: bool = False,
) -> list[KeyProblem]:
    """Return all problems of a table.

    other_keys_allowed: allow keys without a rule, unless they look like a typing error of one with a rule.
    """
    problems = [KeyProblem((key,), f"{key} is missing") for key in required if key not in table]
    for key, value in table.items():
        if key in rules:
            if wrong := rules[key](value):
                problems.append(KeyProblem((key,), f"{key} {wrong}"))
        elif near := nearest_name(key, [name for name in rules if name not in table]):
            problems.append(KeyProblem((key,), f"there is no {noun} {_shown(key)}, but there is {near}"))
        elif not other_keys_allowed:
            problems.append(KeyProblem((key,), f"there is no {noun} {_shown(key)}; {noun}s: {', '.join(rules)}"))
    return problems


def invalid(
    path: Path, problems: Collection[KeyProblem], *, parents: tuple[str, ...] = (), subject: str = ""
) -> ConfigError:
    """Return the error for the problems of a table.

    parents: the keys that lead to the table in the file. subject: the name of the table for people.
    """
    lines = sorted((line_of(path, *parents, *problem.keys), problem.text) for problem in problems)
    (first, text), *others = lines
    start = f"{path}, line {first}: {f'{subject}: ' if subject else ''}{text}"
    message = "; ".join([start, *(f"line {line}: {other}" for line, other in others)])
    return ConfigError(f"{message}.", hint="Correct it by hand. It was not changed.")


def _shown(value: object) -> str:
    """Return a value as text for a message. It may be a token that was pasted into the wrong place."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            from dyntui.core.redact import redact

            return repr(safe(redact(value), _SHOWN_LENGTH))
        case int():
            return str(value) if abs(value) < 10**18 else "such a large number"
        case float():
            return f"{value:g}"
        case Mapping():
            return "a table"
        case list():
            return "a list"
    return "a date or a time"
