"""Compare the rows of a job with the server before anything is sent: new, exists, or conflict (matches two users).

The whole list is read when the job has many rows compared with it, else each row is looked up. The matches are stored
with the rows, so that recovery can distinguish a lost response from a user who existed before. Memory use does not
grow with either side. Called by `job_service.precheck_job`.
"""

from __future__ import annotations

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

    `on_progress` gets how many objects were compared and how many there are. The whole list is read too when the server
    ignores or refuses the filter of a look-up.
    """
    from dyntui.api.errors import FilterUnsupported

    precheck_matches.forget_matches(journal)
    pending = journal.counts.get(RowState.PENDING, 0)
    there = await destination.count(read_server) if pending else 0
    precheck = _Precheck(journal, read_server, destination, upsert, on_progress)
    try:
        if there is None or pending > there * _SHARE:
            await precheck.read_list(there)
        else:
            await precheck.look_up_rows(pending)
    except FilterUnsupported:  # nothing can be looked up, and what was found so far may be incomplete
        precheck_matches.forget_matches(journal)
        precheck = _Precheck(journal, read_server, destination, upsert, on_progress)
        await precheck.read_list(there)
    precheck.settle_matches()
    result = precheck.result
    result.new = journal.counts.get(RowState.PENDING, 0) - result.taken - (result.exists if upsert else 0)
    journal.note(**{PRECHECKED: result.facts()})
    return result


@dataclass(slots=True)
class _Precheck:
    """One pre-check; the fields are the arguments of `run_precheck`."""

    journal: Journal
    read_server: ServerReader
    destination: Destination
    upsert: bool
    on_progress: Callable[[int, int | None], None] | None
    result: PrecheckResult = field(default_factory=PrecheckResult)

    async def read_list(self, there: int | None) -> None:
        """Read the whole list. there: how many objects the server has; None when it does not say."""
        done = 0
        async for page in self.destination.list_all(self.read_server):
            keys = [(key, number) for number, row in enumerate(page) for key in self.destination.keys_of(row)]
            with self.journal.transaction():
                for row, number in precheck_matches.rows_with_keys(self.journal, keys):
                    self._note_match(row, page[number])
            done += len(page)
            if self.on_progress is not None:
                self.on_progress(done, there)

    async def look_up_rows(self, pending: int) -> None:
        """Look up each row. pending: their number."""
        run = self.read_server.open_run(self.destination.list_operation)

        async def look_up(row: WorkRow) -> tuple[int, list[FoundRow]]:
            try:
                return row.number, await self.destination.find(self.read_server, row, thorough=True)
            except LookupInconclusive:
                return row.number, []  # the server decides when the row is sent

        after, done = 0, 0
        while rows := precheck_matches.pending_any(self.journal, after, _WINDOW):
            after = rows[-1].number
            keyed = [row for row in rows if row.keys]
            searched = [row for row in keyed if self.destination.can_search(row)]
            found = {number: matches async for number, matches in run.in_order(searched, look_up)}
            others = [row for row in keyed if row.number not in found]
            found |= await find_in_list(self.destination, self.read_server, others)
            with self.journal.transaction():
                for row in keyed:
                    for each in found.get(row.number, ()):
                        self._note_match(row, each.document)
            done += len(rows)
            if self.on_progress is not None:
                self.on_progress(done, pending)

    def _note_match(self, row: WorkRow, document: Row) -> None:
        keys = self.destination.keys_of(document)
        user_id = without_surrogates(str(document.get("id", "")))
        shared = [key for key in row.key_list if key in keys]
        primary = row.key_list[0] in keys
        added = precheck_matches.note_match(self.journal, row.number, user_id, shared, primary=primary)
        if not added or not self.upsert:
            return
        diff = self.destination.diff(document, row.document)
        self.result.changes.update(diff.keys())
        self.result.unchanged += not diff
        if diff and len(self.result.samples) < _SAMPLES:
            self.result.samples.append((row.number, user_id, diff))

    def settle_matches(self) -> None:
        """Settle the rows that match, and count them."""
        result, after = self.result, 0
        while matches := precheck_matches.matches(self.journal, after, _WINDOW):
            after = matches[-1].row
            outcomes: list[JournalOutcome] = []
            marks: list[tuple[str, int]] = []
            for match in matches:
                if match.users > 1:
                    result.conflict += 1
                    name, description = self._note_collision(match.row)
                    message = f"The row matches {match.users} on the server: {description}."
                    outcomes.append(JournalOutcome(match.row, RowState.REVIEW, "", "conflict", name, message))
                elif match.primary and not self.upsert:
                    result.exists += 1
                    outcomes.append(JournalOutcome(match.row, RowState.EXISTS, match.user_id, "exists_before"))
                elif match.primary or self.upsert:
                    result.exists += 1
                    marks.append(("exists", match.row))
                else:
                    result.taken += 1
                    self._note_collision(match.row)
                    marks.append(("taken", match.row))
            with self.journal.transaction():
                self.journal.settle(RowState.PENDING, outcomes)
                precheck_matches.mark_checked(self.journal, marks)

    def _note_collision(self, row: int) -> tuple[str, str]:
        """Return the field of a row that collides, and a description of the values and whose they are."""
        matched = precheck_matches.matched_keys(self.journal, row)
        field_name = next((field_of_key(key) for _, keys in reversed(matched) for key in keys), "")
        noun = self.destination.noun
        description = "; ".join(
            f"{' and '.join(describe_key(key) for key in keys)} {'is' if len(keys) == 1 else 'are'} of {noun} {user_id}"
            for user_id, keys in matched
        )
        if len(self.result.collisions) < _SAMPLES:
            self.result.collisions.append((row, description))
        return field_name, description
