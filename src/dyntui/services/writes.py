"""The one door for writes: read-only check, confirmation, call, re-read, audit.

An action that does not say what it does is a write. The client refuses a write without a Permit, and permits are
made here only, so nothing writes around this door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from dyntui.core.errors import DyntuiError, NotAuthorised, Usage
from dyntui.services.audit import Audit, AuditLine

if TYPE_CHECKING:
    from dyntui.api.client import Client, Permit
    from dyntui.config.profiles import Profile

__all__ = ["Cancel", "Confirmation", "Effect", "Level", "Outcome", "Requirement", "Results", "Target", "TargetResult"]
__all__ += ["WriteAction", "Writes"]

_LISTED = 5


class Effect(StrEnum):
    """What an action does to the environment."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"


class Level(StrEnum):
    """How much a person must do before an action runs."""

    NONE = "none"
    CONFIRM = "confirm"
    TYPED = "typed"


class Outcome(StrEnum):
    """What became of one target. UNKNOWN: the answer was lost, it may have been applied."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_TRIED = "not_tried"


class Cancel(Protocol):
    """Anything with `is_set()`: an asyncio or a threading Event."""

    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Target:
    """What an action is done to. label: how a person knows it. data: what the call needs beside the id."""

    id: str
    label: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteAction:
    """One thing that can be done to targets.

    name: `user.delete`. verb: `Delete`. noun: `user`, `users` is made of it. operation: its catalog id.
    call: does it to one target. reread: fetches what it changed. warning: what cannot be undone, in a sentence.
    typed_in_live: ask for the environment's name in live although it destroys nothing. phrase: what to type instead of
    the environment's name, in every environment. sensitive: reads something that must not be shown by accident; asked
    for and audited, also in read-only.
    """

    name: str
    verb: str
    noun: str
    operation: str
    call: Callable[[Client, Target, Permit], Awaitable[Any]]
    effect: Effect = Effect.WRITE
    reread: Callable[[Client, Target], Awaitable[Any]] | None = None
    warning: str = ""
    typed_in_live: bool = False
    phrase: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """What has to be confirmed, in words. accepted: the texts that may be typed when level is TYPED."""

    level: Level
    question: str
    lines: tuple[str, ...]
    warning: str
    environment: str
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person did. yes: said yes. typed: what they typed, "" when nothing."""

    yes: bool = False
    typed: str = ""


