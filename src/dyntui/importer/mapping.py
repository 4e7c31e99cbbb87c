"""Which column becomes which field: proposed, edited, and saved as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from dyntui.core.errors import UsageError
from dyntui.core.file_version import check_version
from dyntui.core.interface import by_interface
from dyntui.core.strict_json import parse_json
from dyntui.core.validation import validate
from dyntui.importer.dates import check_date_format, to_rfc3339
from dyntui.importer.fields import ImportField, MappingKind, field_for
from dyntui.importer.invalid_values import parse_on_invalid
from dyntui.importer.null_texts import NULL_TEXTS
from dyntui.importer.preset_types import ExclusionRule
from dyntui.importer.presets import preset_exclusions
from dyntui.importer.problems import Problem
from dyntui.importer.source_types import SourceInfo, fingerprint
from dyntui.importer.transforms import check_transform, is_word
from dyntui.importer.value_paths import find_owner_column, find_owner_columns, matching_path
from dyntui.importer.wallet_columns import (
    EVERY_WALLET,
    WALLET_PARTS,
    proposed_provider,
    proposed_wallet_name,
    wallet_chain,
)

__all__ = ["ColumnMap", "Mapping", "MissingChoice"]
__all__ += ["check_names", "email_verified_choices", "parse_assignment", "parse_column_map"]

_HINT = "Save a mapping in the import wizard, or with `dyntui import --save-mapping`."


def email_verified_choices() -> str:
    """Return how to choose whether the emails are verified, and what follows."""
    now, unverified, column = by_interface(
        "--set emailVerifiedAt=now|--set emailVerifiedAt=unverified|--map COLUMN=emailVerifiedAt",
        "{map.verified} in the Map step: all verified|none verified|a column mapped to emailVerifiedAt",
    ).split("|")
    return (
        f"{now} (all emails are verified: users can sign in with them, and a social account with the same verified "
        f"email is linked), {unverified} (a later sign-in by email may not reach the imported user), or {column} "
        "(a column decides)."
    )


_WALLET_ADDRESS = re.compile(r"wallets\.(\w+)\.publicWalletAddress")


class MissingChoice(UsageError):
    """A choice that has no default was not made."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The field of one column."""

    column: str
    """Its name, or a path into it (`profile.email`, JSON in a cell)."""
    field: str | None = None
    reason: str = ""
    """The reason for the proposal (`name`, `synonym`, `content: ...`, `preset auth0`, `by hand`)."""
    transforms: tuple[str, ...] = ()
    hint: str = ""
    """A field to suggest, never applied."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A complete mapping."""

    columns: tuple[ColumnMap, ...]
    source_columns: tuple[str, ...]
    """The columns of the file, in the order of Row.cells."""
    constants: AbstractMapping[str, object] = field(default_factory=dict)
    """Values for rows that have none (`emailVerifiedAt` takes `now`, `unverified` or a date)."""
    kind: MappingKind = "users"
    preset: str | None = None
    nulls: tuple[str, ...] = NULL_TEXTS
    """Texts that count as an empty cell."""
    included: tuple[str, ...] = ()
    """Names of the rules of the preset that are switched off, so that their rows are imported; `all` for all."""
    on_invalid: AbstractMapping[str, str] = field(default_factory=dict)
    """What happens to a value that the API refuses, by field: an action of `invalid_values.ACTIONS`."""
    lacking_wallet_parts: tuple[str, ...] = ()
    """The parts of WALLET_PARTS that wallets in a list of wallets of the first rows do not have."""

    @property
    def exclusions(self) -> tuple[ExclusionRule, ...]:
        """Return the rules for rows that are left out."""
        if self.kind != "users" or "all" in self.included:
            return ()
        return tuple(
            replace(rule, column=path)
            for rule in preset_exclusions(self.preset)
            if rule.name not in self.included and (path := matching_path(self.source_columns, rule.column))
        )

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the columns, by which a saved mapping is found."""
        return fingerprint(self.source_columns)

    @property
    def mapped(self) -> tuple[ColumnMap, ...]:
        return tuple(each for each in self.columns if each.field)

    @property
    def unmapped(self) -> tuple[ColumnMap, ...]:
        """Return the columns of which nothing is sent."""
        used = {column for each in self.mapped for column in find_owner_columns(self.source_columns, each.column)}
        return tuple(each for each in self.columns if not each.field and each.column not in used)

    @property
    def targets(self) -> frozenset[str]:
        """Return every field that something is mapped to."""
        return frozenset(each.field for each in self.columns if each.field) | frozenset(self.constants)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what has to be chosen or mapped first, as sentences; empty when nothing is missing."""
        lines: list[str] = []
        if self.kind == "users" and "emailVerifiedAt" not in self.targets:
            lines.append("Choose whether the emails are verified.")
        if self.missing_wallet_parts:
            lines.append("Choose the name and the provider of the wallets.")
        if not any(each.field for each in self.columns):
            lines.append("No column is mapped to a field.")
        return tuple(lines)

    @property
    def missing_wallet_parts(self) -> tuple[str, ...]:
        """Return those of WALLET_PARTS that nothing gives, when the file has wallet addresses."""
        targets = self.targets
        items = {match[1] for target in targets if (match := _WALLET_ADDRESS.fullmatch(target))}
        lacking_wallet_parts = self.lacking_wallet_parts if "wallets" in targets else ()
        return tuple(
            part
            for part in WALLET_PARTS
            if EVERY_WALLET + part not in targets
            and (part in lacking_wallet_parts or any(f"wallets.{item}.{part}" not in targets for item in items))
        )

    @property
    def proposed_wallet(self) -> tuple[str, str]:
        """Return the name and the provider that are proposed for the wallets, by their chain."""
        chains = (value for name, value in self.constants.items() if re.fullmatch(r"wallets\.\w+\.chain", name))
        return proposed_wallet_name(next(chains, "")), proposed_provider()

    @property
    def wallet_choices(self) -> str:
        """Return the options that give the wallets a name and a provider, with proposed values."""
        name, provider = self.proposed_wallet
        return by_interface(
            f"--wallet-name {name} --wallet-provider {provider} for all wallets, "
            "--map COLUMN=wallets.0.walletName for a column, or --map COLUMN= to leave the wallets out.",
            "{map.wallets} for all wallets, map a column to wallets.0.walletName, or {map.exclude} on the column of "
            "the addresses to leave the wallets out.",
        )

    def with_column(
        self, column: str, field: str | None, transforms: Sequence[str] | None = None, *, reason: str = "by hand"
    ) -> Mapping:
        """Return this mapping with another field for one column (None to leave it out). Another column with that
        field loses it.
        """
        target = field_for(field, self.kind) if field else None
        if find_owner_column(self.source_columns, column) is None:
            raise UsageError(
                f"The file has no column {column!r}.", hint=f"Columns: {', '.join(self.source_columns[:8])}."
            )
        if transforms is not None:
            check_transforms(transforms)
        applied = tuple(transforms) if transforms is not None else target.transforms if target else ()
        new = ColumnMap(column, field, reason if field else "", applied)
        columns = [
            replace(each, field=None, reason="", transforms=()) if field and each.field == field else each
            for each in self.columns
        ]
        places = [place for place, each in enumerate(columns) if each.column == column]
        if places:
            columns[places[0]] = replace(new, hint=columns[places[0]].hint)
        else:
            columns.append(new)
        changed = replace(self, columns=tuple(columns))
        match = _WALLET_ADDRESS.fullmatch(field or "")
        chain = wallet_chain(column) if match else None
        if match and chain and not {f"wallets.{match[1]}.chain", f"{EVERY_WALLET}chain"} & changed.targets:
            return changed.with_constant(f"wallets.{match[1]}.chain", chain)
        return changed

    def with_constant(self, name: str, value: object) -> Mapping:
        """Return this mapping with a value for rows that have none; None removes the constant."""
        constants = {key: old for key, old in self.constants.items() if key != name}
        if value is not None:
            field_for(name, self.kind)
            constants[name] = value
        return replace(self, constants=constants)

    def with_on_invalid(self, field: str, action: str) -> Mapping:
        """Return this mapping with what happens to values of a field that the API refuses."""
        return replace(self, on_invalid={**self.on_invalid, field: action})

    def with_date_format(self, column: str, format: str) -> Mapping:
        """Return this mapping with the format of the dates in a column. Raises UsageError when it is not mapped."""
        each = next((each for each in self.mapped if each.column == column), None)
        if each is None:
            raise UsageError(
                f"The column {column!r} is not mapped, so it needs no date format.",
                hint=f'Map it first, such as --map "{column}=emailVerifiedAt".',
            )
        others = [name for name in each.transforms if name.partition(":")[0] not in ("date", "verified")]
        return self.with_column(column, each.field, (*others, f"date:{check_date_format(format)}"))

    def with_nulls(self, texts: Sequence[str], *, keep_usual: bool = True) -> Mapping:
        """Return this mapping with further texts that mean an empty cell; with these only, when not `keep_usual`."""
        usual = self.nulls if keep_usual else ()
        return replace(self, nulls=tuple(dict.fromkeys((*usual, *texts))))

    def with_included(self, names: Sequence[str]) -> Mapping:
        """Return this mapping with rules of the preset switched off. Raises UsageError for an unknown rule."""
        rules = dict.fromkeys(rule.name for rule in preset_exclusions(self.preset))
        for name in names:
            if name not in rules and name != "all":
                known = f"Rules of this file: {', '.join(rules)}." if rules else "This file has no such rules."
                raise UsageError(f"No rule is called {name!r}.", hint=known)
        return replace(self, included=tuple(dict.fromkeys((*self.included, *names))))

    def with_rule_switched(self, name: str) -> Mapping:
        """Return this mapping with a rule of the preset switched off, or on again."""
        rules = dict.fromkeys(rule.name for rule in preset_exclusions(self.preset))
        included = tuple(rules) if "all" in self.included else self.included
        if name in included:
            return replace(self, included=tuple(each for each in included if each != name))
        return self.with_included((name,))

    def bind(self, info: SourceInfo) -> Mapping:
        """Return this saved mapping for a file with other column order. Raises UsageError when a column is missing."""
        columns: list[ColumnMap] = []
        lost: list[str] = []
        for each in self.columns:
            if find_owner_column(info.columns, each.column):
                columns.append(each)
            elif each.field and info.format not in ("json", "ndjson"):
                lost.append(each.column)
        if lost:
            raise UsageError(
                f"The mapping needs the column {lost[0]!r}, which {info.name} does not have.",
                hint="Use a mapping for this file, or map the columns again.",
            )
        known = {each.column for each in columns}
        columns += [ColumnMap(column) for column in info.columns if column not in known]
        return replace(self, columns=tuple(columns), source_columns=info.columns)

    def to_json(self) -> str:
        """Return the mapping as readable JSON."""
        columns = [
            {"column": each.column, "field": each.field, "transforms": list(each.transforms), "reason": each.reason}
            for each in self.columns
        ]
        data = {
            "dyntui": "mapping",
            "version": 1,
            "kind": self.kind,
            "fingerprint": self.fingerprint,
            "preset": self.preset,
            "source_columns": list(self.source_columns),
            "columns": columns,
            "constants": dict(self.constants),
            "nulls": list(self.nulls),
            "included": list(self.included),
            "on_invalid": dict(self.on_invalid),
            "lacking_wallet_parts": list(self.lacking_wallet_parts),
        }
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, *, name: str = "The mapping") -> Mapping:
        """Parse a mapping file. name: the file, for errors. Raises UsageError with the reason when it is invalid."""
        try:
            data = parse_json(text)
        except ValueError as error:
            raise UsageError(f"{name} is not JSON: {error}.") from error
        check_version(data, name)
        parsed = validate(_MappingFile, data, name=name, hint=_HINT)
        columns = tuple(
            ColumnMap(column.column, column.field or None, column.reason or column.why, column.transforms)
            for column in parsed.columns
        )
        names = parsed.source_columns or tuple(column.column for column in columns)
        rest = (
            parsed.kind,
            parsed.preset,
            parsed.nulls,
            parsed.included,
            parsed.on_invalid,
            parsed.lacking_wallet_parts,
        )
        return check_names(Mapping(columns, names, parsed.constants, *rest), name)


