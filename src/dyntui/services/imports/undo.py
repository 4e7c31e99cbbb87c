"""Undo: delete the users that a job created and nobody has touched since.

Each is read again right before it is deleted; whoever changed since (updatedAt, new wallets, sessions) is skipped and
listed. It runs through the job's own journal, so that it can be stopped and gone on with. Deleting a user leaves
wallet records behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dyntui.core.time import parse_time
from dyntui.services.imports.control import Control, Halt
from dyntui.services.imports.destination import Ask
from dyntui.services.imports.pacing import Patience
from dyntui.services.imports.session import as_job
from dyntui.services.imports.users import keys_of_user, stamp_of
from dyntui.services.imports.verdict import Says, verdict_of
from dyntui.services.imports.wire import asking, objects, paged
from dyntui.services.writes import Confirmation, Effect, Requirement, Target, WriteAction
from dyntui.store.journal import KEY_SEPARATOR, Journal
from dyntui.store.undoing import (
    CreatedRow,
    UndoLine,
    UndoState,
    begin_undo,
    count_created,
    created_as,
    created_rows,
    undo_counts,
    undo_lines,
    write_undo,
)

if TYPE_CHECKING:
    from dyntui.api.client import Client, Permit
    from dyntui.services.connect import Connection

__all__ = ["Undone", "plan_undo", "run_undo", "undo_authorise", "undo_requirement"]

WARNING = "A user cannot be brought back. Deleting a user leaves its wallet records behind."

_WINDOW = 200
_LIST_FROM = 100
_SLACK_S = 5.0
_GONE = "is gone already"
_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Undone:
    """How far an undo is. skipped: rows left alone, and why. stopped: why it ended early, "" when it did not."""

    counts: Mapping[UndoState, int]
    skipped: tuple[UndoLine, ...] = ()
    stopped: str = ""
    error: Exception | None = None


def _action(connection: Connection) -> WriteAction:
    return WriteAction(
        name="user.import-undo",
        verb="Undo",
        noun="import",
        operation="deleteUser",
        call=as_job,
        effect=Effect.DESTRUCTIVE,
        warning=WARNING,
        phrase=connection.profile.name,
    )


def _target(journal: Journal) -> Target:
    delete = undo_counts(journal).get(UndoState.PENDING, 0)
    return Target(journal.id, f"{journal.id}: delete {delete:,} users")


def undo_requirement(journal: Journal, connection: Connection) -> Requirement:
    """What has to be typed, in every environment."""
    return connection.writes.requirement(_action(connection), [_target(journal)])


def undo_authorise(journal: Journal, connection: Connection, confirmation: Confirmation) -> Permit:
    """The permit for the undo that was planned."""
    return connection.writes.authorise(_action(connection), [_target(journal)], confirmation)


async def plan_undo(journal: Journal, client: Client, on_progress: Callable[[int, int], None] | None = None) -> Undone:
    """Read every user that the job created and that is not deleted yet; decide who is deleted and who is skipped."""
    ask = asking(client, patient=True)
    total = count_created(journal)
    begin_undo(journal, _GONE)
    done = 0

    def decide(users: list[tuple[CreatedRow, Mapping[str, Any]]]) -> None:
        nonlocal done
        write_undo(journal, [_line(row, user) for row, user in users])
        done += len(users)
        if on_progress is not None:
            on_progress(done, total)

    if total < _LIST_FROM:
        for row in created_rows(journal, -1, _LIST_FROM):
            if (user := await _user(ask, row.user_id)) is not None:
                decide([(row, user)])
        return undone(journal)
    query = {"includeSessions": True}
    async for page in paged(ask, "getEnvironmentUsers", "users", order="createdAt-asc", query=query):
        users = {str(user.get("id")): user for user in page}
        decide([(row, users[row.user_id]) for row in created_as(journal, list(users))])
    return undone(journal)


def undone(journal: Journal, stopped: str = "", error: Exception | None = None) -> Undone:
    """How far the undo of a job is."""
    skipped = undo_lines(journal, (UndoState.SKIPPED, UndoState.FAILED), -1, _LISTED)
    return Undone(undo_counts(journal), tuple(skipped), stopped, error)


async def run_undo(
    journal: Journal,
    connection: Connection,
    client: Client,
    permit: Permit,
    *,
    control: Control | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Undone:
    """Delete what the plan says, each read again right before. What was being deleted when the process ended is too."""
    control = control or Control()
    control.attach()
    action, target = _action(connection), _target(journal)
    connection.writes.record_job(action, [target], "started")
    stopped: Halt | None = None
    try:
        await _delete_all(journal, client, permit, control, on_progress)
    except Halt as halt:
        stopped = halt
    except BaseException as error:
        connection.writes.record_job(action, [target], "unknown", detail=f"broke off: {type(error).__name__}")
        raise
    counts = ", ".join(f"{n} {state}" for state, n in undo_counts(journal).items())
    connection.writes.record_job(action, [target], "stopped" if stopped else "done", detail=counts)
    return undone(journal, stopped.reason, stopped.error) if stopped else undone(journal)


async def _delete_all(
    journal: Journal,
    client: Client,
    permit: Permit,
    control: Control,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    ask = asking(client, patient=True)
    open_states = (UndoState.SENDING, UndoState.PENDING)
    counts = undo_counts(journal)
    total, done = sum(counts.get(state, 0) for state in open_states), 0
    after = -1
    while lines := undo_lines(journal, open_states, after, _WINDOW):
        after = lines[-1].row
        for line in lines:
            control.check()
            (row,) = created_as(journal, [line.user_id])
            await _delete(journal, client, permit, control, ask, row, was_sent=line.state is UndoState.SENDING)
            done += 1
            if on_progress is not None:
                on_progress(done, total)


async def _delete(
    journal: Journal, client: Client, permit: Permit, control: Control, ask: Ask, row: CreatedRow, *, was_sent: bool
) -> None:
    """Delete one user. A lost answer is met by reading again: a DELETE of one id cannot hit anybody else."""
    from dyntui.api.errors import ApiProblem

    patience = Patience()
    while True:
        user = await _user(ask, row.user_id)
        if user is None:
            state, reason = (UndoState.DELETED, "") if was_sent else (UndoState.SKIPPED, _GONE)
            write_undo(journal, [UndoLine(row.row, row.user_id, state, reason)])
            return
        line = _line(row, user)
        if line.state is UndoState.SKIPPED:
            write_undo(journal, [line])
            return
        write_undo(journal, [line._replace(state=UndoState.SENDING)])
        was_sent = True
        try:
            await client.call("deleteUser", path={"userId": row.user_id}, permit=permit)
        except ApiProblem as problem:
            verdict = verdict_of(problem)
            if verdict.says is Says.NOT_ALLOWED:
                write_undo(journal, [line])
                raise Halt(verdict.message, error=problem) from problem
            if verdict.says in (Says.REFUSED, Says.TOO_LARGE) and verdict.status != 404:
                write_undo(journal, [line._replace(state=UndoState.FAILED, reason=verdict.message)])
                return
            delay = patience.delay()
            if delay is None:
                raise Halt(f"the server does not answer: {verdict.message}", error=problem) from problem
            await control.wait(max(delay, getattr(problem, "retry_after", None) or 0.0))
            continue
        write_undo(journal, [line._replace(state=UndoState.DELETED)])
        return


def _line(row: CreatedRow, user: Mapping[str, Any]) -> UndoLine:
    reason = changed_since(user, row)
    return UndoLine(row.row, row.user_id, UndoState.SKIPPED if reason else UndoState.PENDING, reason)


def changed_since(user: Mapping[str, Any], row: CreatedRow) -> str:
    """Why a user is not what the import made any more, "" when it still is."""
    if sessions := len(objects(user.get("sessions"))):
        return f"has signed in ({sessions} sessions)"
    wallets = {key for key in keys_of_user(user) if key.startswith("wallet:")}
    if new := wallets - set(row.keys.split(KEY_SEPARATOR)):
        return f"has new wallets ({len(new)})"
    stamp = stamp_of(user)
    if row.stamp:
        return f"was changed at {stamp}" if stamp != row.stamp else ""
    created, updated = parse_time(user.get("createdAt")), parse_time(stamp)
    if created and updated and (updated - created).total_seconds() > _SLACK_S:
        return f"was changed at {stamp}"
    return ""


async def _user(ask: Ask, user_id: str) -> Mapping[str, Any] | None:
    from dyntui.api.errors import NotFound

    try:
        answer = await ask("getUser", path={"userId": user_id})
    except NotFound:
        return None
    user = answer.get("user", answer) if isinstance(answer, Mapping) else None
    return user if isinstance(user, Mapping) else None