@dataclass(frozen=True, slots=True)
class TargetResult:
    """What became of one target. value: the answer. reread: the target as it is now, None when gone or not re-read."""

    target: Target
    outcome: Outcome
    value: Any = None
    reread: Any = None
    error: DyntuiError | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """All targets of one action, in order."""

    action: WriteAction
    items: tuple[TargetResult, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(item.outcome is outcome for item in self.items)

    @property
    def left(self) -> tuple[Target, ...]:
        """The targets that are not done: what should stay selected."""
        return tuple(item.target for item in self.items if item.outcome is not Outcome.DONE)

    @property
    def first_error(self) -> DyntuiError | None:
        return next((item.error for item in self.items if item.error is not None), None)


class Writes:
    """The door of one connection."""

    def __init__(self, profile: Profile, client: Client, audit: Audit) -> None:
        self._profile = profile
        self._client = client
        self._audit = audit

    @property
    def read_only(self) -> bool:
        return self._profile.read_only or self._client.read_only

    def refusal(self, action: WriteAction) -> str:
        """Why the action cannot run here at all, "" when it can."""
        if action.effect is not Effect.READ and self.read_only:
            return f"{self._profile.name} is read-only here."
        return ""

    def requirement(self, action: WriteAction, targets: Sequence[Target]) -> Requirement:
        """What has to be confirmed before `perform` does `action` to `targets`."""
        live = self._profile.kind == "live"
        level = Level.CONFIRM
        if action.effect is Effect.READ and not action.sensitive:
            level = Level.NONE
        elif action.phrase or (live and (action.effect is Effect.DESTRUCTIVE or action.typed_in_live)):
            level = Level.TYPED
        count = len(targets)
        what = f"{count:,} {action.noun}s" if count != 1 else f"{action.noun} {targets[0].label or targets[0].id}"
        lines = [f"{target.label or target.id}" for target in targets[:_LISTED]] if count != 1 else []
        if count > _LISTED:
            lines.append(f"… and {count - _LISTED:,} more")
        accepted = (action.phrase,) if action.phrase else (self._profile.name, *((str(count),) if count > 1 else ()))
        return Requirement(
            level,
            f"{action.verb} {what}?",
            tuple(lines),
            action.warning,
            f"{self._profile.kind} environment {self._profile.name}",
            accepted if level is Level.TYPED else (),
        )

    def authorise(self, action: WriteAction, targets: Sequence[Target], confirmation: Confirmation) -> Permit:
        """Check read-only and the confirmation, and give the permit for `action`. For work that runs on its own (jobs);
        everything else uses `perform`. Raises Usage when something is missing; the refusal is in the audit log."""
        from dyntui.api.client import Permit

        if reason := self.refusal(action):
            self._record(action, targets, "refused", detail=reason)
            raise Usage(f"{reason} {action.verb} was not done.", hint="Use a profile that may write.")
        needed = self.requirement(action, targets)
        typed = confirmation.typed.strip()
        if needed.level is Level.TYPED and typed not in needed.accepted:
            raise Usage(
                f"{needed.question} was not confirmed: this is a {needed.environment}.",
                hint=f"Type {' or '.join(needed.accepted)} to confirm.",
            )
        if needed.level is Level.CONFIRM and not (confirmation.yes or typed):
            raise Usage(f"{needed.question} was not confirmed.", hint="Confirm it, or give --yes on the command line.")
        return Permit(action.name)

    async def perform(
        self,
        action: WriteAction,
        targets: Sequence[Target],
        confirmation: Confirmation,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: Cancel | None = None,
    ) -> Results:
        """Do `action` to each target, one after another, and say what became of each.

        One failure does not stop the others, but no answer at all, or a token that is refused, leaves the rest untried.
        on_progress is called with (done so far, all).
        """
        permit = self.authorise(action, targets, confirmation)
        results: list[TargetResult] = []
        stopped = False
        for number, target in enumerate(targets, 1):
            if stopped or (cancel is not None and cancel.is_set()):
                results.append(TargetResult(target, Outcome.NOT_TRIED))
                continue
            result = await self._one(action, target, permit)
            results.append(result)
            stopped = _hopeless(result.error)
            if on_progress is not None:
                on_progress(number, len(targets))
        return Results(action, tuple(results))

    async def _one(self, action: WriteAction, target: Target, permit: Permit) -> TargetResult:
        from dyntui.api.errors import ApiError, ApiProblem

        self._record(action, (target,), "started")
        permit.request_ids.clear()
        value: Any = None
        error: DyntuiError | None = None
        outcome = Outcome.DONE
        try:
            value = await action.call(self._client, target, permit)
        except DyntuiError as problem:
            error = problem
            lost = isinstance(problem, ApiProblem) and problem.maybe_applied
            outcome = Outcome.UNKNOWN if lost else Outcome.FAILED
        except BaseException:
            self._record(action, (target,), Outcome.UNKNOWN, detail="stopped while it was under way")
            raise
        request_id = error.request_id if isinstance(error, ApiError) else next(iter(permit.request_ids), "")
        self._record(action, (target,), outcome, request_id=request_id, detail=str(error or ""))
        reread: Any = None
        if action.reread is not None and not _hopeless(error):
            reread = await self._reread(action, target)
        return TargetResult(target, outcome, value, reread, error)

    async def _reread(self, action: WriteAction, target: Target) -> Any:
        from dyntui.api.errors import ApiProblem

        assert action.reread is not None
        try:
            return await action.reread(self._client, target)
        except ApiProblem:
            return None  # gone, or not to be read now: the list shows which when it is refreshed

    def record_job(self, action: WriteAction, targets: Sequence[Target], outcome: str, detail: str = "") -> None:
        """An audit line for work that runs under `authorise`: when it starts, stops and ends."""
        self._record(action, targets, outcome, detail=detail)

    def _record(
        self, action: WriteAction, targets: Sequence[Target], outcome: str, *, request_id: str = "", detail: str = ""
    ) -> None:
        self._audit.write(
            AuditLine(
                action=action.name,
                operation=action.operation,
                targets=tuple(target.id for target in targets[:100]),
                outcome=str(outcome),
                profile=self._profile.name,
                environment=self._profile.environment_id,
                base_url=self._profile.base_url,
                request_id=request_id,
                detail=detail,
            )
        )


def _hopeless(error: DyntuiError | None) -> bool:
    """Whether the next target would meet the same end."""
    if error is None:
        return False
    from dyntui.api.errors import NotSent, Unauthorized, WriteRefused

    return isinstance(error, (NotAuthorised, Unauthorized, NotSent, WriteRefused))
