"""Delete the users or allowlist entries that a job created and nobody has changed since.

Each object is read again right before it is deleted; one that changed is skipped and listed (undo_targets.py defines
what counts as a change). Several are deleted at a time (services/bulk.py). The undo is stored in the job's journal,
before and after each request, so that it can be stopped and resumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.services.access.impact import assess_entries
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.write_types import Confirmation, Impact, Requirement, Target, WriteAction
from dyntui.services.bulk import BulkRun
from dyntui.services.imports.backoff import Backoff
from dyntui.services.imports.job_control import JobControl, JobStopped
from dyntui.services.imports.job_service import refuse_single_call
from dyntui.services.imports.response_outcome import OutcomeKind, outcome_of_error
from dyntui.services.imports.server_reader import make_reader
from dyntui.services.imports.undo_targets import UndoTarget, undo_target_for
from dyntui.store.journal import Journal
from dyntui.store.undo_journal import (
    CreatedRow,
    UndoLine,
    UndoState,
    begin_undo,
    count_created,
    created_as,
    created_rows,
    end_plan,
    undo_counts,
    undo_lines,
    write_undo,
)

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection

__all__ = ["UndoResult", "authorize_undo", "check_undo", "plan_undo", "run_undo", "undo_requirement"]
__all__ += ["assess_undo"]

_WINDOW = 200
_LIST_FROM = 100
_ALREADY_DELETED = "is already deleted"
_LISTED = 1000
_OPEN = (UndoState.SENDING, UndoState.PENDING)


@dataclass(frozen=True, slots=True)
class UndoResult:
    """How far an undo is."""

    counts: Mapping[UndoState, int]
    skipped: tuple[UndoLine, ...] = ()
    """Rows that were not deleted, and why."""
    stop_reason: str = ""
    """Why the undo ended early; "" when it did not."""
    error: Exception | None = None


def _action(journal: Journal, connection: Connection, impact: Impact | None = None) -> WriteAction:
    action = declared_write(
        "allowlists.import-undo" if journal.kind == "allowlist" else "users.import-undo",
        refuse_single_call,
        phrase=connection.profile.confirmation_name,
    )
    if journal.kind != "allowlist":
        return action

    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        removing = undo_counts(journal).get(UndoState.PENDING, 0)
        return await assess_entries(client, str(journal.facts["allowlist"]["id"]), removing=removing)

    phrase = impact.phrase if impact is not None and impact.phrase else action.phrase
    return replace(action, assess_impact=assess, impact=impact, phrase=phrase)


async def assess_undo(journal: Journal, connection: Connection, client: Client) -> Impact | None:
    """Return what the planned undo does to access; None for users. The environment kind is known afterwards."""
    await connection.write_gate.learn_kind(client)
    assess = _action(journal, connection).assess_impact
    return await assess(client, [_target(journal)]) if assess is not None else None


def check_undo(journal: Journal, connection: Connection) -> None:
    """Raise UsageError when the undo cannot run in this environment at all; nothing is read."""
    connection.write_gate.check(_action(journal, connection))


def _target(journal: Journal) -> Target:
    delete = undo_counts(journal).get(UndoState.PENDING, 0)
    return Target(journal.id, f"{journal.id}: delete {delete:,} {undo_target_for(journal).plural}")


def undo_requirement(journal: Journal, connection: Connection, impact: Impact | None = None) -> Requirement:
    """Return what has to be typed, in every environment. impact: from `assess_undo`."""
    return connection.write_gate.requirement(_action(journal, connection, impact), [_target(journal)])


def authorize_undo(
    journal: Journal, connection: Connection, confirmation: Confirmation, impact: Impact | None = None
) -> WritePermit:
    """Return the permit for the planned undo. For entries, `impact` from `assess_undo` is needed."""
    return connection.write_gate.authorize(_action(journal, connection, impact), [_target(journal)], confirmation)


async def plan_undo(
    journal: Journal, client: Client, on_progress: Callable[[int, int], None] | None = None
) -> UndoResult:
    """Read all objects that the job created and that are not deleted yet; decide which to delete and which to skip."""
    kind = undo_target_for(journal)
    read_server = make_reader(client, patient=True)
    total = count_created(journal)
    begin_undo(journal, _ALREADY_DELETED)
    done = 0

    def decide(there: list[tuple[CreatedRow, Row]]) -> None:
        nonlocal done
        write_undo(journal, [_line(kind, row, document) for row, document in there])
        done += len(there)
        if on_progress is not None:
            on_progress(done, total)

    if total < _LIST_FROM:
        rows = created_rows(journal, -1, _LIST_FROM)
        parts = [rows[start : start + kind.read_size] for start in range(0, len(rows), kind.read_size)]

        async def read_part(part: list[CreatedRow]) -> list[tuple[CreatedRow, Row]]:
            documents = await kind.read(read_server, part)
            return [(row, documents[row.user_id]) for row in part if row.user_id in documents]

        async with aclosing(BulkRun(client, kind.action.operation).in_order(parts, read_part)) as found:
            async for existing in found:
                decide(existing)
    else:
        async for page in kind.list_pages(read_server):
            there = {str(document.get("id")): document for document in page}
            decide([(row, there[row.user_id]) for row in created_as(journal, list(there))])
    end_plan(journal)
    return undo_result(journal)


def undo_result(journal: Journal, stop_reason: str = "", error: Exception | None = None) -> UndoResult:
    """Return how far the undo of a job is."""
    skipped = undo_lines(journal, (UndoState.SKIPPED, UndoState.FAILED), -1, _LISTED)
    return UndoResult(undo_counts(journal), tuple(skipped), stop_reason, error)


async def run_undo(
    journal: Journal,
    connection: Connection,
    client: Client,
    permit: WritePermit,
    *,
    control: JobControl | None = None,
    on_progress: Callable[[int, int, Mapping[UndoState, int]], None] | None = None,
) -> UndoResult:
    """Delete the planned objects, each read again right before. Deletions that were under way in an earlier run are
    completed.

    on_progress: called with the number of objects done, their total, and the objects by state.
    """
    control = control or JobControl()
    control.attach()
    action, target = _action(journal, connection), _target(journal)
    connection.write_gate.records.record_start(action, [target])
    stopped: JobStopped | None = None
    with connection.write_gate.records.recorded_error(action, target):
        try:
            await _Deletions(journal, client, permit, control, on_progress).delete_all()
        except JobStopped as halt:
            stopped = halt
    counts = ", ".join(f"{n} {state}" for state, n in undo_counts(journal).items())
    connection.write_gate.records.record_outcome(action, [target], "stopped" if stopped else "done", detail=counts)
    return undo_result(journal, stopped.reason, stopped.error) if stopped else undo_result(journal)


@dataclass
class _Deletions:
    """Deletes the planned objects of one undo, several at a time.

    After a stop request or a failure nothing more is sent, and the deletions in flight end.
    """

    journal: Journal
    client: Client
    permit: WritePermit
    control: JobControl
    on_progress: Callable[[int, int, Mapping[UndoState, int]], None] | None

    def __post_init__(self) -> None:
        self._kind = undo_target_for(self.journal)
        self._read_server = make_reader(self.client, patient=True)
        self._counts = Counter(undo_counts(self.journal))
        self._total = sum(self._counts.get(state, 0) for state in _OPEN)
        self._done = 0
        self._failure: Exception | None = None
        """The first failure; the other deletions stop with it."""

    async def delete_all(self) -> None:
        """Delete the objects. Raises JobStopped, or the failure that ended it."""
        if self._kind.read_size == 1:
            await self._delete_lines(chain.from_iterable(self._parts()), None)
            return
        for part in self._parts():
            self._check()
            rows = created_as(self.journal, [line.user_id for line in part])
            await self._delete_lines(part, await self._kind.read(self._read_server, rows))

    def _parts(self) -> Iterator[list[UndoLine]]:
        after = -1
        while lines := undo_lines(self.journal, _OPEN, after, max(_WINDOW, self._kind.read_size)):
            after = lines[-1].row
            yield lines

    async def _delete_lines(self, lines: Iterable[UndoLine], documents: Mapping[str, Row] | None) -> None:
        """Delete the objects of these rows. documents: their current state by id; None to read each one first."""

        async def delete(line: UndoLine) -> None:
            try:
                self._check()
                (row,) = created_as(self.journal, [line.user_id])
                found = documents
                if found is None:
                    found = await self._kind.read(self._read_server, [row])
                    self._check()
                state = await self._delete(row, found.get(line.user_id), was_sent=line.state is UndoState.SENDING)
            except Exception as error:
                self._failure = self._failure or error
                raise
            self._count(line.state, state)

        run = BulkRun(self.client, self._kind.action.operation, uses_last_response_time=True)
        async with aclosing(run.in_order(lines, delete, drain=True)) as deletions:
            async for _ in deletions:
                pass

    def _must_stop(self) -> bool:
        return self._failure is not None or self.control.stop_requested

    def _check(self) -> None:
        """Raise what stops the undo, if anything."""
        self.control.check()
        if self._failure is not None:
            raise self._failure

    def _count(self, old_state: UndoState, new_state: UndoState) -> None:
        self._done += 1
        self._counts[old_state] -= 1
        self._counts[new_state] += 1
        if self.on_progress is not None:
            self.on_progress(self._done, self._total, dict(self._counts))

    async def _delete(self, row: CreatedRow, document: Row | None, *, was_sent: bool) -> UndoState:
        """Delete one object, whose current state is `document`, and return its state of the undo.

        was_sent: whether its deletion may have been sent before. After a lost response the object is read again:
        deleting by id cannot hit another object.
        """
        from dyntui.api.errors import ApiProblem, WriteStopped

        kind, journal = self._kind, self.journal
        backoff = Backoff()
        while True:
            if document is None:
                state, reason = (UndoState.DELETED, "") if was_sent else (UndoState.SKIPPED, _ALREADY_DELETED)
                write_undo(journal, [UndoLine(row.row, row.user_id, state, reason)])
                return state
            line = _line(kind, row, document)
            if line.state is UndoState.SKIPPED:
                write_undo(journal, [line])
                return line.state
            permit = self.permit.for_target(self._must_stop)
            write_undo(journal, [line._replace(state=UndoState.SENDING)])
            try:
                await self.client.call(kind.action.operation, path={kind.parameter: row.user_id}, permit=permit)
            except WriteStopped:
                if not was_sent:
                    write_undo(journal, [line])
                self._check()
                raise
            except ApiProblem as problem:
                was_sent = True
                response = outcome_of_error(problem)
                if response.kind is OutcomeKind.NOT_ALLOWED:
                    write_undo(journal, [line])
                    raise JobStopped(response.message, error=problem) from problem
                if response.kind in (OutcomeKind.REFUSED, OutcomeKind.TOO_LARGE) and response.status != 404:
                    write_undo(journal, [line._replace(state=UndoState.FAILED, reason=response.message)])
                    return UndoState.FAILED
                delay = backoff.next_delay()
                if delay is None:
                    raise JobStopped(f"the server does not respond: {response.message}", error=problem) from problem
                delay = max(delay, getattr(problem, "retry_after", None) or 0.0)
                with self.client.log.waits.known("a server that fails", delay):
                    await self.control.wait(delay)
                self._check()
                document = (await kind.read(self._read_server, [row])).get(row.user_id)
                continue
            if permit.accepted:
                reason = "the server accepted the deletion and had not done it when it responded"
                write_undo(journal, [line._replace(state=UndoState.FAILED, reason=reason)])
                return UndoState.FAILED
            write_undo(journal, [line._replace(state=UndoState.DELETED)])
            return UndoState.DELETED


def _line(kind: UndoTarget, row: CreatedRow, document: Row) -> UndoLine:
    reason = kind.changed_reason(document, row)
    return UndoLine(row.row, row.user_id, UndoState.SKIPPED if reason else UndoState.PENDING, reason)
