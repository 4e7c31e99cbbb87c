"""The audit lines of writes: their start, without which nothing is sent, and their outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.redact import without_secret_url
from dyntui.core.text import safe
from dyntui.services.actions.audit import Audit, AuditLine
from dyntui.services.actions.write_types import AuditUnavailable, Target, WriteAction

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["LISTED", "WriteRecords"]

LISTED = 5
"""The number of targets that a message names."""
_RECORDED = 100
"""The maximum of targets in one line."""


class WriteRecords:
    """Records the writes of one connection in the audit log."""

    def __init__(self, profile: Profile, audit: Audit) -> None:
        self._profile = profile
        self._audit = audit
        self.on_gap: Callable[[str], None] = _log_gap
        """Called with a message when the outcome of a write could not be recorded."""

    def record_start(self, action: WriteAction, targets: Sequence[Target], *, before: object = None) -> None:
        """Record that an action starts. Raises AuditUnavailable; the action must not start then."""
        try:
            self._audit.write(replace(self._line(action, targets, "started"), before=before))
        except (OSError, DyntuiError) as problem:
            raise AuditUnavailable(
                f"The audit log cannot be written, so nothing was sent: {_reason(problem)}",
                hint=f"Check {self._audit.file}, its folder and the free disk space.",
            ) from problem

    @contextmanager
    def recorded_error(self, action: WriteAction, target: Target) -> Iterator[None]:
        """Record that the outcome is unknown when an error stops the block."""
        try:
            yield
        except BaseException as error:
            self.record_outcome(action, [target], "unknown", detail=f"stopped by an error: {type(error).__name__}")
            raise

    def record_outcome(
        self,
        action: WriteAction,
        targets: Sequence[Target],
        outcome: str,
        detail: str = "",
        *,
        request_id: str = "",
        before: object = None,
        after: object = None,
    ) -> None:
        """Record the outcome of an action. A failure to do so is reported with `on_gap`, never raised."""
        line = self._line(action, targets, outcome)
        try:
            self._audit.write(replace(line, detail=detail, request_id=request_id, before=before, after=after))
        except (OSError, DyntuiError) as problem:
            names = ", ".join(target.label or target.id for target in targets[:LISTED])
            self.on_gap(
                f"The audit log has a gap: {action.name} of {names} ended as {outcome}, which could not be recorded: "
                f"{_reason(problem)}"
            )

    def _line(self, action: WriteAction, targets: Sequence[Target], outcome: str) -> AuditLine:
        targets = targets[:_RECORDED]
        labels = tuple(without_secret_url(target.label) if target.label != target.id else "" for target in targets)
        return AuditLine(
            action=action.name,
            operation=action.operation,
            targets=tuple(target.id for target in targets),
            outcome=str(outcome),
            profile=self._profile.name,
            environment=self._profile.environment_id,
            base_url=self._profile.base_url,
            job=action.job,
            undoes=action.undoes,
            scope=action.scope,
            labels=labels if any(labels) else (),
        )


def _log_gap(text: str) -> None:
    """The default of `on_gap`, when neither a console nor a command line set it."""
    import logging

    logging.getLogger(__name__).warning("%s", safe(text))


def _reason(problem: OSError | DyntuiError) -> str:
    if isinstance(problem, DyntuiError):
        return problem.message
    return f"{problem.strerror or problem}."
