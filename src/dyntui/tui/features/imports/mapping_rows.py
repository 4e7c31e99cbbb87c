"""What the map step shows: columns with their fields, constants, required choices and the first row."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dyntui.core.meanings import sign_of_severity
from dyntui.importer import Mapping, make_mapper
from dyntui.importer.fields import field_names
from dyntui.importer.invalid_values import ACTIONS
from dyntui.importer.null_texts import NULL_TEXTS, EmptyCheck
from dyntui.importer.preset_types import ExclusionRule
from dyntui.importer.presets import preset_exclusions
from dyntui.importer.value_paths import compile_path
from dyntui.services.imports.draft_source import FilePreview
from dyntui.tui.features.imports.formatting import cell_text
from dyntui.tui.features.imports.report_view import ReportLine, heading, text_line, value_line
from dyntui.tui.kit.action_registry import key_of

__all__ = ["VERIFIED", "column_samples", "first_row_lines", "mapping_rows"]

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
    if mapping.kind == "users" and all(item.field != VERIFIED for item in mapping.columns):
        chosen = mapping.constants.get(VERIFIED)
        rows.append(
            _mapping_row(
                "choice",
                _EVERY_ROW,
                VERIFIED,
                _verified_text(chosen),
                f"{key_of('map.verified')} to change" if chosen else _to_choose("map.verified"),
            )
        )
    if mapping.missing_wallet_parts:
        row = _mapping_row(
            "wallets", _EVERY_ROW, "", " and ".join(mapping.missing_wallet_parts), _to_choose("map.wallets")
        )
        rows.append({**row, "target": "! wallets"})
    for item in mapping.columns:
        sample = " · ".join(column_samples(preview, item.column)) if preview is not None else ""
        reason = item.reason + (f", {'+'.join(item.transforms)}" if item.field and item.transforms != ("trim",) else "")
        rows.append(
            _mapping_row(
                "column", item.column, item.field or "", sample, item.hint if not item.field else reason.strip(", ")
            )
        )
    for name, value in mapping.constants.items():
        if name != VERIFIED:
            rows.append(_mapping_row("constant", _EVERY_ROW, name, str(value), "constant value"))
    for name, action in mapping.on_invalid.items():
        row = _mapping_row(
            "invalid", _EVERY_ROW, name, action, f"{ACTIONS[action]}; {key_of('map.on_invalid')} to change"
        )
        rows.append({**row, "target": f"refused {name}"})
    if mapping.kind == "users" and any((item.field or "").endswith("phoneNumber") for item in mapping.mapped):
        rows.append(
            _mapping_row("region", _EVERY_ROW, "", region or "none", f"{key_of('map.region')} to set the country")
        )
    rows += [
        _mapping_row(
            "rule",
            _EVERY_ROW,
            "",
            rule.name,
            f"users that {rule.reason}; {key_of('map.choose')} to change",
            is_off=is_off,
        )
        for rule, is_off in _rules(mapping)
    ]
    if mapping.nulls != NULL_TEXTS or (preview is not None and _has_null_texts(mapping, preview)):
        rows.append(_mapping_row("nulls", _EVERY_ROW, "", " · ".join(mapping.nulls) or "none", "_ to change"))
    return rows


def _has_null_texts(mapping: Mapping, preview: FilePreview) -> bool:
    is_null_text = EmptyCheck(mapping.nulls).is_null_text
    return any(is_null_text(cell) for row in preview.rows for cell in row.cells)


def _rules(mapping: Mapping) -> list[tuple[ExclusionRule, bool]]:
    """Return the rules that leave rows out, one of each name, and whether each is switched off."""
    rules = {rule.name: rule for rule in preset_exclusions(mapping.preset) if mapping.kind == "users"}
    included = set(rules) if "all" in mapping.included else set(mapping.included)
    return [
        (rule, name in included)
        for name, rule in rules.items()
        if name in included or any(each.name == name for each in mapping.exclusions)
    ]


_TARGETS = {"region": "phone numbers", "nulls": "empty cells", "rule": "rows left out"}


def _mapping_row(
    kind: str, column: str, field: str, sample: str, reason: str, *, is_off: bool = False
) -> dict[str, object]:
    target = f"→ {field}" if field else "rows included" if is_off else _TARGETS.get(kind, "  excluded")
    if kind == "choice" and reason.startswith("!"):
        target = f"! {field}"
    key = column if kind == "column" else f"{kind} {field or sample if kind == 'rule' else field}"
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


def _to_choose(action_id: str) -> str:
    return f"! {key_of(action_id)} to choose"


def _verified_text(value: object) -> str:
    names: dict[object, str] = {None: "not chosen", "now": "all verified", "unverified": "not verified"}
    return names.get(value, str(value))


def first_row_lines(
    mapping: Mapping, preview: FilePreview, region: str, kind: str, custom: Sequence[str]
) -> list[ReportLine]:
    """Return the fields with their values, their problems, and the unmapped fields."""
    lines: list[ReportLine] = []
    if preview.rows:
        chosen = mapping.kind != "users" or VERIFIED in mapping.targets
        complete = mapping if chosen else mapping.with_constant(VERIFIED, "unverified")
        mapped = make_mapper(complete, region=region or None, environment_kind=kind).map(preview.rows[0])
        lines += [value_line(name, _value_text(value)) for name, value in _flatten("", mapped.user)]
        if not lines:
            lines.append(text_line("no field yet", "dim"))
        lines += [text_line(f"{sign_of_severity(problem.severity)}{problem.message}") for problem in mapped.problems]
    if VERIFIED not in mapping.targets and mapping.kind == "users":
        lines.append(value_line(VERIFIED, _to_choose("map.verified")))
    free = [name for name in field_names(mapping.kind, custom) if name not in (*mapping.targets, VERIFIED)]
    return [*lines, value_line(""), heading("unmapped fields"), *(text_line(name, "dim") for name in free)]


def _flatten(path: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict) and value:
        return [pair for key, part in value.items() for pair in _flatten(f"{path}.{key}" if path else str(key), part)]
    if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
        return [pair for place, part in enumerate(value) for pair in _flatten(f"{path}.{place}", part)]
    return [(path, value)]


def _value_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
