"""What a preset is: how the export of another system is recognized, mapped, and which of its rows are left out."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from dyntui.importer.dates import to_rfc3339
from dyntui.importer.fields import FULL_NAME, field_for
from dyntui.importer.option_names import option
from dyntui.importer.source_types import normalize_name

__all__ = ["FALSE", "FILLED", "NO_PASSWORDS", "ONE_EMAIL", "ONE_PHONE", "TRUE", "VALUE_SHAPES", "VERIFIED_HINT"]
__all__ += ["ExclusionRule", "Maps", "Preset", "Signature", "map_fields", "names_of", "signature", "to_metadata"]

Maps = dict[str, tuple[str, tuple[str, ...]]]
"""Field and transforms by column or path."""

FILLED = r"(?!(?:null|none|nan|false|\\N)?$).+"
"""A pattern of `ExclusionRule.values` for any value."""
TRUE, FALSE = "true|t|yes|1", "false|f|no|0"
"""Patterns of `ExclusionRule.values` for booleans, as JSON, spreadsheets and databases write them."""

NO_PASSWORDS = "is not imported: Dynamic has no passwords"
ONE_EMAIL = "is not imported: a user has one email"
ONE_PHONE = "is not imported: a user has one phone number"
VERIFIED_HINT = "shows which emails are verified; map it to emailVerifiedAt to use them"

VALUE_SHAPES = {
    "auth0": re.compile(r"'?[\w-]+\|[^\s|]+(?:\|[^\s|]+)*"),
    "okta": re.compile(r"00u[0-9A-Za-z]{17}"),
    "workos": re.compile(r"user_01[0-9A-Z]{24}"),
}
"""Ids that show by their form where they come from, by the name that signatures use."""


def to_metadata(key: str = "") -> str:
    """Return the hint for a column that is not imported unless it is mapped to metadata."""
    return f"map to metadata.{key} to keep it" if key else "map to metadata to import it"


def map_fields(*, full_name: str = "", username_or_email: str = "", **paths: str) -> Maps:
    """Return the maps of fields, with the transforms that a column of that name would have.

    paths: the column of each field, or a path into one. full_name: that of first and last name. username_or_email:
    that of usernames, where an email is left out.
    """
    maps: Maps = {path: (name, field_for(name).transforms) for name, path in paths.items()}
    if full_name:
        maps[full_name] = (FULL_NAME, ("trim", "not_email", "split"))
    if username_or_email:
        maps[username_or_email] = ("username", ("trim", "not_email"))
    return maps


def names_of(text: str) -> frozenset[str]:
    """Return the normalized names of words.

    `identities.provider` is a key inside the values of a column, `=createdAt` a column with exactly this spelling, and
    `user_id~auth0` a column whose values have this shape, one of `VALUE_SHAPES`.
    """
    return frozenset(word if word.startswith("=") else _normal_name(word) for word in text.split())


def _normal_name(word: str) -> str:
    path, tilde, shape = word.partition("~")
    return ".".join(normalize_name(step) for step in path.split(".")) + tilde + shape


@dataclass(frozen=True, slots=True)
class Signature:
    """Names that show where a file comes from. What is inside values counts when most of the values have it."""

    required: frozenset[str] = frozenset()
    """Names that the file must have."""
    some: frozenset[str] = frozenset()
    """Names of which the file must have `at_least`."""
    at_least: int = 0
    without: frozenset[str] = frozenset()
    """Names that it must not have."""

    def fits(self, names: Collection[str]) -> bool:
        """Return whether a file with these names has the signature."""
        present = frozenset(names)
        return self.required <= present and len(self.some & present) >= self.at_least and not self.without & present


def signature(required: str = "", *, some: str = "", at_least: int = 1, without: str = "") -> Signature:
    """Return a signature from words: `required` names, `at_least` of `some` names, none of `without`."""
    return Signature(names_of(required), names_of(some), at_least if some else 0, names_of(without))


_RULE_CODES = {
    "disabled": "disabled_left_out",
    "deleted": "deleted_left_out",
    "service-accounts": "service_accounts_left_out",
    "test-users": "test_users_left_out",
}


@dataclass(frozen=True, slots=True)
class ExclusionRule:
    """Rows that are left out because of a value."""

    name: str
    """What `--include` calls them, a key of `_RULE_CODES`."""
    column: str
    """The column, or a path into one."""
    values: str
    """A pattern of the values, in any case; the whole value has to match."""
    reason: str
    """Why, as the end of a sentence: “users that ...”."""
    is_until: bool = False
    """Whether the value is the time until which the rule applies."""

    @property
    def code(self) -> str:
        """The problem code of such a row."""
        return _RULE_CODES[self.name]

    def matches(self, value: object, now: str) -> bool:
        """Return whether the rule applies to a row with this value. now: the time as RFC 3339."""
        text = str(value).lower() if isinstance(value, bool) else str(value).strip()
        if self.is_until and str(to_rfc3339(text, self.column, [])) < now:
            return False
        return bool(re.fullmatch(self.values, text, re.IGNORECASE))

    @property
    def text(self) -> str:
        """What is left out, and how to include it."""
        included = f"{option('--include', self.name)} imports them"
        return f"users that {self.reason} ({self.column}) are left out; {included}"


@dataclass(frozen=True, slots=True)
class Preset:
    """The export of one system."""

    name: str
    title: str
    signatures: tuple[Signature, ...]
    """One of them has to fit."""
    maps: Maps
    """Alternatives that a file does not have are left out of a path. Of several for a field, the first is used."""
    constants: dict[str, str] = field(default_factory=dict)
    """Values for rows that have none, as in `Mapping`."""
    hints: dict[str, str] = field(default_factory=dict)
    """Why columns are not mapped, and what to do with them, by column or path."""
    exclusions: tuple[ExclusionRule, ...] = ()
    """Rows that are left out unless the person includes them."""
