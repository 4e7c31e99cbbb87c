"""What the first row of a file becomes under a mapping: field by field, as it is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dyntui.importer import Mapping
from dyntui.importer.fields import field_names
from dyntui.services.imports.wizard_service import FilePreview, mapper_for
from dyntui.tui.features.imports.report_view import ReportLine, heading, line, words

__all__ = ["first_row"]

_VERIFIED = "emailVerifiedAt"


def first_row(mapping: Mapping, look: FilePreview, region: str, kind: str, custom: Sequence[str]) -> list[ReportLine]:
    """Fields with their values, what is wrong with them, and the fields that nothing goes to."""
    lines: list[ReportLine] = []
    if look.rows:
        chosen = mapping.kind != "users" or _VERIFIED in mapping.targets
        whole = mapping if chosen else mapping.with_constant(_VERIFIED, "unverified")
        body, problems = mapper_for(whole, region, kind).map(look.rows[0])
        lines += [line(name, _text(value)) for name, value in _flat("", body)]
        if not lines:
            lines.append(words("nothing yet", "dim"))
        lines += [words(f"{'✕' if each.severity == 'error' else '!'} {each.message}", "warn") for each in problems]
    if _VERIFIED not in mapping.targets and mapping.kind == "users":
        lines.append(line(_VERIFIED, "! v: choose", style="warn"))
    free = [name for name in field_names(mapping.kind, custom) if name not in (*mapping.targets, _VERIFIED)]
    return [*lines, line(""), heading("nothing goes to"), *(words(name, "dim") for name in free)]


def _flat(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        return [pair for key, part in value.items() for pair in _flat(f"{path}.{key}" if path else str(key), part)]
    if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
        return [pair for place, part in enumerate(value) for pair in _flat(f"{path}.{place}", part)]
    return [(path, value)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
