"""What the write gate works with: actions, targets, impact, requirements, confirmations and results."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from dyntui.core.effect import Effect
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.access.access_policy import AccessPolicy

__all__ = [
    "ACCEPTED_NOT_DONE",
    "AuditUnavailable",
    "Cancel",
    "Confirmation",
    "ConfirmationLevel",
    "Impact",
    "NotConfirmed",
    "Requirement",
    "RunningWrite",
    "Target",
    "TargetResult",
    "WriteAction",
    "WriteOutcome",
    "WriteResults",
    "one_time_value",
]


class ConfirmationLevel(StrEnum):
    """How an action has to be confirmed."""

    NONE = "none"
    CONFIRM = "confirm"
    """A question that is answered with yes."""
    TYPED = "typed"
    """A text that has to be typed, such as the name of the environment."""


ACCEPTED_NOT_DONE = "Accepted, not done yet: the server does it later, perhaps after an approval in the dashboard."
"""What to say of a write that the server accepted."""


class WriteOutcome(StrEnum):
    """The outcome of one target."""

    DONE = "done"
    ACCEPTED = "accepted"
    """The server accepted the write (202) and does it later, perhaps after an approval. Nothing tells when."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The response was lost, and the write may have been applied."""
    NOT_TRIED = "not_tried"

    @property
    def is_received(self) -> bool:
        """Whether the server has taken the write: it is done, or accepted. It must not be sent again."""
        return self in (WriteOutcome.DONE, WriteOutcome.ACCEPTED)


class Cancel(Protocol):
    """Anything with `is_set()`: an asyncio or a threading Event."""

    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Target:
    """The object that an action is done to."""

    id: str
    label: str = ""
    """The name for people; "" for none."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the call needs besides the id."""
    size: int = 1
    """Number of objects that are written for it; more than one for a job."""
    phase: int = 0
    """Targets of a phase are begun when those of all phases before are done. The targets are sorted by it."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What an action does to access in the current state of the environment."""

    effects: tuple[str, ...] = ()
    """Sentences that have to be read before the action is confirmed."""
    effect: Effect = Effect.WRITE
    """At least this effect."""
    phrase: str = ""
    """Text that has to be typed, in every environment; "" for none."""
    facts: tuple[str, ...] = ()
    """What the effects depend on. When they change before the action is done, the effects have to be read again."""
    policy_change: tuple[AccessPolicy, AccessPolicy] | None = None
    """Lists and gates before and after, when the action decides who may sign in."""

    @property
    def code(self) -> str:
        """Six characters that identify the facts. They are shown together with the effects."""
        import hashlib

        return hashlib.sha256("\n".join((self.phrase, *self.facts)).encode()).hexdigest()[:6] if self.phrase else ""


@dataclass(frozen=True, slots=True)
class WriteAction:
    """An action that the write gate can perform."""

    name: str
    """For the audit log: `user.delete`."""
    verb: str
    """Start of the confirmation question: `Delete`, `Revoke all sessions of`."""
    noun: str
    """The noun for a target: `user`."""
    operation: str
    """Catalog id."""
    call: Callable[[Client, Target, WritePermit], Awaitable[Any]]
    """Performs the action on one target."""
    effect: Effect = Effect.WRITE
    """What it does to the environment."""
    reread: Callable[[Client, Target], Awaitable[Any]] | None = None
    """Reads the target again after the call."""
    warning: str = ""
    """What cannot be undone, in a sentence."""
    typed_in_live: bool = False
    """Whether a live environment requires typing its name although nothing is destroyed."""
    phrase: str = ""
    """Text to type in place of the name of the environment, in every environment."""
    sensitive: bool = False
    """Whether it reads a secret. It is confirmed and audited, also when the profile is read-only."""
    assess_impact: Callable[[Client, Sequence[Target]], Awaitable[Impact]] | None = None
    """Finds out what it does to access in the current state."""
    impact: Impact | None = None
    """The result of `assess_impact`."""
    before: Callable[[Client, Target], Awaitable[Any]] | None = None
    """Reads what the audit log saves of a target before the call."""
    after: Callable[[Client, Target, Any, Any], Awaitable[Any]] | None = None
    """Makes what the audit log saves of a target after the call, from the response and what was saved before it."""
    job: str = ""
    """Id of the change in the audit log, shared by all of its lines; "" for a new one."""
    undoes: str = ""
    """Id of the change that it undoes; "" for none."""
    plural: str = ""
    """Plural of `noun`; "" adds an s."""
    extra_operations: tuple[str, ...] = ()
    """Further operations that `call` may write with. All others are refused."""
    environment_id: str = ""
    """The environment that the request names; "" for that of the connection. All others are refused."""
    scope: str = ""
    """What the target belongs to besides the environment, for the audit log: `organizationId=…`."""
    complement: str = ""
    """What follows the targets in the question and the result: `to Beta testers`."""
    past: str = ""
    """Past participle for the result, such as `sent`; "" derives it from `verb`, which is a regular verb then."""
    result_subject: str = ""
    """What of the target is changed, for the result: `Sessions of`; "" when it is the target itself."""
    reveals: tuple[str, str] = ("", "")
    """Field of the response that is shown one time and not saved, and its name."""
    in_parallel: bool = False
    """Whether it is done to several targets at a time. Only if each target is an object of its own and their order does
    not matter."""
    needs_previous_phase: bool = False
    """Whether a phase is only tried when every target of the phases before is done."""

    @property
    def plural_noun(self) -> str:
        return self.plural or f"{self.noun}s"

    def describe(self, target: Target) -> str:
        """Return noun and name of a target: `user ada@example.com`. The name of a new object is in quotes."""
        if not target.id and target.label:
            return f"{self.noun} “{target.label}”"
        return f"{self.noun} {target.label or target.id}".rstrip()