def check_names(mapping: Mapping, name: str) -> Mapping:
    """Return `mapping`. Raises UsageError, which says `name`, for an unknown field or transform."""
    for place, column in enumerate(mapping.columns):
        try:
            if column.field:
                field_for(column.field, mapping.kind)
            check_transforms(column.transforms)
        except UsageError as error:
            raise UsageError(f"{name}, columns[{place}]: {error.message}", hint=error.hint) from error
    for constant in mapping.constants:
        field_for(constant, mapping.kind)
    for field_name, action in mapping.on_invalid.items():
        try:
            parse_on_invalid(f"{field_name}={action}")
        except UsageError as error:
            raise UsageError(f"{name}, on_invalid: {error.message}", hint=error.hint) from error
    return mapping


@dataclass(frozen=True, slots=True)
class _FileColumn(ColumnMap):
    """A column in a mapping file."""

    why: str = ""
    """The former spelling of `reason`."""


@dataclass(frozen=True, slots=True)
class _MappingFile:
    """The contents of a mapping file."""

    dyntui: Literal["mapping"]
    version: Literal[1]
    columns: tuple[_FileColumn, ...]
    source_columns: tuple[str, ...] = ()
    constants: dict[str, object] = field(default_factory=dict)
    kind: MappingKind = "users"
    preset: str | None = None
    nulls: tuple[str, ...] = NULL_TEXTS
    included: tuple[str, ...] = ()
    on_invalid: dict[str, str] = field(default_factory=dict)
    lacking_wallet_parts: tuple[str, ...] = ()


