"""Texts that programs write for a missing value, such as NULL and N/A."""

from __future__ import annotations

__all__ = ["NULL_TEXTS", "EmptyCheck"]

NULL_TEXTS = (
    *("NULL", "null", "(null)", "<null>", "[NULL]", "[null]", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "None"),
    *("0000-00-00", "0000-00-00 00:00:00", "\\N", "undefined", "(none)", "<none>", "-NaN", "NaT"),
)
"""Whole cells that count as empty. The case matters: Null, Nan and NA are names of people and a country code."""


class EmptyCheck:
    """Tells whether a cell has no value. `texts` count as empty, also with a blank before or after them."""

    __slots__ = ("texts",)

    def __init__(self, texts: tuple[str, ...]) -> None:
        self.texts = frozenset(before + text + after for text in texts for before in ("", " ") for after in ("", " "))

    def is_null_text(self, value: object) -> bool:
        """Return whether a cell is one of the texts."""
        return value.__class__ is str and value in self.texts

    def is_empty(self, value: object) -> bool:
        """Return whether a cell has no value."""
        return value is None or value == "" or self.is_null_text(value)