@dataclass(frozen=True, slots=True)
class Requirement:
    """What has to be confirmed before an action."""

    level: ConfirmationLevel
    question: str
    target_lines: tuple[str, ...]
    """Labels of the first targets."""
    warning: str
    environment: str
    """Kind and name, for the question."""
    accepted: tuple[str, ...] = ()
    """Texts that may be typed when the level is TYPED."""
    effects: tuple[str, ...] = ()
    """Impact sentences that have to be read."""
    code: str = ""
    """Identifies the effects. `Confirmation.read` has to be equal to it."""
    policy_change: tuple[AccessPolicy, AccessPolicy] | None = None
    """As in `Impact`."""
    destructive: bool = True
    """Whether it destroys something; Enter then declines in the console."""
    names_environment: bool = False
    """Whether the text to type is the name of the environment."""

    @property
    def options(self) -> str:
        """The options of the command line that confirm it: `--confirm-environment acme-live`; "" for none."""
        import shlex

        if self.level is ConfirmationLevel.NONE:
            return ""
        if self.level is ConfirmationLevel.CONFIRM:
            return "--yes"
        name = "--confirm-environment" if self.names_environment else "--confirm"
        read = f" --read {self.code}" if self.code else ""
        return f"{name} {shlex.quote(self.accepted[0])}{read}"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How an action was confirmed."""

    yes: bool = False
    """Whether it was agreed to."""
    typed: str = ""
    """The text that was typed; "" for none."""
    read: str = ""
    """The code of the effects that were read."""
    environment: str = ""
    """The environment that was named; "" for none. Another one than that of the action is refused."""


class NotConfirmed(UsageError):
    """The confirmation of an action is missing, or is not that which the action requires; nothing was sent."""

    def __init__(self, requirement: Requirement) -> None:
        """requirement: what has to be confirmed."""
        self.requirement = requirement
        if requirement.level is ConfirmationLevel.TYPED:
            message = f"{requirement.question} was not confirmed: this is a {requirement.environment}."
            hint = f"Type {' or '.join(requirement.accepted)} to confirm."
        else:
            message, hint = f"{requirement.question} was not confirmed.", "Confirm it."
        super().__init__(message, hint="\n".join((*requirement.effects, hint)))

    def for_command_line(self) -> tuple[str, str]:
        needed = self.requirement
        about = f"{needed.question}  ({needed.environment})"
        return f"Not confirmed. Re-run with {needed.options}", "\n".join((about, *needed.effects))


@dataclass(frozen=True, slots=True)
class TargetResult:
    """The write outcome of one target."""

    target: Target
    outcome: WriteOutcome
    value: Any = None
    """The response."""
    reread: Any = None
    """The target after the call; None when it is gone or was not read again."""
    error: DyntuiError | None = None


@dataclass(slots=True, eq=False)
class RunningWrite:
    """An action that the write gate is performing."""

    action: WriteAction
    total: int
    """Number of targets."""
    done: int = 0
    """Number of targets that were tried and have an outcome."""

    @property
    def label(self) -> str:
        """What it does and how far it is: `Delete 40 users: 12 done`."""
        targets = quantity(self.total, self.action.noun, self.action.plural_noun)
        text = f"{self.action.verb} {targets} {self.action.complement}".rstrip()
        return f"{text}: {self.done:,} done"


class AuditUnavailable(DyntuiError):
    """The audit log cannot be written, so nothing was sent."""


@dataclass(frozen=True, slots=True)
class WriteResults:
    """The results of all targets of one action, in order."""

    action: WriteAction
    items: tuple[TargetResult, ...]

    def count(self, outcome: WriteOutcome) -> int:
        return sum(item.outcome is outcome for item in self.items)

    @property
    def remaining(self) -> tuple[Target, ...]:
        """The targets that the server has not taken. They stay marked, to be tried again."""
        return tuple(item.target for item in self.items if not item.outcome.is_received)

    @property
    def accepted_ids(self) -> set[str]:
        """The ids of the targets that the server accepted and had not done."""
        return {item.target.id for item in self.items if item.outcome is WriteOutcome.ACCEPTED}

    @property
    def is_complete(self) -> bool:
        """Whether all targets are done."""
        return all(item.outcome is WriteOutcome.DONE for item in self.items)

    @property
    def first_error(self) -> DyntuiError | None:
        return next((item.error for item in self.items if item.error is not None), None)


def one_time_value(results: WriteResults) -> tuple[str, str] | None:
    """Return name and value of what is shown one time, such as a raw token; None when there is nothing.

    The value is added to the redactor, so that no log has it.
    """
    from dyntui.core.redact import redactor
    from dyntui.resources.cell_formats import get_path

    path, name = results.action.reveals
    value = get_path(results.items[0].value, path) if results.items else None
    if not path or not value:
        return None
    redactor.add(str(value))
    return name, str(value)
