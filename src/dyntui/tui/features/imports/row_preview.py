"""The preview of the first row under a mapping, field by field as it is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dyntui.importer import Mapping
from dyntui.importer.fields import field_names
from dyntui.services.imports.wizard_service import FilePreview, mapper_for
from dyntui.tui.features.imports.report_view import ReportLine, heading, text_line, value_line

__all__ = ["first_row_lines"]

_VERIFIED = "emailVerifiedAt"


def first_row_lines(
    mapping: Mapping, preview: FilePreview, region: str, kind: str, custom: Sequence[str]
) -> list[ReportLine]:
    """Return the fields with their values, their problems, and the unmapped fields."""
    lines: list[ReportLine] = []
    if preview.rows:
        chosen = mapping.kind != "users" or _VERIFIED in mapping.targets
        complete = mapping if chosen else mapping.with_constant(_VERIFIED, "unverified")
        body, problems = mapper_for(complete, region, kind).map(preview.rows[0])
        lines += [value_line(name, _value_text(value)) for name, value in _flatten("", body)]
        if not lines:
            lines.append(text_line("no field yet", "dim"))
        lines += [text_line(f"{'✕' if each.severity == 'error' else '!'} {each.message}", "warn") for each in problems]
    if _VERIFIED not in mapping.targets and mapping.kind == "users":
        lines.append(value_line(_VERIFIED, "! v to choose", style="warn"))
    free = [name for name in field_names(mapping.kind, custom) if name not in (*mapping.targets, _VERIFIED)]
    return [*lines, value_line(""), heading("unmapped fields"), *(text_line(name, "dim") for name in free)]


def _flatten(path: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict) and value:
        return [pair for key, part in value.items() for pair in _flatten(f"{path}.{key}" if path else str(key), part)]
    if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
        return [pair for place, part in enumerate(value) for pair in _flatten(f"{path}.{place}", part)]
    return [(path, value)]


def _value_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
