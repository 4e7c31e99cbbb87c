"""Propose a mapping for a file: a preset, then column names, then values; uncertain columns stay unmapped."""

from __future__ import annotations

import re
from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from dyntui.core.errors import UsageError
from dyntui.importer.column_inference import looks_like
from dyntui.importer.fields import FULL_NAME, MappingKind, field_for
from dyntui.importer.header_synonyms import AMBIGUOUS, nearest_field, synonym_field
from dyntui.importer.mapping import ColumnMap, Mapping
from dyntui.importer.null_texts import NULL_TEXTS, EmptyCheck
from dyntui.importer.preset_types import Preset
from dyntui.importer.presets import find_preset
from dyntui.importer.source_types import Cell, SourceInfo, SourceRow, normalize_name
from dyntui.importer.value_paths import compile_path, matching_path, open_json
from dyntui.importer.vendor_formats import reshape_wallets
from dyntui.importer.wallet_columns import WALLET_PARTS, is_of_another, is_wallet_column, wallet_chain

__all__ = ["EXPLICIT", "propose_mapping"]

EXPLICIT = frozenset({"emailVerifiedAt", "policiesConsent", "id"})
"""Fields that are never mapped automatically."""

_EMPTY = EmptyCheck(NULL_TEXTS)
_ITEM = re.compile(r"(wallets|oauthAccounts)\.\d+\.")
_IDENTITY = {"wallets": "publicWalletAddress", "oauthAccounts": "accountId"}


def propose_mapping(
    info: SourceInfo,
    sample_rows: Sequence[SourceRow],
    *,
    custom_fields: Sequence[AbstractMapping[str, object]] = (),
    kind: MappingKind = "users",
) -> Mapping:
    """Return the first mapping for a file.

    custom_fields: those of the environment, as the API lists them ({key, name, ...}); they are suggested as hints,
    like metadata.
    """
    preset = find_preset(info.preset) if kind == "users" else None
    proposal = _Proposal(info.columns, sample_rows, custom_fields, kind)
    if preset:
        proposal.apply_preset(preset)
    proposal.map_by_name()
    proposal.map_wallet_columns()
    proposal.map_nested_names()
    proposal.map_by_content()
    proposal.drop_incomplete()
    columns = proposal.ordered_columns()
    constants = {**(_constants(preset, columns) if preset else {}), **proposal.chain_constants()}
    mapping = Mapping(columns, info.columns, constants, kind, preset.name if preset else None)
    return replace(mapping, lacking_wallet_parts=_lacking_wallet_parts(mapping, sample_rows))


def _lacking_wallet_parts(mapping: Mapping, rows: Sequence[SourceRow]) -> tuple[str, ...]:
    """Return those of WALLET_PARTS that wallets in a mapped list of wallets do not have."""
    each = next((each for each in mapping.mapped if each.field == "wallets"), None)
    if each is None:
        return ()
    read_value = compile_path(mapping.source_columns, each.column)
    lists = (reshape_wallets(open_json(read_value(row.cells)), "wallets", []) for row in rows)
    wallets = [wallet for items in lists if isinstance(items, list) for wallet in items]
    return tuple(part for part in WALLET_PARTS if any(not wallet.get(part) for wallet in wallets))


def _constants(preset: Preset, columns: Sequence[ColumnMap]) -> dict[str, object]:
    items = {match[0] for each in columns if each.field and (match := _ITEM.match(each.field))}
    return {name: value for name, value in preset.constants.items() if (m := _ITEM.match(name)) and m[0] in items}


