"""Map rows of a file or pasted lines to allowlist entries; used by the wizard and `dyntui allowlists import`."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from typing import Unpack

from dyntui.core.errors import UsageError
from dyntui.core.interface import by_interface
from dyntui.importer.column_inference import identifier_kind
from dyntui.importer.fields import ENTRY_FIELDS, field_for
from dyntui.importer.mapper import ContextOptions, MappedRow, Mapper, compile_step, make_context
from dyntui.importer.mapping import Mapping
from dyntui.importer.null_texts import EmptyCheck
from dyntui.importer.problems import Problem
from dyntui.importer.source import Source, open_source
from dyntui.importer.source_types import SourceRow
from dyntui.importer.validation_context import ValidationContext
from dyntui.importer.validators import make_check
from dyntui.importer.value_paths import compile_path

__all__ = ["IDENTIFIERS", "AllowlistMapper", "ambiguous_kind", "make_mapper", "pasted_source", "validate_entry"]

IDENTIFIERS = tuple(name for name in ENTRY_FIELDS if name not in ("alias", "identifier"))
"""The fields of which an entry has exactly one."""


def pasted_source(text: str) -> Source:
    """Return lines, or one line with commas, as a source without a header row."""
    lines = text.strip()
    if "\n" not in lines and "\t" not in lines:
        lines = "\n".join(part for part in re.split(r"[,;\s]+", lines) if part)
    data = io.BytesIO(lines.encode("utf-8", "replace"))
    return open_source(data, name="pasted text", format="csv", encoding="utf-8", header_row=0)


class AllowlistMapper:
    """Maps rows to request bodies of POST /allowlists/{id}/entries."""

    def __init__(self, mapping: Mapping, **options: Unpack[ContextOptions]) -> None:
        if mapping.kind != "allowlist":
            raise UsageError("This mapping is for users, not for allowlist entries.")
        self.mapping = mapping
        self.rules = make_context(**options)
        columns = mapping.source_columns
        self._empty = EmptyCheck(mapping.nulls)
        self._steps = [
            (
                compile_path(columns, each.column),
                each.field,
                compile_step(field_for(each.field, "allowlist"), each.transforms, self.rules),
            )
            for each in mapping.columns
            if each.field
        ]
        names = {name: field_for(name, "allowlist") for name in IDENTIFIERS}
        self._by_kind = {name: compile_step(field, field.transforms, self.rules) for name, field in names.items()}

    def map(self, row: SourceRow) -> MappedRow:
        """Map one row to a request body."""
        entry: dict[str, object] = {}
        problems: list[Problem] = []
        empty = self._empty
        for follow, name, run in self._steps:
            value = follow(row.cells)
            if empty.is_empty(value):
                continue
            if name == "identifier":
                self._set_identifier(value, entry, problems)
            elif (checked := run(value, problems)) is not None:
                entry[name] = checked
        if not entry and not problems:
            problems.append(Problem("error", "empty_row", "", "No value of the row is mapped to a field."))
        else:
            for name, value in self.mapping.constants.items():
                entry.setdefault(name, value)
            _one_identifier(entry, problems)
        return MappedRow(entry, tuple(problems))

    def _set_identifier(self, value: object, entry: dict[str, object], problems: list[Problem]) -> None:
        text = str(value).strip()
        kind = identifier_kind(text)
        if kind is None:
            advice = by_interface(
                "Map the column to its kind: --map COLUMN=twitterUsername.",
                "Choose the kind of the column in the Map step ({map.choose}).",
            )
            message = f"{ambiguous_kind(text)} {advice}"
            problems.append(Problem("error", "entry_kind_unclear", "identifier", message))
            return
        checked = self._by_kind[kind](text, problems)
        if checked is not None:
            entry[kind] = checked


def ambiguous_kind(text: str) -> str:
    """Return what is wrong with an identifier that may be of several kinds."""
    return f"The kind of “{text}” is ambiguous."


def make_mapper(
    mapping: Mapping,
    *,
    custom_fields: Sequence[AbstractMapping[str, object]] = (),
    **options: Unpack[ContextOptions],
) -> Mapper | AllowlistMapper:
    """Return the mapper for a mapping of users or allowlist entries."""
    if mapping.kind == "allowlist":
        return AllowlistMapper(mapping, **options)
    return Mapper(mapping, custom_fields=custom_fields, **options)


def _one_identifier(entry: AbstractMapping[str, object], problems: list[Problem]) -> None:
    found = [name for name in IDENTIFIERS if entry.get(name) not in (None, "")]
    if len(found) > 1:
        message = f"An entry has one identifier; this row has {', '.join(found)}."
        problems.append(Problem("error", "entry_many_identifiers", found[1], message))
    elif not found and not any(problem.severity == "error" for problem in problems):
        message = "The row has no identifier (wallet, email, domain, phone, username, id)."
        problems.append(Problem("error", "entry_no_identifier", "", message))


def validate_entry(
    entry: AbstractMapping[str, object], *, region: str | None = None, environment_kind: str = "sandbox"
) -> tuple[Problem, ...]:
    """Return the problems of an edited entry; the same checks as those of the mapper."""
    rules = ValidationContext(region, environment_kind == "live")
    problems: list[Problem] = []
    for name, value in entry.items():
        if name in ENTRY_FIELDS and value not in (None, ""):
            make_check(field_for(name, "allowlist"), rules)(value, problems)
    _one_identifier(entry, problems)
    return tuple(problems)
