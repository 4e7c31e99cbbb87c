"""All presets, and the recognition of the system that a file comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dyntui.core.strict_json import parse_json
from dyntui.importer.preset_types import VALUE_SHAPES, ExclusionRule, Preset
from dyntui.importer.presets_contacts import CONTACT_PRESETS
from dyntui.importer.presets_identity import FIREBASE_COLUMNS, IDENTITY_PRESETS
from dyntui.importer.presets_platforms import PLATFORM_PRESETS
from dyntui.importer.presets_wallets import WALLET_PRESETS
from dyntui.importer.source_types import Cell, SourceRow, normalize_name
from dyntui.importer.text_detection import looks_like_data

__all__ = ["FIREBASE_COLUMNS", "PRESETS", "find_preset", "firebase_without_names", "preset_exclusions"]
__all__ += ["recognize_preset"]

PRESETS: tuple[Preset, ...] = (*WALLET_PRESETS, *IDENTITY_PRESETS, *PLATFORM_PRESETS, *CONTACT_PRESETS)
"""All presets; the first that fits a file is used."""


def find_preset(name: str | None) -> Preset | None:
    """Return the preset of a name; None when there is none."""
    return next((preset for preset in PRESETS if preset.name == name), None)


def preset_exclusions(name: str | None) -> tuple[ExclusionRule, ...]:
    """Return the rules for rows that a preset leaves out."""
    preset = find_preset(name)
    return preset.exclusions if preset else ()


def recognize_preset(columns: Sequence[str], rows: Iterable[SourceRow] = ()) -> str | None:
    """Return the name of the preset for a file with these columns and first rows; None when there is none."""
    names = {normalize_name(column) for column in columns}
    names |= {f"={column}" for column in columns}
    names |= {"".join(char for char in column.casefold() if char.isalnum()) for column in columns}
    names |= {path for column in columns for path in _flat_paths(column)}
    names |= _inner_names(columns, rows)
    return next((preset.name for preset in PRESETS if any(mark.fits(names) for mark in preset.signatures)), None)


def _flat_paths(column: str) -> list[str]:
    """Return `profile` and `profile.email` for the column `profile.email` of a file that was made from nested data."""
    steps = [normalize_name(step) for step in column.split(".")]
    return [".".join(steps[:count]) for count in range(1, len(steps) + 1)] if len(steps) > 1 else []


def _inner_names(columns: Sequence[str], rows: Iterable[SourceRow]) -> set[str]:
    """Return what most of the values in a column have: `column.key` for keys, `column~shape` for a shape."""
    found: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    objects: Counter[str] = Counter()
    for row in rows:
        for column, cell in zip(columns, row.cells, strict=False):
            if cell in (None, ""):
                continue
            name = normalize_name(column)
            filled[name] += 1
            if keys := _keys(cell):
                objects[name] += 1
                found.update({f"{name}.{normalize_name(key)}" for key in keys})
            elif isinstance(cell, str):
                found.update(f"{name}~{shape}" for shape, form in VALUE_SHAPES.items() if form.fullmatch(cell))
    return {
        name
        for name, count in found.items()
        if count * 2 > (filled[name.partition("~")[0]] if "~" in name else objects[name.partition(".")[0]])
    }


def _keys(cell: Cell) -> set[str]:
    """Return the keys of an object, or of the objects in a list; a text may hold JSON."""
    value: object = cell
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = parse_json(value)
        except ValueError:
            return set()
    items = value if isinstance(value, list) else [value]
    return {str(key) for item in items if isinstance(item, dict) for key in item}


def firebase_without_names(head: Sequence[Sequence[Cell]]) -> bool:
    """Return whether most records without a header are Firebase's: 28 columns and an empty one, a boolean in the third.

    A single odd record, such as a name with a line break, does not change the format of the file.
    """
    records = [record for record in head if any(record)]
    return sum(map(_is_firebase_record, records)) * 2 > len(records)


def _is_firebase_record(record: Sequence[Cell]) -> bool:
    width = len(FIREBASE_COLUMNS)
    return (
        width - 1 <= len(record) <= width + 1
        and str(record[2]) in ("true", "false")
        and (record[23] in ("", "undefined") or looks_like_data(record[23]))
    )
