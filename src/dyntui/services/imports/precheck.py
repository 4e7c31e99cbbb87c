"""Compare the rows of a job with the server before anything is sent: new, exists, or conflict (matches two users).

The whole list is read when the job has many rows compared with it, else each row is looked up. The matches are stored
with the rows, so that recovery can distinguish a lost response from a user who existed before. Memory use does not
grow with either side. Called by `job_service.precheck_job`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from dyntui.core.json_types import Row
from dyntui.core.text import without_surrogates
from dyntui.importer import describe_key, field_of_key
from dyntui.services.imports.destination import Destination, FoundRow, LookupInconclusive, ServerReader, find_in_list
from dyntui.store import precheck_matches
from dyntui.store.journal import Journal, JournalOutcome, WorkRow, now_ms
from dyntui.store.states import RowState

__all__ = ["PRECHECKED", "PrecheckResult", "run_precheck"]

PRECHECKED = "precheck"
"""The fact that says what came out."""

_SHARE = 0.05
_WINDOW = 200
_CONCURRENT_LOOKUPS = 4
_SAMPLES = 20


@dataclass(slots=True)
class PrecheckResult:
    """Numbers and samples of a pre-check."""

    new: int = 0
    exists: int = 0
    conflict: int = 0
    taken: int = 0
    """New rows with a value that another user has; the server will refuse them."""
    unchanged: int = 0
    """Users that have all values already."""
    changes: Counter[str] = field(default_factory=Counter)
    """For how many users an upsert changes each field."""
    collisions: list[tuple[int, str]] = field(default_factory=list)
    """(row, description of the values and whose they are) for the first taken and conflicting rows."""
    samples: list[tuple[int, str, dict[str, tuple[object, object]]]] = field(default_factory=list)
    """(row, user id, {field: (current, new)})."""

    def facts(self) -> dict[str, object]:
        """Return the result as JSON for the journal."""
        return {
            "at": now_ms(),
            "new": self.new,
            "exists": self.exists,
            "conflict": self.conflict,
            "taken": self.taken,
            "unchanged": self.unchanged,
            "changes": dict(self.changes.most_common()),
            "collisions": self.collisions,
            "samples": self.samples,
        }


async def run_precheck(
    journal: Journal,
    read_server: ServerReader,
    destination: Destination,
    *,
    upsert: bool = False,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> PrecheckResult:
    """Settle the rows that exist (without upsert) or match two users; the others stay pending.

    `on_progress` gets how many objects were compared and how many there are.
    """
    out = PrecheckResult()
    precheck_matches.forget_matches(journal)
    pending = journal.counts.get(RowState.PENDING, 0)
    there = await destination.count(read_server) if pending else 0
    if there is None or pending > there * _SHARE:
        await _list(journal, read_server, destination, there, upsert, out, on_progress)
    else:
        await _look_up(journal, read_server, destination, pending, upsert, out, on_progress)
    _judge(journal, destination.noun, out, upsert=upsert)
    out.new = journal.counts.get(RowState.PENDING, 0) - out.taken - (out.exists if upsert else 0)
    journal.note(**{PRECHECKED: out.facts()})
    return out


async def _list(
    journal: Journal,
    read_server: ServerReader,
    destination: Destination,
    there: int | None,
    upsert: bool,
    out: PrecheckResult,
    on_progress: Callable[[int, int | None], None] | None,
) -> None:
    done = 0
    async for page in destination.list_all(read_server):
        keys = [(key, number) for number, document in enumerate(page) for key in destination.keys_of(document)]
        with journal.transaction():
            for row, number in precheck_matches.rows_with_keys(journal, keys):
                document = page[number]
                _match(journal, destination, row, document, destination.keys_of(document), upsert, out)
        done += len(page)
        if on_progress is not None:
            on_progress(done, there)


async def _look_up(
    journal: Journal,
    read_server: ServerReader,
    destination: Destination,
    pending: int,
    upsert: bool,
    out: PrecheckResult,
    on_progress: Callable[[int, int | None], None] | None,
) -> None:
    turn = asyncio.Semaphore(_CONCURRENT_LOOKUPS)

    async def one(row: WorkRow) -> list[FoundRow]:
        async with turn:
            try:
                return await destination.find(read_server, row, thorough=True)
            except LookupInconclusive:
                return []  # the server decides when the row is sent

    after, done = 0, 0
    while rows := precheck_matches.pending_any(journal, after, _WINDOW):
        after = rows[-1].number
        keyed = [row for row in rows if row.keys]
        searched = [row for row in keyed if destination.can_search(row)]
        answers = await asyncio.gather(*(one(row) for row in searched))
        found = dict(zip((row.number for row in searched), answers, strict=True))
        found |= await find_in_list(destination, read_server, [row for row in keyed if row.number not in found])
        with journal.transaction():
            for row in keyed:
                for each in found.get(row.number, ()):
                    _match(journal, destination, row, each.document, destination.keys_of(each.document), upsert, out)
        done += len(rows)
        if on_progress is not None:
            on_progress(done, pending)


def _match(
    journal: Journal,
    destination: Destination,
    row: WorkRow,
    document: Row,
    keys: set[str],
    upsert: bool,
    out: PrecheckResult,
) -> None:
    user_id = without_surrogates(str(document.get("id", "")))
    shared = [key for key in row.key_list if key in keys]
    added = precheck_matches.note_match(journal, row.number, user_id, shared, primary=row.key_list[0] in keys)
    if not added or not upsert:
        return
    diff = destination.diff(document, row.document)
    out.changes.update(diff.keys())
    out.unchanged += not diff
    if diff and len(out.samples) < _SAMPLES:
        out.samples.append((row.number, user_id, diff))


def _collision(journal: Journal, row: int, noun: str) -> tuple[str, str]:
    """Return the field of a row that collides, and a description of the values and whose they are."""
    matched = precheck_matches.matched_keys(journal, row)
    field_name = next((field_of_key(key) for _, keys in reversed(matched) for key in keys), "")
    parts = [
        f"{' and '.join(describe_key(key) for key in keys)} {'is' if len(keys) == 1 else 'are'} of {noun} {user_id}"
        for user_id, keys in matched
    ]
    return field_name, "; ".join(parts)


def _note_collision(out: PrecheckResult, row: int, description: str) -> None:
    if len(out.collisions) < _SAMPLES:
        out.collisions.append((row, description))


def _judge(journal: Journal, noun: str, out: PrecheckResult, *, upsert: bool) -> None:
    after = 0
    while matches := precheck_matches.matches(journal, after, _WINDOW):
        after = matches[-1].row
        outcomes: list[JournalOutcome] = []
        marks: list[tuple[str, int]] = []
        for match in matches:
            if match.users > 1:
                out.conflict += 1
                name, description = _collision(journal, match.row, noun)
                message = f"The row matches {match.users} on the server: {description}."
                outcomes.append(JournalOutcome(match.row, RowState.REVIEW, "", "conflict", name, message))
                _note_collision(out, match.row, description)
            elif match.primary and not upsert:
                out.exists += 1
                outcomes.append(JournalOutcome(match.row, RowState.EXISTS, match.user_id, "exists_before"))
            elif match.primary or upsert:
                out.exists += 1
                marks.append(("exists", match.row))
            else:
                out.taken += 1
                _note_collision(out, match.row, _collision(journal, match.row, noun)[1])
                marks.append(("taken", match.row))
        with journal.transaction():
            journal.settle(RowState.PENDING, outcomes)
            precheck_matches.mark_checked(journal, marks)
