"""Two sides of entries: what is only here, only there, on both. And the plan that makes a list as another side is.

A plan is applied by adding first and removing then; when something could not be added, nothing is removed. Applied
again it does nothing, so a broken run is simply run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from dyntui.core.errors import UsageError
from dyntui.services.access.access_policy import Row, name_of
from dyntui.services.access.drafts import entry_label, key_of
from dyntui.services.access.entries import change_entries, entry_target, removal_target
from dyntui.services.access.entry_search import entries_of
from dyntui.services.actions.write_types import Cancel, Confirmation, Target, WriteAction, WriteResults

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_gate import WriteGate

__all__ = [
    "ComparisonSide",
    "EntryDiff",
    "SyncPlan",
    "compare",
    "make_side",
    "plan_sync",
    "read_file",
    "read_list",
    "sync",
    "sync_action",
]
__all__ += ["find_duplicates"]

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ComparisonSide:
    """Entries by key. name: what it is. wrong: lines of a file that are no entry, and why. repeated: said again."""

    name: str
    entries: Mapping[str, Entry]
    invalid: tuple[tuple[int, str], ...] = ()
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class EntryDiff:
    """What two sides have. both: pairs; relabelled: those of them whose aliases differ."""

    left: ComparisonSide
    right: ComparisonSide
    only_left: tuple[Entry, ...]
    only_right: tuple[Entry, ...]
    both: tuple[tuple[Entry, Entry], ...]

    @property
    def other_alias(self) -> tuple[tuple[Entry, Entry], ...]:
        return tuple(pair for pair in self.both if (pair[0].get("alias") or "") != (pair[1].get("alias") or ""))

    @property
    def is_equal(self) -> bool:
        """Whether both sides name the same."""
        return not self.only_left and not self.only_right


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """How a list becomes as a source is. keep: on both; relabelled: kept, with another alias in the source."""

    allowlist: Row
    source: ComparisonSide
    add: tuple[Entry, ...]
    remove: tuple[Entry, ...]
    unchanged: int
    other_alias: tuple[tuple[Entry, Entry], ...] = ()
    extra: int = 0
    """Entries that only the list has and that stay, because removing was not asked for."""

    @property
    def is_empty(self) -> bool:
        return not self.add and not self.remove

    def lines(self, most: int = 5) -> list[str]:
        """The plan for people. most: examples of each kind."""
        name = name_of(self.allowlist)
        out = [f"“{name}” as {self.source.name}:"]
        out += _some("to add", self.add, "+", most)
        out += _some("to remove", self.remove, "-", most)
        out.append(f"  {self.unchanged:,} on both, left alone")
        if self.extra:
            out.append(f"  {self.extra:,} only on the list, left there")
        if self.other_alias:
            out.append(
                f"  {len(self.other_alias):,} of those on both have another alias in the source; it is not changed"
            )
        if self.source.repeated:
            out.append(f"  lines of the source that say what an earlier one says: {self.source.repeated:,}")
        if self.source.invalid:
            line, why = self.source.invalid[0]
            out.append(f"  lines of the source that are no entry: {len(self.source.invalid):,}; line {line}: {why}")
        if self.is_empty:
            out.append("Nothing to do: the list is as the source is.")
        return out


def _some(what: str, entries: Sequence[Entry], sign: str, most: int) -> list[str]:
    if not entries:
        return []
    lines = [f"  {len(entries):,} {what}"]
    lines += [f"    {sign} {entry_label(entry)}" for entry in entries[:most]]
    return lines + ([f"    … and {len(entries) - most:,} more"] if len(entries) > most else [])


def make_side(name: str, entries: Iterable[Entry], wrong: Iterable[tuple[int, str]] = ()) -> ComparisonSide:
    """A side from entries; of those that say the same, the first counts."""
    found: dict[str, Entry] = {}
    repeated = 0
    for entry in entries:
        if key := key_of(entry):
            repeated += key in found
            found.setdefault(key, entry)
    return ComparisonSide(name, found, tuple(wrong), repeated)


async def read_list(
    client: Client, row: Row, on_progress: Callable[[int, int | None], None] | None = None
) -> ComparisonSide:
    """The entries of a list."""
    return make_side(
        f"“{name_of(row)}”", [entry async for entry in entries_of(client, str(row.get("id")), on_progress)]
    )


def read_file(
    where: Path | BinaryIO, *, name: str = "", region: str | None = None, live: bool = False
) -> ComparisonSide:
    """The entries of a file, mapped as an import would map it. Raises Usage when no column is understood."""
    from dyntui.importer import AllowlistMapper, has_errors, open_source, propose_mapping

    with open_source(where, name=name) as source:
        mapping = propose_mapping(source.info, source.sample(), kind="allowlist")
        if mapping.missing:
            raise UsageError(
                f"{source.info.name}: {mapping.missing[0]}",
                hint="Name the columns as the fields are: email, walletPublicKey, ..., or identifier.",
            )
        mapper = AllowlistMapper(mapping, region=region, environment_kind="live" if live else "sandbox")
        entries: list[Entry] = []
        wrong: list[tuple[int, str]] = []
        for row in source.rows():
            mapped = mapper.map(row)
            if has_errors(mapped.problems):
                first = next(each for each in mapped.problems if each.severity == "error")
                wrong.append((row.number, f"{first.field}: {first.message}" if first.field else first.message))
            else:
                entries.append(mapped.user)
        return make_side(source.info.name, entries, wrong)


def compare(left: ComparisonSide, right: ComparisonSide) -> EntryDiff:
    """What only one has, and what both have."""
    return EntryDiff(
        left,
        right,
        tuple(entry for key, entry in left.entries.items() if key not in right.entries),
        tuple(entry for key, entry in right.entries.items() if key not in left.entries),
        tuple((entry, right.entries[key]) for key, entry in left.entries.items() if key in right.entries),
    )


def find_duplicates(rows: Iterable[tuple[Row, Entry]]) -> dict[str, list[tuple[Row, Entry]]]:
    """Entries that say the same, on one list or on several, by key."""
    found: dict[str, list[tuple[Row, Entry]]] = {}
    for allowlist, entry in rows:
        if key := key_of(entry):
            found.setdefault(key, []).append((allowlist, entry))
    return {key: several for key, several in found.items() if len(several) > 1}


def plan_sync(row: Row, there: ComparisonSide, source: ComparisonSide, *, remove: bool) -> SyncPlan:
    """What makes the list (`there`) as `source` is. remove: also take away what only the list has."""
    if source.invalid and remove:
        line, why = source.invalid[0]
        raise UsageError(
            f"{len(source.invalid):,} lines of {source.name} are no entry (line {line}: {why}), so who they mean "
            "would be removed.",
            hint="Correct them, or sync without removing.",
        )
    diff = compare(source, there)
    return SyncPlan(
        row,
        source,
        diff.only_left,
        diff.only_right if remove else (),
        len(diff.both),
        tuple((old, new) for new, old in diff.other_alias),
        0 if remove else len(diff.only_right),
    )


def sync_action(plan: SyncPlan, *, job: str = "") -> tuple[WriteAction, list[Target]]:
    """The plan as one action and its targets: all that is to be added, then all that is to be removed."""
    what = f"{len(plan.add):,} added, {len(plan.remove):,} removed"
    verb = f"Make {name_of(plan.allowlist)} as {plan.source.name} is ({what}):"
    action = change_entries(plan.allowlist, "allowlist.sync", verb, job=job)
    return action, [*map(entry_target, plan.add), *map(removal_target, plan.remove)]


@dataclass
class _NoRemovalAfterFailure:
    """Set once it comes to the removals while something could not be added, or when somebody asks to stop."""

    asked: Cancel | None
    adds: int
    done: int = 0
    failed: bool = field(default=False)

    def is_set(self) -> bool:
        return (self.asked is not None and self.asked.is_set()) or (self.failed and self.done >= self.adds)


async def sync(
    writes: WriteGate,
    plan: SyncPlan,
    confirmation: Confirmation,
    *,
    job: str = "",
    on_progress: Callable[[int, int], None] | None = None,
    cancel: Cancel | None = None,
) -> WriteResults:
    """Apply the plan through the one door. What could not be added keeps everything from being removed."""
    action, targets = sync_action(plan, job=job)
    stop = _NoRemovalAfterFailure(cancel, len(plan.add))
    inner = action.call

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        try:
            return await inner(client, target, permit)
        except BaseException:
            stop.failed = True
            raise

    def progress(done: int, total: int) -> None:
        stop.done = done
        if on_progress is not None:
            on_progress(done, total)

    return await writes.perform(replace(action, call=call), targets, confirmation, on_progress=progress, cancel=stop)
