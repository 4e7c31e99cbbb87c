"""Drafts of allowlist entries, from a form, from arguments or from pasted lines.

The kind of `ada@example.com`, `0x…`, `+4915…` and `example.com` follows from the text; `twitter:ada`, `fid:77` and
`external:u-1` name it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from dyntui.core.errors import UsageError
from dyntui.importer import AllowlistMapper, ColumnMap, Problem, SourceRow, entry_keys
from dyntui.importer import Mapping as FieldMapping
from dyntui.importer.allowlist import IDENTIFIERS, ambiguous_kind
from dyntui.importer.column_inference import identifier_kind
from dyntui.importer.fields import ENTRY_FIELDS, field_for
from dyntui.resources.allowlists import entry_label
from dyntui.resources.allowlists import identifier_kind as entry_kind

__all__ = [
    "KIND_PREFIXES",
    "DraftState",
    "EntryDraft",
    "draft_of",
    "entry_label",
    "identifier_fields",
    "key_of",
    "mark_duplicates",
    "parse_identifiers",
    "parse_lines",
]

KIND_PREFIXES: Mapping[str, str] = {
    "email": "email",
    "domain": "emailDomain",
    "wallet": "walletPublicKey",
    "phone": "phoneNumber",
    "discord": "discordUsername",
    "twitter": "twitterUsername",
    "x": "twitterUsername",
    "farcaster": "farcasterUsername",
    "fid": "farcasterFid",
    "external": "externalUserId",
    **{name.lower(): name for name in IDENTIFIERS},
}
"""The prefixes that name the kind of an identifier, before a colon."""

_COLUMNS = ("identifier", *IDENTIFIERS, "alias")
_IGNORED = frozenset({"id", "allowListId"})
_SEPARATORS = re.compile(r"[,;\s]+")
_AMBIGUOUS = "entry_kind_unclear"
_PREFIX_HINT = "Add a prefix: twitter:, discord:, farcaster:, fid: or external:."


class DraftState(StrEnum):
    NEW = "new"
    EXISTS = "exists"
    """The entry is already on the list."""
    DUPLICATE = "duplicate"
    """The same entry as an earlier draft."""
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry that may be sent, with its problems."""

    line: int
    """The line in the input."""
    text: str
    """The text in the input."""
    entry: Mapping[str, object]
    """The fields of the entry, as far as they are valid."""
    problems: tuple[Problem, ...] = ()
    state: DraftState = DraftState.NEW
    other_lists: tuple[str, ...] = ()
    """The names of other lists that have the entry."""
    note: str = ""
    """Why the entry was not added or is a duplicate; "" for no reason."""

    @property
    def kind(self) -> str:
        """The field of the identifier; "" when it is unknown."""
        return entry_kind(self.entry)

    @property
    def value(self) -> str:
        """The identifier that is sent."""
        return str(self.entry.get(self.kind, "")) if self.kind else self.text

    @property
    def key(self) -> str:
        """The key: equal for entries with the same identifier; "" for an invalid draft."""
        return key_of(self.entry)

    @property
    def problem_text(self) -> str:
        """The first problem or note as text."""
        first = next((problem for problem in self.problems if problem.severity == "error"), None)
        first = first or next(iter(self.problems), None)
        problem_text = self.note or (f"{first.message} {first.suggestion or ''}".strip() if first else "")
        others = f"also on {', '.join(self.other_lists)}" if self.other_lists else ""
        return "; ".join(part for part in (problem_text, others) if part)


@cache
def _mapper(region: str | None, live: bool) -> AllowlistMapper:
    columns = tuple(ColumnMap(name, name, "", field_for(name, "allowlist").transforms) for name in _COLUMNS)
    mapping = FieldMapping(columns, _COLUMNS, {}, "allowlist")
    return AllowlistMapper(mapping, region=region, environment_kind="live" if live else "sandbox")


def key_of(entry: Mapping[str, object]) -> str:
    """Return the key of an entry: `entry:email:ada@example.com`; "" without an identifier."""
    return next(iter(entry_keys(entry)), "")


