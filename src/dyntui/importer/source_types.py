"""Values that describe a source file and its rows, and its errors; a journal can store them."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, NamedTuple

from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_object
from dyntui.core.strict_json import parse_json
from dyntui.importer.problems import Problem

__all__ = [
    "REPORT_COLUMNS",
    "Cell",
    "SourceChanged",
    "SourceError",
    "SourceInfo",
    "SourceRow",
    "UnknownEncoding",
    "fingerprint",
    "normalize_name",
    "unique_names",
]

Cell = str | int | float | bool | None | list[object] | dict[str, object]

REPORT_COLUMNS = ("_dyntui_row", "_error_code", "_error_field", "_error")
"""Columns that a failed-rows file adds; they are ignored in a source file."""


class SourceError(UsageError):
    """The file cannot be read; the message is one line, the hint says what to do."""


class EmptySource(SourceError):
    """The source has no content at all."""


class SourceChanged(SourceError):
    """The file changed while it was read; nothing of it may be used."""


class UnknownEncoding(SourceError):
    """The text is neither UTF-8 nor UTF-16, and a guess could damage names.

    candidates: (encoding, how the first non-ASCII line looks in it), the most likely first.
    """

    def __init__(self, message: str, *, hint: str, candidates: tuple[tuple[str, str], ...]) -> None:
        super().__init__(message, hint=hint)
        self.candidates = candidates


class SourceRow(NamedTuple):
    """One record of the file."""

    number: int
    """Number of the record below the header, from 1; blank records are counted but not returned."""
    cells: tuple[Cell, ...]
    """The values, aligned with SourceInfo.columns; "" or None where there is none."""
    problems: tuple[Problem, ...] = ()
    extra: tuple[tuple[str, Cell], ...] = ()
    """Values without a column: surplus values of a ragged row, unexpected keys, the text of a broken line."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """How the file was read, and what it looks like; made from and to JSON so that a job can keep it."""

    name: str
    format: str
    """One of csv, tsv, json, ndjson, xlsx, xls or ods."""
    encoding: str
    delimiter: str
    """Empty when there is only one column."""
    quoting: str
    header_row: int | None
    """The record (from 1) that holds the names; None when the file has none."""
    columns: tuple[str, ...]
    fingerprint: str
    preset: str | None = None
    notes: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    records: str = ""
    """The place of the records in a JSON file, as `--records` accepts it."""
    other_records: tuple[str, ...] = ()
    """The places in a JSON file that are not read."""
    non_ascii: tuple[str, ...] = ()
    """A few values with letters beyond ASCII, to see whether the encoding is right."""
    size: int = 0

    def to_json(self) -> str:
        return json.dumps({f.name: getattr(self, f.name) for f in fields(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> SourceInfo:
        data = as_object(parse_json(text))
        values: dict[str, Any] = {key: tuple(each) if isinstance(each, list) else each for key, each in data.items()}
        return cls(**values)


_REMARK = re.compile(r"\s*[\[(](?:required|optional|mandatory|read[ -]only|upload[ -]only|must be [^\])]*)[\])]", re.I)
"""What some programs add to a column name: `Email Address [Required]`."""


@lru_cache(maxsize=4096)
def normalize_name(name: str) -> str:
    """Return a column name for comparison, without case, accents, spaces, punctuation and remarks in brackets."""
    if "[" in name or "(" in name:
        name = _REMARK.sub("", name) or name
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in decomposed if char.isalnum())


def fingerprint(columns: Iterable[str]) -> str:
    """Return a hash of a set of columns, ignoring order and spelling, by which saved mappings are found."""
    names = sorted(normalize_name(column) or column for column in columns)
    return hashlib.sha256("\n".join(names).encode("utf-8", "surrogatepass")).hexdigest()[:16]


_SPACE = re.compile(r"\s+")


def unique_names(raw: Sequence[object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return unique column names, and notes on blank, padded and repeated ones that were changed."""
    names: list[str] = []
    seen: set[str] = set()
    notes: list[str] = []
    for position, value in enumerate(raw, start=1):
        name = _SPACE.sub(" ", "" if value is None else str(value)).strip()
        if not name:
            name = f"column {position}"
            notes.append(f"Column {position} has no name. It is named “{name}”.")
        base, count = name, 2
        while name in seen:
            name = f"{base} ({count})"
            count += 1
        if name != base:
            notes.append(f"Several columns have the name “{base}”. Column {position} is named “{name}”.")
        seen.add(name)
        names.append(name)
    return tuple(names), tuple(notes)
