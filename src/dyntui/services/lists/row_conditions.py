"""Conditions that rows have to fulfill: `FIELD OP VALUE`, a range of times, a chain, no wallet.

The server is asked for what it can filter by; every row is compared here as well, so that no other row is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import fold, shorten
from dyntui.core.times import parse_since, parse_time, parse_until
from dyntui.services.lists.row_match import Match

if TYPE_CHECKING:
    from datetime import datetime

    from dyntui.resources.resource import Resource

__all__ = ["MATCHES", "Condition", "Operator", "RowConditions", "chain_warnings", "parse_condition"]


class Operator(StrEnum):
    """How a value is compared with a text."""

    EQUAL = "="
    NOT_EQUAL = "!="
    CONTAINS = "~"
    PREFIX = "^="
    SUFFIX = "$="
    GREATER = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


_CONDITION = re.compile(r"\s*([^\s=!~^$<>]+)\s*(!=|\^=|\$=|>=|<=|=|~|>|<)(?![=~<>])(.*)", re.DOTALL)
MATCHES = {
    Operator.EQUAL: Match.EXACT,
    Operator.CONTAINS: Match.CONTAINS,
    Operator.PREFIX: Match.PREFIX,
    Operator.SUFFIX: Match.SUFFIX,
}
"""The operators that compare texts, and how."""
_TEXT_ONLY = (Operator.CONTAINS, Operator.PREFIX, Operator.SUFFIX)
"""The operators that compare numbers as texts."""
_TRUE, _FALSE = ("true", "yes"), ("false", "no")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHAINS = {"eip155": "evm", "eth": "evm", "solana": "sol", "svm": "sol", "bip122": "btc"}
"""Other names of a chain: those in credentials are namespaces, those in wallets and filters are not."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A field of a row, an operator and a text."""

    field: str
    """Dot path; a part of it that is a list means any of its items. Also the title of a column that is computed."""
    operator: Operator
    text: str

    @property
    def is_for_no_value(self) -> bool:
        """Whether it compares with no value: `country=` or `country=null`."""
        return self.text.casefold() in ("", "null")

    def fits(self, row: Row, computed: Mapping[str, object] | None = None) -> bool:
        """Return whether a row fulfills it. computed: values of the row that are not in its fields, by name.

        Raises UsageError when the values cannot be compared with the text.
        """
        values = [each for each in _values(row, self.field.split(".")) if each not in (None, "")]
        if not values and computed and computed.get(self.field) not in (None, ""):
            values = [computed[self.field]]
        if self.is_for_no_value:
            is_set = any(each != [] for each in values)
            return is_set if self.operator is Operator.NOT_EQUAL else self.operator is Operator.EQUAL and not is_set
        if self.operator is Operator.NOT_EQUAL:
            return not any(self._compare(each, Operator.EQUAL) for each in values)
        return any(self._compare(each, self.operator) for each in values)

    def _compare(self, value: object, operator: Operator) -> bool:
        if isinstance(value, bool):
            if operator not in MATCHES:
                raise UsageError(f"{self.field} is true or false, which has no order.", hint=f"Use {self.field}=true.")
            text = self.text.casefold()
            return operator is Operator.EQUAL and text in (_TRUE if value else _FALSE)
        if isinstance(value, (list, Mapping)):
            value = len(value)
        number, other = _number(value), _number(self.text)
        if isinstance(value, str) and operator in MATCHES:
            if operator is Operator.EQUAL and (moment := parse_time(value)) and (other_moment := parse_time(self.text)):
                return value.startswith(self.text) if _DATE.fullmatch(self.text) else moment == other_moment
            return MATCHES[operator].fits(value, self.text)
        if number is not None and other is not None and operator not in _TEXT_ONLY:
            return _ordered(operator, number, other)
        if operator in MATCHES:
            return MATCHES[operator].fits(str(value), self.text)
        if isinstance(value, str):
            moment = parse_time(value)
            if moment is not None:
                # A day is included, or excluded, as a whole.
                parse = parse_until if operator in (Operator.GREATER, Operator.AT_MOST) else parse_since
                return _ordered(operator, moment, parse(self.text))
            return _ordered(operator, fold(value), fold(self.text))
        raise UsageError(f"{self.field} is a number, which cannot be compared with {self.text!r}.")


def chain_warnings(chain: str) -> list[str]:
    """Return a warning for a chain that neither the API documents nor is another name of one, with the nearest."""
    if not chain:
        return []
    from dyntui.api.catalog import catalog
    from dyntui.services.body_check import did_you_mean

    known = {*catalog().schemas["ChainEnum"]["enum"], *(name.upper() for name in _CHAINS)}
    if chain.partition(":")[0].upper() in known:
        return []
    return [f"{chain!r} is not a known chain.{did_you_mean(chain.upper(), known)}"]


