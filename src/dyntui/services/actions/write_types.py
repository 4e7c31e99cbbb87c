"""What the write gate works with: actions, targets, impact, requirements, confirmations and results."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from dyntui.core.effect import Effect
from dyntui.core.errors import DyntuiError

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.access.access_policy import AccessPolicy

__all__ = [
    "AuditUnavailable",
    "Cancel",
    "Confirmation",
    "ConfirmationLevel",
    "Impact",
    "Requirement",
    "Target",
    "TargetResult",
    "WriteAction",
    "WriteOutcome",
    "WriteResults",
]


class ConfirmationLevel(StrEnum):
    """How much a person must do before an action runs."""

    NONE = "none"
    CONFIRM = "confirm"
    TYPED = "typed"


class WriteOutcome(StrEnum):
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
class Impact:
    """What an action does as things stand now. effects: sentences that a person has to read.

    effect: at least this. phrase: what has to be typed, in every environment. facts: what the effects rest on; when
    they are others by the time it is done, it has to be read again. between: lists and gates before and after, when it
    decides who comes in: whom it concerns can be counted.
    """

    effects: tuple[str, ...] = ()
    effect: Effect = Effect.WRITE
    phrase: str = ""
    facts: tuple[str, ...] = ()
    policy_change: tuple[AccessPolicy, AccessPolicy] | None = None

    @property
    def code(self) -> str:
        """Six signs that stand for the facts; whoever has them was shown the effects."""
        import hashlib

        return hashlib.sha256("\n".join((self.phrase, *self.facts)).encode()).hexdigest()[:6] if self.phrase else ""


@dataclass(frozen=True, slots=True)
class WriteAction:
    """One thing that can be done to targets.

    name: `user.delete`. verb: `Delete`. noun: `user`, `users` is made of it. operation: its catalog id.
    call: does it to one target. reread: fetches what it changed. warning: what cannot be undone, in a sentence.
    typed_in_live: ask for the environment's name in live although it destroys nothing. phrase: what to type instead of
    the environment's name, in every environment. sensitive: reads something that must not be shown by accident; asked
    for and audited, also in read-only. weigh: finds out what it does as things stand. weight: what that came to.
    before, after: what the audit keeps of a target as it was, and as it is by the answer. job: the id that what was
    done together shares in the audit. plural: of the noun, when it is not made with an s.
    """

    name: str
    verb: str
    noun: str
    operation: str
    call: Callable[[Client, Target, WritePermit], Awaitable[Any]]
    effect: Effect = Effect.WRITE
    reread: Callable[[Client, Target], Awaitable[Any]] | None = None
    warning: str = ""
    typed_in_live: bool = False
    phrase: str = ""
    sensitive: bool = False
    assess_impact: Callable[[Client, Sequence[Target]], Awaitable[Impact]] | None = None
    impact: Impact | None = None
    before: Callable[[Client, Target], Awaitable[Any]] | None = None
    after: Callable[[Target, Any], Any] | None = None
    job: str = ""
    plural: str = ""
    extra_operations: tuple[str, ...] = ()
    """Further operations that `call` may write with, beside `operation`; no other one is let through."""
    environment_id: str = ""
    """The environment that the request names; "" for that of the connection. Another one is refused."""
    scope: str = ""
    """What the target is in besides the environment, for the audit: `organizationId=…`."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What has to be confirmed, in words. accepted: the texts that may be typed when level is TYPED.

    effects: what it does as things stand, to be read. code: stands for them; goes into the Confirmation when they were
    shown. between: as in Weight. destructive: whether it destroys something; enter then declines in the console.
    """

    level: ConfirmationLevel
    question: str
    target_lines: tuple[str, ...]
    warning: str
    environment: str
    accepted: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    code: str = ""
    policy_change: tuple[AccessPolicy, AccessPolicy] | None = None
    destructive: bool = True


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person did. yes: said yes. typed: what they typed, "" when nothing. read: the code of what they read."""

    yes: bool = False
    typed: str = ""
    read: str = ""


@dataclass(frozen=True, slots=True)
class TargetResult:
    """What became of one target. value: the answer. reread: the target as it is now, None when gone or not re-read."""

    target: Target
    outcome: WriteOutcome
    value: Any = None
    reread: Any = None
    error: DyntuiError | None = None


class AuditUnavailable(DyntuiError):
    """The audit log cannot be written, so nothing was sent."""


@dataclass(frozen=True, slots=True)
class WriteResults:
    """All targets of one action, in order."""

    action: WriteAction
    items: tuple[TargetResult, ...]

    def count(self, outcome: WriteOutcome) -> int:
        return sum(item.outcome is outcome for item in self.items)

    @property
    def remaining(self) -> tuple[Target, ...]:
        """The targets that are not done: what should stay selected."""
        return tuple(item.target for item in self.items if item.outcome is not WriteOutcome.DONE)

    @property
    def first_error(self) -> DyntuiError | None:
        return next((item.error for item in self.items if item.error is not None), None)
