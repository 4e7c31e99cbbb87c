"""Performs a confirmed action on its targets, several at a time where the action allows it. The write gate uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import KW_ONLY, dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from dyntui.core.effect import Effect
from dyntui.core.errors import DyntuiError, NotAuthorized, UsageError
from dyntui.services.actions.write_types import (
    AuditUnavailable,
    Cancel,
    RunningWrite,
    Target,
    TargetResult,
    WriteAction,
    WriteOutcome,
)
from dyntui.services.bulk import BulkRun

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_records import WriteRecords

__all__ = ["TargetRunner", "stops_remaining"]


@dataclass
class TargetRunner:
    """One run of a confirmed action on its targets.

    A failure does not stop the other targets. Without a connection, when the token or the profile refuses, or when it
    is canceled, no further target is begun, and those that were begun end with their outcomes.
    """

    records: WriteRecords
    refusal: Callable[[WriteAction], str]
    """`WriteGate.refusal`."""
    client: Client
    running: RunningWrite
    targets: Sequence[Target]
    permit: WritePermit
    _: KW_ONLY
    on_progress: Callable[[int, int], None] | None = None
    """As in `WriteGate.perform`."""
    cancel: Cancel | None = None

    def __post_init__(self) -> None:
        self._action = self.running.action
        self._begun = 0
        """Number of targets that were begun; they are begun in their order."""
        self._has_stopped = False

    def _is_stopped(self) -> bool:
        return self._has_stopped or (self.cancel is not None and self.cancel.is_set())

    async def run(self) -> list[TargetResult]:
        """Perform the action and return the result of each target, in their order."""
        results: list[TargetResult] = []
        for _, phase in groupby(self.targets, key=lambda target: target.phase):
            if self._action.needs_previous_phase and any(item.outcome is not WriteOutcome.DONE for item in results):
                self._has_stopped = True
            results += await self._run_phase(list(phase))
        return results

    async def _run_phase(self, targets: Sequence[Target]) -> list[TargetResult]:
        if len(self.targets) == 1:  # a request that a person waits for, before those of bulk work
            return [await self._perform(targets[0])]
        one_at_a_time = not self._can_overlap(targets)
        run = BulkRun(self.client, self._action.operation, one_at_a_time=one_at_a_time, uses_last_response_time=True)
        async with aclosing(run.in_order(self._until_stopped(targets), self._perform, drain=True)) as found:
            results = [result async for result in found]
        return results + [TargetResult(target, WriteOutcome.NOT_TRIED) for target in targets[len(results) :]]

    def _can_overlap(self, targets: Sequence[Target]) -> bool:
        ids = {target.id for target in targets}
        return self._action.in_parallel and "" not in ids and len(ids) == len(targets)

    def _until_stopped(self, targets: Sequence[Target]) -> Iterator[Target]:
        for target in targets:
            if self._is_stopped():
                return
            yield target

    async def _perform(self, target: Target) -> TargetResult:
        if self._is_stopped():
            return TargetResult(target, WriteOutcome.NOT_TRIED)
        if reason := self.refusal(self._action):  # the profile was edited after the action began
            self._has_stopped = True
            self.records.record_outcome(self._action, self.targets[self._begun :], "refused", detail=reason)
            refused = UsageError(f"{reason} The rest was not sent.")
            return TargetResult(target, WriteOutcome.NOT_TRIED, error=refused)
        self._begun += 1
        try:
            result = await self._write(target)
        except BaseException:
            self._has_stopped = True
            raise
        self._has_stopped = self._has_stopped or stops_remaining(result.error)
        if result.outcome is not WriteOutcome.NOT_TRIED:
            self.running.done += 1
            if self.on_progress is not None:
                self.on_progress(self.running.done, len(self.targets))
        return result

    async def _write(self, target: Target) -> TargetResult:
        from dyntui.api.errors import ApiProblem, WriteStopped

        action, records = self._action, self.records
        before: object = None
        if action.before is not None:
            try:
                before = await action.before(self.client, target)
            except DyntuiError as problem:
                records.record_outcome(action, (target,), WriteOutcome.FAILED, detail=f"not started: {problem}")
                return TargetResult(target, WriteOutcome.FAILED, error=problem)
        permit = self.permit.for_target(self._is_stopped)
        value: object = None
        error: DyntuiError | None = None
        outcome = WriteOutcome.DONE
        try:
            await _record_in_thread(partial(records.record_start, action, (target,), before=before))
            value = await action.call(self.client, target, permit)
        except AuditUnavailable as problem:
            return TargetResult(target, WriteOutcome.FAILED, error=problem)
        except WriteStopped as problem:
            records.record_outcome(action, (target,), WriteOutcome.NOT_TRIED, detail=str(problem), before=before)
            return TargetResult(target, WriteOutcome.NOT_TRIED)
        except DyntuiError as problem:
            error = problem
            # What the server accepted before may still be done.
            lost = (isinstance(problem, ApiProblem) and problem.maybe_applied) or bool(permit.accepted)
            outcome = WriteOutcome.UNKNOWN if lost else WriteOutcome.FAILED
        except BaseException:
            is_unsent = action.effect is not Effect.READ and not permit.has_sent
            outcome = WriteOutcome.NOT_TRIED if is_unsent else WriteOutcome.UNKNOWN
            detail = "stopped before it was sent" if is_unsent else "stopped before the response"
            records.record_outcome(action, (target,), outcome, detail=detail, before=before)
            raise
        else:
            outcome = WriteOutcome.ACCEPTED if permit.accepted else outcome
        request_id = error.request_id if isinstance(error, ApiProblem) else next(iter(permit.request_ids), "")
        detail = "not done yet" if outcome is WriteOutcome.ACCEPTED else str(error or "")
        record = partial(
            records.record_outcome, action, (target,), outcome, detail, request_id=request_id, before=before
        )
        after: object = None
        if action.after is not None and outcome is WriteOutcome.DONE:
            try:
                after = await action.after(self.client, target, value, before)
            except DyntuiError:
                after = None  # it is done; an undo says that the values after it are not known
            except BaseException:
                record()
                raise
        await _record_in_thread(partial(record, after=after))
        reread: object = None
        if action.reread is not None and outcome is not WriteOutcome.ACCEPTED and not stops_remaining(error):
            with suppress(DyntuiError):  # deleted or not readable now: the next refresh of the list shows which
                reread = await action.reread(self.client, target)
        return TargetResult(target, outcome, value, reread, error)


async def _record_in_thread(record: Callable[[], None]) -> None:
    """Write an audit line in a thread, because a slow disk must not block the event loop.

    A cancellation waits until the line is written.
    """
    writing = asyncio.ensure_future(asyncio.to_thread(record))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.gather(writing, return_exceptions=True)
        raise


def stops_remaining(error: DyntuiError | None) -> bool:
    """Return whether the next target would fail for the same reason."""
    if error is None:
        return False
    from dyntui.api.errors import NotSent, Unauthorized, WriteRefused

    return isinstance(error, (AuditUnavailable, NotAuthorized, Unauthorized, NotSent, WriteRefused))