def parse_condition(text: str) -> Condition:
    """Parse `country=DE`, `createdAt<30d` or `metadata.plan ~ pro`. Raises UsageError."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        operators = " ".join(Operator)
        raise UsageError(
            f"{shorten(text, 200)!r} is not a condition.",
            hint=f"Write FIELD OP VALUE in quotes, such as 'country=DE' or 'createdAt<30d'. Operators: {operators}.",
        )
    condition = Condition(found[1], Operator(found[2]), found[3].strip())
    if condition.operator not in (*MATCHES, Operator.NOT_EQUAL) and condition.is_for_no_value:
        raise UsageError(f"{text!r} has no value to compare with.", hint=f"Write a value after {condition.operator}.")
    return condition


@dataclass(frozen=True, slots=True)
class RowConditions:
    """What every row of a list has to fulfill."""

    conditions: tuple[Condition, ...] = ()
    since: datetime | None = None
    """The first time of a row, by the field that its record names."""
    until: datetime | None = None
    """The last time of a row."""
    chain: str = ""
    """The chain of the row, or of one of its wallets; "" for any."""
    provider: str = ""
    """The provider of one of its social accounts; "" for any."""
    without_wallet: bool = False
    """Whether a row that has a wallet is left out."""

    def __bool__(self) -> bool:
        return self != RowConditions()

    def __str__(self) -> str:
        """Return them for a message: `country=DE since 2026-01-31`."""
        parts = [f"{each.field}{each.operator}{each.text}" for each in self.conditions]
        parts += [f"since {self.since:%Y-%m-%d %H:%M}"] if self.since is not None else []
        parts += [f"until {self.until:%Y-%m-%d %H:%M}"] if self.until is not None else []
        parts += [f"chain {self.chain}"] if self.chain else []
        parts += [f"provider {self.provider}"] if self.provider else []
        return " ".join([*parts, "no wallet"] if self.without_wallet else parts)

    def fits(self, row: Row, record: Resource | None = None, time_field: str = "created") -> bool:
        """Return whether a row fulfills all of them. Raises UsageError for a value that cannot be compared.

        record: what the row is of; None for rows of this machine, whose time is in `time_field`.
        """
        if self.since is not None or self.until is not None:
            name = record.time_field if record is not None else time_field
            moment = parse_time(next(_values(row, name.split(".")), None))
            if moment is None or (self.since is not None and moment < self.since):
                return False
            if self.until is not None and moment > self.until:
                return False
        if self.without_wallet and (row.get("wallets") or row.get("walletPublicKey") or _chains(row)):
            return False
        if self.chain and _family(self.chain) not in _chains(row):
            return False
        if self.provider and self.provider.casefold() not in _providers(row):
            return False
        if not self.conditions:
            return True
        computed = {column.name: column.value(row) for column in record.columns if column.pick} if record else {}
        return all(condition.fits(row, computed) for condition in self.conditions)

    def fields(self, record: Resource | None = None) -> list[str]:
        """Return the fields of the rows that the conditions name, without computed columns."""
        computed = {column.name for column in record.columns if column.pick} if record is not None else ()
        return [condition.field for condition in self.conditions if condition.field not in computed]


def _values(value: object, path: Sequence[str]) -> Iterator[object]:
    """Yield the values at a path. Of a list, each item is followed; at the end, each item that is no object."""
    if not path:
        if isinstance(value, list) and value and not any(isinstance(each, (list, dict)) for each in value):
            yield from value
        else:
            yield value
        return
    name, *rest = path
    if isinstance(value, Mapping):
        if name in value:
            yield from _values(value[name], rest)
        elif (joined := ".".join(path)) in value:
            yield value[joined]
    elif isinstance(value, list):
        if name.isdigit():
            yield from _values(value[int(name)] if int(name) < len(value) else None, rest)
        else:
            for each in value:
                yield from _values(each, path)


def _number(value: object) -> float | None:
    if isinstance(value, (int, float)):
        return value
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _ordered(operator: Operator, value: object, other: object) -> bool:
    match operator:
        case Operator.GREATER:
            return bool(value > other)  # type: ignore[operator]
        case Operator.AT_LEAST:
            return bool(value >= other)  # type: ignore[operator]
        case Operator.LESS:
            return bool(value < other)  # type: ignore[operator]
        case Operator.AT_MOST:
            return bool(value <= other)  # type: ignore[operator]
    return value == other


def _family(chain: str) -> str:
    name = chain.casefold().partition(":")[0]
    return _CHAINS.get(name, name)


def _chains(row: Row) -> list[str]:
    """Return the chains of a row and of its wallets and credentials."""
    places = (("chain",), ("wallets", "chain"), ("verifiedCredentials", "chain"))
    return [_family(str(each)) for place in places for each in _values(row, place) if each]


def _providers(row: Row) -> list[str]:
    places = (("oauthAccounts", "provider"), ("verifiedCredentials", "oauth_provider"))
    return [str(each).casefold() for place in places for each in _values(row, place) if each]
