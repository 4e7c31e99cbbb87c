"""Match rows with a text on this machine, where the server matches loosely or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import compose, fold

if TYPE_CHECKING:
    from dyntui.resources.resource import Resource

__all__ = ["Match", "RowFilter", "identified_rows", "row_filter"]


_WALLETS = ("walletPublicKey", "publicKey", "address", "public_identifier")
_NESTED: Mapping[str, Sequence[str]] = {
    "wallet": _WALLETS,
    "walletPublicKey": _WALLETS,
    "accountId": ("accountId", "oauth_account_id"),
}
"""Filter columns whose values are in nested parts of a row, and their names there."""


class Match(StrEnum):
    """How a value has to match a text."""

    EXACT = "exact"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    CONTAINS = "contains"

    def fits(self, value: str, text: str) -> bool:
        """Return whether `value` matches. EXACT is case-sensitive, except for emails and 0x addresses.

        How an accented letter is encoded does not matter.
        """
        if self is Match.EXACT:
            ignores_case = "@" in text or text[:2].casefold() == "0x"
            return compose(value) == compose(text) or (ignores_case and fold(value) == fold(text))
        value, text = fold(value), fold(text)
        match self:
            case Match.PREFIX:
                return value.startswith(text)
            case Match.SUFFIX:
                return value.endswith(text)
        return text in value


class RowFilter:
    """Matches rows with a text."""

    def __init__(self, text: str, match: Match, columns: Sequence[str] = ()) -> None:
        """columns: the fields to search; empty for all fields, wallets and linked accounts."""
        self.text = text
        self.match = match
        self.columns = tuple(columns)

    def fits(self, row: Row) -> bool:
        return any(self.match.fits(value, self.text) for value in self._values(row))

    def _values(self, row: Row) -> Iterator[str]:
        if not self.columns and row.get("firstName") and row.get("lastName"):
            yield f"{row['firstName']} {row['lastName']}"
        for name in self.columns or (*row, *_NESTED):
            if names := _NESTED.get(name):
                yield from _named(row, names)
            else:
                yield from _texts(row.get(name))


def row_filter(record: Resource, text: str, match: Match) -> RowFilter:
    """Make the filter for `TEXT` or `column:TEXT`. Raises UsageError without a text."""
    from dyntui.resources.filters import parse_filter  # not for the help, which needs only `Match`

    spec = record.filter
    if spec is not None and spec.owner_column and "@" in text:
        raise UsageError(
            f"--exact and --match compare {record.plural}, which have no email.",
            hint="Leave them out, or give the user with --user.",
        )
    if spec is not None and (parameters := parse_filter(spec, text)):
        value, column = parameters.get(spec.key or spec.parameter, ""), parameters.get(spec.column_key, "all")
        column = spec.owner_column or column
        columns = spec.searched_locally or ((column,) if column != "all" else ())
    else:
        name, colon, rest = text.partition(":")
        fields = {each.field.casefold(): each.field for each in record.columns if each.field}
        column = fields.get(name.casefold(), "") if colon and rest else ""
        value, columns = (rest, (column,)) if column else (text, ())
    if not value:
        raise UsageError(
            "--exact and --match need a text to compare with.", hint="--filter TEXT, or --filter column:TEXT."
        )
    return RowFilter(value, match, columns)


def identified_rows(rows: Sequence[Row], text: str, key: str = "id", fields: Sequence[str] = ("name",)) -> list[Row]:
    """Return the rows with this id; without one, those that have the text as the value of one of the fields.

    The case of a value matters only where rows differ in it, and in URLs. fields: dot paths.
    """
    from dyntui.resources.cell_formats import get_path

    if found := [row for row in rows if str(row.get(key, "")) == text]:
        return found
    values = [{str(get_path(row, field) or "") for field in fields} for row in rows]
    found = [row for row, texts in zip(rows, values, strict=True) if text in texts]
    if found or "://" in text:
        return found
    folded = text.casefold()
    return [row for row, texts in zip(rows, values, strict=True) if folded in {each.casefold() for each in texts}]


def _texts(value: object) -> Iterator[str]:
    """Yield the value, or each value of a list, as text."""
    if isinstance(value, list):
        for part in value:
            if not isinstance(part, (dict, list)):
                yield from _texts(part)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield str(value)


def _named(value: object, names: Sequence[str]) -> Iterator[str]:
    """Yield every text under one of these names, at any depth."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name in names:
                yield from _texts(part)
            else:
                yield from _named(part, names)
    elif isinstance(value, list):
        for part in value:
            yield from _named(part, names)
