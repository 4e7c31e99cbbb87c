"""The rows of the mapping table: columns with their fields, constant values, and required choices."""

from __future__ import annotations

from dyntui.importer import Mapping
from dyntui.importer.value_paths import compile_path
from dyntui.services.imports.wizard_service import FilePreview
from dyntui.tui.features.imports.formatting import cell_text

__all__ = ["VERIFIED", "column_samples", "mapping_rows"]

VERIFIED = "emailVerifiedAt"
_EVERY_ROW = "(every row)"


def column_samples(preview: FilePreview, column: str) -> list[str]:
    """Return up to three different values of a column, or of a path into one."""
    follow = compile_path(preview.info.columns, column)
    found: dict[str, None] = {}
    for row in preview.rows:
        value = follow(row.cells)
        if value not in ("", None):
            found[cell_text(value)] = None
        if len(found) == 3:
            break
    return list(found)


def mapping_rows(mapping: Mapping, preview: FilePreview | None, region: str) -> list[dict[str, object]]:
    """Return the table rows; a required choice comes first."""
    rows: list[dict[str, object]] = []
    if mapping.kind == "users" and all(each.field != VERIFIED for each in mapping.columns):
        chosen = mapping.constants.get(VERIFIED)
        rows.append(
            _mapping_row(
                "choice", _EVERY_ROW, VERIFIED, _verified_text(chosen), "v to change" if chosen else "! v to choose"
            )
        )
    for each in mapping.columns:
        sample = " · ".join(column_samples(preview, each.column)) if preview is not None else ""
        reason = each.reason + (f", {'+'.join(each.transforms)}" if each.field and each.transforms != ("trim",) else "")
        rows.append(
            _mapping_row(
                "column", each.column, each.field or "", sample, each.hint if not each.field else reason.strip(", ")
            )
        )
    for name, value in mapping.constants.items():
        if name != VERIFIED:
            rows.append(_mapping_row("constant", _EVERY_ROW, name, str(value), "constant value"))
    if mapping.kind == "users" and any((each.field or "").endswith("phoneNumber") for each in mapping.mapped):
        rows.append(_mapping_row("region", _EVERY_ROW, "", region or "none", "p to set the country"))
    return rows


def _mapping_row(kind: str, column: str, field: str, sample: str, reason: str) -> dict[str, object]:
    target = f"→ {field}" if field else "phone numbers" if kind == "region" else "  excluded"
    if kind == "choice" and reason.startswith("!"):
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
        "reason": reason,
    }


def _verified_text(value: object) -> str:
    names: dict[object, str] = {None: "not chosen", "now": "all verified", "unverified": "not verified"}
    return names.get(value, str(value))
