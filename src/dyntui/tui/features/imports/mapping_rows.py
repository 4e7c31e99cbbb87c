"""A mapping as rows of a table: columns and where they go, values for every row, what has to be chosen."""

from __future__ import annotations

from typing import Any

from dyntui.importer import Mapping
from dyntui.importer.value_paths import compile_path
from dyntui.services.imports.wizard_service import FilePreview
from dyntui.tui.features.imports.formatting import cell_text

__all__ = ["VERIFIED", "mapping_rows", "samples_of"]

VERIFIED = "emailVerifiedAt"
_EVERY_ROW = "(every row)"


def samples_of(look: FilePreview, column: str) -> list[str]:
    """The first different values of a column or a path into one."""
    follow = compile_path(look.info.columns, column)
    found: dict[str, None] = {}
    for row in look.rows:
        value = follow(row.cells)
        if value not in ("", None):
            found[cell_text(value)] = None
        if len(found) == 3:
            break
    return list(found)


def mapping_rows(mapping: Mapping, look: FilePreview | None, region: str) -> list[dict[str, Any]]:
    """The rows; a choice that has to be made is the first of them."""
    rows: list[dict[str, Any]] = []
    if mapping.kind == "users" and all(each.field != VERIFIED for each in mapping.columns):
        chosen = mapping.constants.get(VERIFIED)
        rows.append(
            _line("choice", _EVERY_ROW, VERIFIED, _verified_words(chosen), "v chooses" if chosen else "! v: choose")
        )
    for each in mapping.columns:
        sample = " · ".join(samples_of(look, each.column)) if look is not None else ""
        why = each.why + (f", {'+'.join(each.transforms)}" if each.field and each.transforms != ("trim",) else "")
        rows.append(
            _line("column", each.column, each.field or "", sample, each.hint if not each.field else why.strip(", "))
        )
    for name, value in mapping.constants.items():
        if name != VERIFIED:
            rows.append(_line("constant", _EVERY_ROW, name, str(value), "a value for every row"))
    if mapping.kind == "users" and any((each.field or "").endswith("phoneNumber") for each in mapping.mapped):
        rows.append(_line("region", _EVERY_ROW, "", region or "none", "p: country of numbers without one"))
    return rows


def _line(kind: str, column: str, field: str, sample: str, why: str) -> dict[str, Any]:
    target = f"→ {field}" if field else "phone numbers" if kind == "region" else "  left out"
    if kind == "choice" and why.startswith("!"):
        target = f"! {field}"
    key = column if kind == "column" else f"{kind} {field}"
    return {
        "key": key,
        "kind": kind,
        "column": column,
        "shown": column,
        "field": field,
        "target": target,
        "sample": sample,
        "why": why,
    }


def _verified_words(value: Any) -> str:
    return {None: "not chosen", "now": "verified, all of them", "unverified": "not verified"}.get(value, str(value))