class _Proposal:
    """A mapping while it is proposed: the field of each column or path, and the fields that are taken."""

    def __init__(
        self,
        columns: Sequence[str],
        rows: Sequence[SourceRow],
        custom_fields: Sequence[AbstractMapping[str, object]],
        kind: MappingKind,
    ) -> None:
        self._columns = columns
        self._rows = rows
        self._kind: MappingKind = kind
        self._custom = {
            normalize_name(str(name)): str(each["key"])
            for each in custom_fields
            if each.get("key")
            for name in (each["key"], each.get("name") or each["key"])
        }
        self._found: dict[str, ColumnMap] = {}
        self._taken: set[str] = set()

    def _map(self, column: str, field: str, reason: str, transforms: tuple[str, ...] | None = None) -> None:
        applied = field_for(field, self._kind).transforms if transforms is None else transforms
        self._found[column] = ColumnMap(column, field, reason, applied)
        self._taken.update(("firstName", "lastName", FULL_NAME) if field == FULL_NAME else (field,))

    def _hint(self, column: str, hint: str) -> None:
        self._found[column] = ColumnMap(column, hint=hint)

    def apply_preset(self, preset: Preset) -> None:
        """Apply the preset; a path whose column is missing is left out."""
        for path, (field, transforms) in preset.maps.items():
            if field not in self._taken and (found := matching_path(self._columns, path)):
                self._map(found, field, f"preset {preset.name}", transforms)
        for path, hint in preset.hints.items():
            if (found := matching_path(self._columns, path)) and found not in self._found:
                self._hint(found, hint.format(column=found))
        about_metadata = preset.hints.get("metadata")
        for column in self._columns if about_metadata else ():
            if column.startswith("metadata."):
                self._hint(column, about_metadata or "")

    def map_by_name(self) -> None:
        """Map columns by field names first, then by synonyms."""
        names = [(column, self._by_name(column)) for column in self._columns if column not in self._found]
        for column, (field, own) in names:
            if field and own:
                self._map_or_hint(column, field, "name")
        for column, (field, own) in names:
            if field and not own:
                self._map_or_hint(column, field, "synonym")

    def map_wallet_columns(self) -> None:
        """Map columns whose names state a chain, such as `solana_wallet`, to one wallet each."""
        if "wallets" in self._taken:
            return
        for column in self._columns if self._kind == "users" else ():
            each = self._found.get(column)
            if (each is None or not each.field) and is_wallet_column(column) and not is_of_another(column):
                self._map(column, self._free_wallet(), "name")

    def _free_wallet(self) -> str:
        """Return the field for the address of the next wallet of a user."""
        addresses = (f"wallets.{place}.publicWalletAddress" for place in count())
        return next(address for address in addresses if address not in self._taken)

    def chain_constants(self) -> dict[str, object]:
        """Return the chains that the names of wallet columns state, as constants."""
        found: dict[str, object] = {}
        for column, each in self._found.items():
            match = _ITEM.match(each.field or "")
            if match is None or match[1] != "wallets" or not _is_identity(each.field or ""):
                continue
            chain = wallet_chain(column)
            if chain and match[0] + "chain" not in self._taken:
                found[match[0] + "chain"] = chain
        return found

    def _by_name(self, column: str) -> tuple[str | None, bool]:
        if column.startswith("metadata.") or _ITEM.match(column):
            try:
                return field_for(column, self._kind).name, True
            except UsageError:
                return None, False
        return synonym_field(column, self._kind)

    def _map_or_hint(self, column: str, field: str, reason: str) -> None:
        if field in EXPLICIT:
            self._hint(column, f"maybe {field}; map it by hand if it is")
        elif field in self._taken:
            self._hint(column, f"{field} is mapped to another column")
        else:
            self._map(column, field, reason)

    def map_nested_names(self) -> None:
        """Map names one level down where the sample has objects (`profile.email`)."""
        if self._kind != "users":
            return
        for column, values in self._samples():
            keys = {str(key): None for value in values if isinstance(value, dict) for key in value}
            for key in keys:
                field, own = synonym_field(key)
                if field and field not in self._taken and field not in EXPLICIT and not _ITEM.match(field):
                    self._map(f"{column}.{key}", field, "name" if own else "synonym")

    def map_by_content(self) -> None:
        """Map the remaining columns by their values; two columns that look the same stay unmapped."""
        seen: dict[str, list[tuple[str, str]]] = {}
        for column, values in self._samples():
            found = looks_like(values, self._kind, names=AMBIGUOUS.get(normalize_name(column), ()))
            if found and self._kind == "users" and is_of_another(column):
                self._hint(column, f"has {found[1]}, maybe not of the user; choose it by hand if they are")
            elif found:
                seen.setdefault(found[0], []).append((column, found[1]))
        for field, columns in seen.items():
            if field == "wallets.0.publicWalletAddress":
                field = self._free_wallet()
            fields = {"firstName", "lastName"} if field == FULL_NAME else {field}
            if len(columns) == 1 and not fields & self._taken and field.partition(".")[0] not in self._taken:
                self._map(columns[0][0], field, f"content: {columns[0][1]}")
                continue
            for column, what in columns:
                others = " or ".join(name for name, _ in columns if name != column)
                self._hint(column, f"has {what}, like {others or 'another column'}; choose one by hand")
        for column in self._columns:
            if column not in self._found:
                self._hint(column, self._guess(column))

    def _samples(self) -> list[tuple[str, list[Cell]]]:
        """Yield the columns that are not mapped yet, with their values."""
        return [
            (column, [row.cells[place] for row in self._rows if not _EMPTY.is_empty(row.cells[place])])
            for place, column in enumerate(self._columns)
            if column not in self._found
        ]

    def _guess(self, column: str) -> str:
        if key := self._custom.get(normalize_name(column)):
            return f"maybe metadata.{key}, a custom field"
        near = AMBIGUOUS.get(normalize_name(column)) if self._kind == "users" else None
        if near is None and (nearest := nearest_field(column, self._kind)):
            near = (nearest,)
        return f"maybe {' or '.join(near)}" if near else ""

    def drop_incomplete(self) -> None:
        """Drop a chain without an address and a provider without an account, which would make every row invalid."""
        whole = {match[0] for field in self._taken if (match := _ITEM.match(field)) and _is_identity(field)}
        for column, each in self._found.items():
            match = _ITEM.match(each.field or "")
            if match and match[0] not in whole:
                hint = f"maybe {each.field}; map {match[0]}{_IDENTITY[match[1]]} first"
                self._found[column] = ColumnMap(column, hint=hint)
            elif match and match[1] == "wallets" and _is_identity(each.field or ""):
                required = ("walletName", "walletProvider")
                missing = [name for name in required if match[0] + name not in self._taken]
                hint = f"a wallet also needs {' and '.join(missing)}: choose them for all wallets" if missing else ""
                self._found[column] = replace(each, hint=hint)

    def ordered_columns(self) -> tuple[ColumnMap, ...]:
        """Return the columns in the order of the file, then the paths into them."""
        paths = [each for column, each in self._found.items() if column not in self._columns]
        return (*(self._found.get(column, ColumnMap(column)) for column in self._columns), *paths)


def _is_identity(field: str) -> bool:
    return field.rpartition(".")[2] in _IDENTITY.values()
