"""Delete the users or allowlist entries that a job created and nobody has changed since.

Each object is read again right before it is deleted; one that changed is skipped and listed (undo_targets.py defines
what counts as a change). The undo is stored in the job's journal, so that it can be stopped and resumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.services.access.impact import assess_entries
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.write_types import Confirmation, Impact, Requirement, Target, WriteAction
from dyntui.services.imports.backoff import Backoff
from dyntui.services.imports.destination import ServerReader
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
        every = created_rows(journal, -1, _LIST_FROM)
        for start in range(0, len(every), kind.read_size):
            rows = every[start : start + kind.read_size]
            now = await kind.read(read_server, rows)
            decide([(row, now[row.user_id]) for row in rows if row.user_id in now])
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
    connection.write_gate.record_start(action, [target])
    stopped: JobStopped | None = None
    try:
        await _delete_all(journal, client, permit, control, on_progress)
    except JobStopped as halt:
        stopped = halt
    except BaseException as error:
        connection.write_gate.record_outcome(
            action, [target], "unknown", detail=f"stopped by an error: {type(error).__name__}"
        )
        raise
    counts = ", ".join(f"{n} {state}" for state, n in undo_counts(journal).items())
    connection.write_gate.record_outcome(action, [target], "stopped" if stopped else "done", detail=counts)
    return undo_result(journal, stopped.reason, stopped.error) if stopped else undo_result(journal)


async def _delete_all(
    journal: Journal,
    client: Client,
    permit: WritePermit,
    control: JobControl,
    on_progress: Callable[[int, int, Mapping[UndoState, int]], None] | None,
) -> None:
    kind, read_server = undo_target_for(journal), make_reader(client, patient=True)
    open_states = (UndoState.SENDING, UndoState.PENDING)
    counts = Counter(undo_counts(journal))
    total, done = sum(counts.get(state, 0) for state in open_states), 0
    after = -1
    while lines := undo_lines(journal, open_states, after, _WINDOW):
        after = lines[-1].row
        for start in range(0, len(lines), kind.read_size):
            control.check()
            part = lines[start : start + kind.read_size]
            rows = {row.user_id: row for row in created_as(journal, [line.user_id for line in part])}
            now = await kind.read(read_server, list(rows.values()))
            for line in part:
                control.check()
                was_sent = line.state is UndoState.SENDING
                row, document = rows[line.user_id], now.get(line.user_id)
                state = await _delete(
                    journal, client, permit, control, kind, read_server, row, document, was_sent=was_sent
                )
                done += 1
                counts[line.state] -= 1
                counts[state] += 1
                if on_progress is not None:
                    on_progress(done, total, dict(counts))


async def _delete(
    journal: Journal,
    client: Client,
    permit: WritePermit,
    control: JobControl,
    kind: UndoTarget,
    read_server: ServerReader,
    row: CreatedRow,
    document: Row | None,
    *,
    was_sent: bool,
) -> UndoState:
    """Delete one object, whose current state is `document`, and return its state of the undo.

    After a lost response it is read again: deleting by id cannot hit another object.
    """
    from dyntui.api.errors import ApiProblem

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
        write_undo(journal, [line._replace(state=UndoState.SENDING)])
        was_sent = True
        try:
            await client.call(kind.operation, path={kind.parameter: row.user_id}, permit=permit)
        except ApiProblem as problem:
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
            with client.log.waits.known("a server that fails", delay):
                await control.wait(delay)
            document = (await kind.read(read_server, [row])).get(row.user_id)
            continue
        write_undo(journal, [line._replace(state=UndoState.DELETED)])
        return UndoState.DELETED


def _line(kind: UndoTarget, row: CreatedRow, document: Row) -> UndoLine:
    reason = kind.changed_reason(document, row)
    return UndoLine(row.row, row.user_id, UndoState.SKIPPED if reason else UndoState.PENDING, reason)