def check_transforms(names: Sequence[str]) -> None:
    """Raise UsageError for an unknown transform."""
    for name in names:
        check_transform(name)


def parse_column_map(text: str, kind: MappingKind = "users") -> tuple[str, str | None, tuple[str, ...] | None]:
    """Parse `COLUMN=FIELD`, `COLUMN=FIELD|trim|lower` or `COLUMN=`. Return column, field and transforms.

    A bar in the value of a transform is written as `\\|`.
    """
    column, target = _split_assignment(text, kind)
    if not column.strip():
        raise UsageError(
            f"{text!r} is not COLUMN=FIELD.", hint='For example: --map "E-Mail=email", --map Plan=metadata.plan'
        )
    name, *transforms = (part.strip().replace("\\|", "|") for part in _BAR.split(target))
    if name:
        field_for(name, kind)
    check_transforms(transforms)
    return column.strip(), name or None, tuple(transforms) or None


_BAR = re.compile(r"(?<!\\)\|")


def _split_assignment(text: str, kind: MappingKind) -> tuple[str, str]:
    """Return the column and what follows the equals sign; both may have equals signs of their own."""
    places = [place for place, char in enumerate(text) if char == "="]
    for place in reversed(places):
        name = text[place + 1 :].partition("|")[0].strip()
        if not name and place == len(text.rstrip()) - 1:
            return text[:place], ""
        try:
            field_for(name, kind)
        except UsageError:
            continue
        return text[:place], text[place + 1 :]
    column, _, target = text.partition("=>")[0].rpartition("=")
    return column, target


