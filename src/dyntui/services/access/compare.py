"""Compare two sets of entries, and sync an allowlist with a file or another allowlist.

A sync adds first and removes afterwards; when an entry could not be added, nothing is removed. Applied again it does
nothing, so an interrupted sync is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.services.access.access_policy import name_of
from dyntui.services.access.drafts import entry_label, key_of
from dyntui.services.access.entries import EntryChanges
from dyntui.services.access.entry_search import entries_of
from dyntui.services.actions.write_types import Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = [
    "ComparisonSide",
    "EntryDiff",
    "RemovalLimit",
    "SyncPlan",
    "compare",
    "find_duplicates",
    "make_side",
    "plan_sync",
    "read_file",
    "read_list",
    "sync_action",
]

Entry = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ComparisonSide:
    name: str
    """The name for people: a quoted list or a file name."""
    entries: Mapping[str, Entry]
    """The entries by key."""
    invalid: tuple[tuple[int, str], ...] = ()
    """Line numbers of a file without a valid entry, with the problem."""
    repeated: int = 0
    """The number of duplicates."""


@dataclass(frozen=True, slots=True)
class EntryDiff:
    left: ComparisonSide
    right: ComparisonSide
    only_left: tuple[Entry, ...]
    only_right: tuple[Entry, ...]
    both: tuple[tuple[Entry, Entry], ...]
    """Pairs of entries with the same key."""

    @property
    def other_alias(self) -> tuple[tuple[Entry, Entry], ...]:
        """The pairs whose aliases differ."""
        return tuple(pair for pair in self.both if (pair[0].get("alias") or "") != (pair[1].get("alias") or ""))

    @property
    def is_equal(self) -> bool:
        """Whether both sides have the same identifiers."""
        return not self.only_left and not self.only_right


@dataclass(frozen=True, slots=True)
class RemovalLimit:
    """How much may be removed at once, so that a damaged source does not empty a list."""

    maximum: int
    is_percent: bool = False

    @classmethod
    def parse(cls, text: str) -> RemovalLimit:
        """Parse `N` or `N%`. Raises UsageError."""
        number = text.strip().removesuffix("%")
        is_percent = text.strip().endswith("%")
        if not number.isdecimal() or (is_percent and int(number) > 100):
            raise UsageError(f"{text!r} is neither a number nor a percentage.", hint="Write 20 or 50%.")
        return cls(int(number), is_percent)

    def check(self, plan: SyncPlan) -> None:
        """Raise UsageError when a plan removes more than this from its list."""
        removed, total = len(plan.remove), len(plan.remove) + plan.unchanged
        if removed > (total * self.maximum / 100 if self.is_percent else self.maximum):
            entries = quantity(total, "entry", "entries")
            raise UsageError(
                f"{removed:,} of {entries} would be removed from “{name_of(plan.allowlist)}”, more than {self}.",
                hint=f"Check {plan.source.name}. If it is right, use --max-remove {removed}.",
            )

    def __str__(self) -> str:
        return f"{self.maximum:,}{'%' if self.is_percent else ''}"


@dataclass(frozen=True, slots=True)
class SyncPlan(EntryChanges):
    """What a sync of a list with a source does."""

    source: ComparisonSide
    unchanged: int
    """The number of entries on both sides."""
    other_alias: tuple[tuple[Entry, Entry], ...] = ()
    """Entries that have another alias in the source. Aliases are not changed."""
    extra: int = 0
    """Number of entries that only the list has and that stay, because removing was not requested."""

    def lines(self, max_examples: int = 5) -> list[str]:
        """Return the plan as lines. max_examples: the maximum of entries that are named for each change."""
        name = name_of(self.allowlist)
        lines = [f"Plan to make “{name}” match {self.source.name}:"]
        lines += _example_lines("to add", self.add, "+", max_examples)
        lines += _example_lines("to remove", self.remove, "-", max_examples)
        lines.append(f"  {self.unchanged:,} on both, unchanged")
        if self.extra:
            lines.append(f"  {self.extra:,} only on the list, kept")
        if self.other_alias:
            lines.append(f"  {len(self.other_alias):,} of them have another alias in the source (not changed)")
        if self.source.repeated:
            lines.append(f"  duplicate lines in the source: {self.source.repeated:,}")
        if self.source.invalid:
            line, problem = self.source.invalid[0]
            lines.append(f"  invalid lines in the source: {len(self.source.invalid):,}; line {line}: {problem}")
        if self.is_empty:
            lines.append("Nothing to do: the list matches the source.")
        return lines


def _example_lines(label: str, entries: Sequence[Entry], sign: str, max_examples: int) -> list[str]:
    if not entries:
        return []
    lines = [f"  {len(entries):,} {label}"]
    lines += [f"    {sign} {entry_label(entry)}" for entry in entries[:max_examples]]
    return lines + ([f"    … and {len(entries) - max_examples:,} more"] if len(entries) > max_examples else [])


def make_side(name: str, entries: Iterable[Entry], invalid: Iterable[tuple[int, str]] = ()) -> ComparisonSide:
    """Make a side from entries. Of duplicates, the first is used."""
    found: dict[str, Entry] = {}
    repeated = 0
    for entry in entries:
        if key := key_of(entry):
            repeated += key in found
            found.setdefault(key, entry)
    return ComparisonSide(name, found, tuple(invalid), repeated)


async def read_list(client: Client, row: Row) -> ComparisonSide:
    return make_side(f"“{name_of(row)}”", [entry async for entry in entries_of(client, str(row.get("id")))])


def read_file(
    source_path: Path | BinaryIO, *, name: str = "", region: str | None = None, live: bool = False
) -> ComparisonSide:
    """Read the entries of a file, mapped as an import maps them. Raises UsageError when no column is recognized."""
    from dyntui.importer import AllowlistMapper, has_errors, open_source, propose_mapping

    with open_source(source_path, name=name) as source:
        mapping = propose_mapping(source.info, source.sample(), kind="allowlist")
        if mapping.missing:
            raise UsageError(
                f"{source.info.name}: {mapping.missing[0]}",
                hint="Use field names as column names: email, walletPublicKey, ..., or identifier.",
            )
        mapper = AllowlistMapper(mapping, region=region, environment_kind="live" if live else "sandbox")
        entries: list[Entry] = []
        invalid: list[tuple[int, str]] = []
        for row in source.rows():
            mapped = mapper.map(row)
            if has_errors(mapped.problems):
                first = next(each for each in mapped.problems if each.severity == "error")
                invalid.append((row.number, f"{first.field}: {first.message}" if first.field else first.message))
            else:
                entries.append(mapped.user)
        return make_side(source.info.name, entries, invalid)


def compare(left: ComparisonSide, right: ComparisonSide) -> EntryDiff:
    """Return what only one side has, and what both have."""
    return EntryDiff(
        left,
        right,
        tuple(entry for key, entry in left.entries.items() if key not in right.entries),
        tuple(entry for key, entry in right.entries.items() if key not in left.entries),
        tuple((entry, right.entries[key]) for key, entry in left.entries.items() if key in right.entries),
    )


def find_duplicates(rows: Iterable[tuple[Row, Entry]]) -> dict[str, list[tuple[Row, Entry]]]:
    """Return the entries that have the same key, on one list or several, by key."""
    found: dict[str, list[tuple[Row, Entry]]] = {}
    for allowlist, entry in rows:
        if key := key_of(entry):
            found.setdefault(key, []).append((allowlist, entry))
    return {key: same for key, same in found.items() if len(same) > 1}


def plan_sync(row: Row, current: ComparisonSide, source: ComparisonSide, *, remove: bool) -> SyncPlan:
    """Plan the sync of a list with `source`.

    current: the entries of the list. remove: also remove entries that only the list has.

    Raises UsageError when entries would be removed although the source has invalid lines.
    """
    if source.invalid and remove:
        line, problem = source.invalid[0]
        raise UsageError(
            f"{source.name} has {quantity(len(source.invalid), 'invalid line')} (line {line}: {problem}), so entries "
            "could be removed by mistake.",
            hint="Fix them, or sync without removing.",
        )
    diff = compare(source, current)
    return SyncPlan(
        row,
        diff.only_left,
        diff.only_right if remove else (),
        source,
        len(diff.both),
        tuple((old, new) for new, old in diff.other_alias if new.get("alias")),
        0 if remove else len(diff.only_right),
    )


def sync_action(plan: SyncPlan) -> tuple[WriteAction, list[Target]]:
    """Return the sync as one action and its targets. Nothing is removed when an entry could not be added."""
    return plan.write("allowlists.sync", f"on {name_of(plan.allowlist)} to match {plan.source.name}")
