"""Targets of commands: read them from arguments, files and standard input, and report those that were left out.

A target is an id, or another value that identifies the object (`services.actions.target_lookup`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from dyntui.cli.input_text import STDIN, iter_lines
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.cli.context import CliContext
    from dyntui.services.actions.target_lookup import TargetMatches
    from dyntui.services.actions.write_types import Target

__all__ = ["EMPTY_INPUT", "TARGETS_HELP", "LeftOut", "ignore_missing_option", "read_targets", "users_argument"]

EMPTY_INPUT = "Standard input is empty, so nothing was sent."
"""The message of commands that have nothing to do."""
TARGETS_HELP = "@FILE reads them from a file and - from standard input, one a line."
"""How targets are given, for the help of commands."""

ignore_missing_option = click.option(
    "--ignore-missing", is_flag=True, help="Count a target that does not exist as done."
)

users_argument = click.argument("targets", nargs=-1, metavar="[USER]...")
"""The users that a command is for; the command gets them as `targets`."""

_LONGEST = 2_000
"""The maximum of characters in a target."""
_NAMED = 5
"""The maximum of left-out targets that are named before the confirmation."""


def read_targets(arguments: Sequence[str], *, key: str = "id") -> list[str]:
    """Return the targets in the arguments, in the files that they name as @FILE, and for `-` on standard input.

    Without arguments they are read from standard input, unless it is a terminal. A file has one target a line, or
    NDJSON rows with the id in the field `key`; blank lines and lines that begin with # are left out. Raises UsageError.
    """
    if not arguments and sys.stdin.isatty():
        raise UsageError("No targets were given.", hint=f"Give them as arguments. {TARGETS_HELP}")
    found: dict[str, None] = {}
    for argument in arguments or (STDIN,):
        if argument == STDIN:
            found |= dict.fromkeys(_read_lines(sys.stdin, "standard input", key))
        elif argument.startswith("@"):
            found |= dict.fromkeys(_read_file(argument[1:], key))
        else:
            found[argument] = None
    return list(found)


def _read_file(name: str, key: str) -> list[str]:
    try:
        with Path(name).open(encoding="utf-8") as file:
            return _read_lines(file, name, key)
    except OSError as error:
        raise UsageError(f"{name or '@'} cannot be read: {error.strerror}.", hint="Give a file as @FILE.") from None


def _read_lines(file: TextIO, name: str, key: str) -> list[str]:
    import json

    found: list[str] = []
    try:
        for number, line in enumerate(iter_lines(file, name), 1):
            text = (line.removeprefix("\ufeff") if number == 1 else line).strip()
            if text.startswith("{"):
                try:
                    value = json.loads(text)[key]
                except (ValueError, KeyError, TypeError):
                    value = None
                if not isinstance(value, (str, int)) or isinstance(value, bool) or not str(value).strip():
                    raise UsageError(f"Line {number} of {name} is not a JSON object with {key!r}.")
                text = str(value)
            elif _is_table(text, key, is_first=number == 1):
                raise UsageError(
                    f"Line {number} of {name} is no target.", hint="Give one target a line, or rows as --ndjson."
                )
            if len(text) > _LONGEST:
                raise UsageError(
                    f"Line {number} of {name} is no target: it has {len(text):,} characters.",
                    hint="Give one target a line.",
                )
            if text and not text.startswith("#"):
                found.append(text)
    except UnicodeError:
        raise UsageError(f"{name} is not UTF-8 text.", hint="Save it as text, one target a line.") from None
    return found


def _is_table(text: str, key: str, *, is_first: bool) -> bool:
    """Return whether a line is of a list in another format: no target is so, and none would be found.

    is_first: whether it is the first line, which in CSV has the names of the columns.
    """
    columns = text.split(",")
    is_header = len(columns) > 1 and key in columns
    return "\t" in text or text.startswith("[{") or (is_first and (is_header or text == "items:"))


UNCHANGED = "It has these values already."
"""Why an edit of a target is not sent."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The targets that an action is not done to."""

    unresolved: Sequence[TargetMatches] = ()
    """Those without exactly one match."""
    unchanged: Sequence[tuple[Target, str]] = ()
    """Those that the action would not change, with the reason."""
    ignore_missing: bool = False
    """Whether a target that does not exist counts as done."""

    @property
    def missing(self) -> list[TargetMatches]:
        return [matches for matches in self.unresolved if not matches.rows]

    @property
    def ambiguous(self) -> list[TargetMatches]:
        return [matches for matches in self.unresolved if matches.rows]

    @property
    def count(self) -> int:
        return len(self.unresolved) + len(self.unchanged)

    @property
    def is_failure(self) -> bool:
        """Whether the command fails because of them."""
        return bool(self.ambiguous or (self.missing and not self.ignore_missing))

    def documents(self) -> list[dict[str, object]]:
        """Return the targets as JSON, like those that the action was done to."""
        unchanged = [_document(target.id, target.label, "unchanged", reason) for target, reason in self.unchanged]
        missing = [_document("", matches.text, "not_found") for matches in self.missing]
        ambiguous = [
            {
                **_document("", matches.text, "ambiguous", f"{len(matches.rows)} matches: {matches.summary}"),
                "matches": [
                    {"id": row.get(matches.record.key), "label": matches.record.label_of(row)} for row in matches.rows
                ],
            }
            for matches in self.ambiguous
        ]
        return [*unchanged, *missing, *ambiguous]

    def counts(self) -> dict[str, int]:
        """Return how many there are of each outcome."""
        return {"unchanged": len(self.unchanged), "not_found": len(self.missing), "ambiguous": len(self.ambiguous)}

    def lines(self) -> list[str]:
        """Return a line for each target without exactly one match, for commands whose rows are other than targets."""
        missing = [f"not found  {matches.text}" for matches in self.missing]
        ambiguous = [
            f"ambiguous  {matches.text}  {len(matches.rows)} matches: {matches.summary}" for matches in self.ambiguous
        ]
        return [*missing, *ambiguous]

    @property
    def sentence(self) -> str:
        """How many there are, as text; "" for none."""
        return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in self.counts().items() if count)

    @property
    def advice(self) -> list[str]:
        """What to do about each ambiguous target, and about one that was not found if it is the only one."""
        named = self.unresolved if self.count == 1 and self.is_failure else self.ambiguous
        return [str(matches.problem) for matches in named]

    def announce(self, context: CliContext) -> None:
        """Print before the confirmation which targets are left out: the first by name."""
        if self.missing:
            context.print_message(f"Not found: {_named(matches.text for matches in self.missing)}.")
        for matches in self.ambiguous[:_NAMED]:
            context.print_message(f"Ambiguous: {matches.text} identifies {matches.summary}.")
        if self.unchanged:
            first = self.unchanged[0][1].rstrip(".")
            context.print_message(
                f"Unchanged: {_named(target.label or target.id for target, _ in self.unchanged)}. {first}."
            )


def _document(target_id: str, label: str, outcome: str, reason: str | None = None) -> dict[str, object]:
    return {"id": target_id, "label": label, "outcome": outcome, "error": reason, "code": None, "result": None}


def _named(texts: Iterable[str]) -> str:
    named = [*texts]
    more = len(named) - _NAMED
    return ", ".join([*named[:_NAMED], f"{more:,} more"] if more > 0 else named)