def parse_assignment(text: str, kind: MappingKind = "users") -> tuple[str, object]:
    """Parse `--set FIELD=VALUE`. Return the field and the value in the type of the field.

    emailVerifiedAt accepts `now`, `unverified` or a date; booleans accept yes and no; JSON fields accept JSON.
    """
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not name or not value:
        raise UsageError(
            f"{text!r} is not FIELD=VALUE.", hint="For example: --set emailVerifiedAt=unverified, --set country=DE"
        )
    return name, constant_value(field_for(name, kind), value)


def constant_value(target: ImportField, value: str) -> object:
    """Parse the text of a constant for its field."""
    problems: list[Problem] = []
    result: object = value
    if target.kind == "date":
        result = value if value in ("now", "unverified") else to_rfc3339(value, target.name, problems)
        if result == value and value not in ("now", "unverified") and "T" not in value:
            raise UsageError(
                f"{value!r} is not a date.", hint=f"{target.name} accepts now, unverified or a date such as 2024-05-31."
            )
    elif target.kind == "boolean":
        result = is_word(value)
        if result is None:
            raise UsageError(f"{target.name} accepts yes or no, not {value!r}.")
    elif target.kind in ("object", "array") or (target.kind == "any" and value[:1] in '{["'):
        try:
            result = parse_json(value)
        except ValueError as error:
            raise UsageError(f"{target.name} must be JSON: {error}.") from error
    return result