def draft_of(
    fields: Mapping[str, Any], *, line: int = 1, text: str = "", region: str | None = None, live: bool = False
) -> EntryDraft:
    """Make a draft from fields, checked as in an import. Raises UsageError for an unknown field.

    fields: the fields of an entry, or `identifier` for an identifier whose kind follows from its text. line, text: the
    position in the input. region: for phone numbers without a country code. live: for a live environment.
    """
    if unknown := [name for name in fields if name not in ENTRY_FIELDS]:
        raise UsageError(f"An entry has no field {', '.join(unknown)}.", hint=f"Fields: {', '.join(ENTRY_FIELDS)}.")
    cells = tuple(fields.get(name, "") for name in _COLUMNS)
    mapped = _mapper(region, live).map(SourceRow(line, cells))
    problems = tuple(
        problem._replace(message=ambiguous_kind(str(fields.get("identifier", "")).strip()), suggestion=_PREFIX_HINT)
        if problem.code == _AMBIGUOUS
        else problem
        for problem in mapped.problems
    )
    is_invalid = any(problem.severity == "error" for problem in problems)
    text = text or entry_label(fields) or str(fields.get("identifier") or "")
    return EntryDraft(line, text, mapped.user, problems, DraftState.INVALID if is_invalid else DraftState.NEW)


def parse_identifiers(texts: Iterable[str], *, region: str | None = None, live: bool = False) -> list[EntryDraft]:
    """Make drafts from texts with one identifier each."""
    drafts = [
        draft_of(identifier_fields(text), line=number, text=text, region=region, live=live)
        for number, text in enumerate(texts, 1)
    ]
    return mark_duplicates(drafts)


def parse_lines(text: str, *, region: str | None = None, live: bool = False) -> list[EntryDraft]:
    """Make drafts from pasted lines.

    A line has an identifier and optionally an alias after a comma, semicolon or tab, or several identifiers. A
    first line of field names is a header, as in an export.
    """
    names: list[str] | None = None
    drafts: list[EntryDraft] = []
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n"), 1):
        line = raw.strip()
        if not line:
            continue
        separator = next((sign for sign in ("\t", ";", ",") if sign in line), ",")
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
        is_header = {*cells} <= {*ENTRY_FIELDS, *_IGNORED} and not {*cells}.isdisjoint(ENTRY_FIELDS)
        if names is None and not drafts and is_header:
            names = cells
            continue
        for fields, identifier in _entries_in_line(cells, line, names):
            drafts.append(draft_of(fields, line=number, text=identifier, region=region, live=live))
    return mark_duplicates(drafts)


def mark_duplicates(drafts: Sequence[EntryDraft]) -> list[EntryDraft]:
    """Mark drafts with the same key as an earlier one as DUPLICATE."""
    first_lines: dict[str, int] = {}
    marked: list[EntryDraft] = []
    for draft in drafts:
        fresh = replace(draft, state=DraftState.NEW, note="") if draft.state is DraftState.DUPLICATE else draft
        if fresh.key and fresh.state is not DraftState.INVALID:
            if (earlier := first_lines.get(fresh.key)) is not None:
                fresh = replace(fresh, state=DraftState.DUPLICATE, note=f"the same as line {earlier}")
            else:
                first_lines[fresh.key] = fresh.line
        marked.append(fresh)
    return marked


def _entries_in_line(cells: Sequence[str], line: str, names: Sequence[str] | None) -> list[tuple[dict[str, Any], str]]:
    """Return the fields of each entry in a line, and the text of its identifier. names: the header; None for none."""
    if names is not None:
        fields = {name: cell for name, cell in zip(names, cells, strict=False) if cell and name not in _IGNORED}
        return [(fields, entry_label(fields) or line)]
    full = [cell for cell in cells if cell]
    words = [word for word in _SEPARATORS.split(line) if word]
    if len(words) > 1 and all(_kind_prefix(word) or identifier_kind(word) for word in words):
        return [(identifier_fields(word), word) for word in words]
    identifier, alias = full[0] if full else line, " ".join(full[1:])
    return [({**identifier_fields(identifier), **({"alias": alias} if alias else {})}, identifier)]


def _kind_prefix(text: str) -> str:
    """Return the kind that the prefix before a colon names; "" for none."""
    word, colon, value = text.partition(":")
    return KIND_PREFIXES.get(word.strip().lower(), "") if colon and value.strip() else ""


def _without_prefix(text: str) -> str:
    return text.partition(":")[2].strip() if _kind_prefix(text) else text


def identifier_fields(text: str) -> dict[str, object]:
    """Return the field of an identifier: that of its prefix, such as `discord:ada`, else `identifier`."""
    kind = _kind_prefix(text)
    return {kind: _without_prefix(text)} if kind else {"identifier": text}
