"""Countries by ISO 3166-1 codes and by their names in several languages."""

from __future__ import annotations

from importlib.resources import files

from dyntui.importer.source_types import normalize_name

__all__ = ["CODES", "country_code"]


def _read() -> tuple[frozenset[str], dict[str, str]]:
    names: dict[str, str] = {}
    codes: set[str] = set()
    table = files("dyntui.importer").joinpath("data", "countries.txt").read_text("utf-8")
    for line in table.splitlines()[1:]:
        two, three, rest = line.split(" ", 2)
        codes.add(two)
        for name in (two, three, *rest.split("|")):
            names[normalize_name(name)] = two
    return frozenset(codes), names


CODES, _NAMES = _read()
"""The assigned alpha-2 codes."""


def country_code(text: str) -> str | None:
    """Return the alpha-2 code of a country code or name; None when it is unknown."""
    if text in CODES:
        return text
    return _NAMES.get(normalize_name(text))
