"""Common names of columns and the fields that they mean; a name with several meanings maps to none."""

from __future__ import annotations

import difflib
from functools import lru_cache
from importlib.resources import files

from dyntui.importer.fields import ENTRY_FIELDS, FIRST_ITEMS, FULL_NAME, USER_FIELDS, MappingKind
from dyntui.importer.source_types import REPORT_COLUMNS, normalize_name

__all__ = ["AMBIGUOUS", "KNOWN_NAMES", "nearest_field", "synonym_field"]

AMBIGUOUS: dict[str, tuple[str, ...]] = {
    "name": (FULL_NAME, "alias", "username"),
    "nombre": ("firstName", FULL_NAME),
    "nome": ("firstName", FULL_NAME),
    "nom": ("lastName", FULL_NAME),
    "displayname": (FULL_NAME, "alias"),
    "address": ("wallets.0.publicWalletAddress",),
    "wallet": ("wallets.0.publicWalletAddress",),
    "title": ("jobTitle",),
    "role": ("jobTitle",),
    "company": ("metadata.company",),
    "user": ("username", "email"),
    "number": ("phoneNumber",),
}
"""Names with several meanings, which only give a hint."""


def _read() -> dict[str, dict[str, str]]:
    """Read the file of synonyms. Return the field of each normalized name, by kind of mapping."""
    tables: dict[str, dict[str, str]] = {}
    table: dict[str, str] = {}
    for line in files("dyntui.importer").joinpath("data", "synonyms.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            table = tables.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            field, _, words = line.partition(" = ")
            table.update({normalize_name(word): field for word in words.split("|")})
    tables["users"].update({normalize_name(name): name for name in (*USER_FIELDS, *FIRST_ITEMS) if name != FULL_NAME})
    tables["allowlist"].update({normalize_name(name): name for name in ENTRY_FIELDS})
    return tables


_TABLES = _read()
KNOWN_NAMES = frozenset(
    (*_TABLES["users"], *_TABLES["allowlist"], *AMBIGUOUS, *(normalize_name(name) for name in REPORT_COLUMNS))
)
"""Normal names that make a record look like a row of names."""


def synonym_field(column: str, kind: MappingKind = "users") -> tuple[str | None, bool]:
    """Return the field that a column name means, and whether it is the field's own name."""
    name = normalize_name(column)
    field = _TABLES[kind].get(name)
    return field, field is not None and normalize_name(field) == name


@lru_cache(maxsize=1024)
def nearest_field(column: str, kind: MappingKind = "users") -> str | None:
    """Return the field with the most similar name, for a hint only, never for a mapping."""
    table = _TABLES[kind]
    close = difflib.get_close_matches(normalize_name(column), list(table), n=1, cutoff=0.75)
    return table[close[0]] if close else None
