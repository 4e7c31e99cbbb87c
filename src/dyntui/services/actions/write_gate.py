"""The write gate: read-only check, impact, confirmation, call, read again, audit. All writes go through it.

An action without an effect is a write. The client refuses a write without a permit, and only this module makes permits.
The effect of some actions depends on the state of the environment, such as enabling the first siteAccess allowlist:
their impact is assessed at the server before the confirmation and again right before the call.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.services.actions.audit import Audit
from dyntui.services.actions.resource_changes import Changes
from dyntui.services.actions.write_records import LISTED, WriteRecords
from dyntui.services.actions.write_types import (
    Cancel,
    Confirmation,
    ConfirmationLevel,
    NotConfirmed,
    Requirement,
    RunningWrite,
    Target,
    WriteAction,
    WriteResults,
)

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.config.profile import Profile

__all__ = ["WriteGate"]


class WriteGate:
    """The write gate of one connection."""

    def __init__(
        self, profile: Profile, client: Client, audit: Audit, changes: Changes | None = None, *, ask_kind: bool = True
    ) -> None:
        """ask_kind: whether to ask the server for the environment kind; that of the demo is known."""
        self._profile = profile
        self._client = client
        self.records = WriteRecords(profile, audit)
        self.is_dry_run = False
        """Whether no action is authorized; then those of a read-only environment can be prepared too."""
        self._changes = changes or Changes()
        self._kind_known = profile.kind == "live" or not ask_kind
        self._refusal = ""
        self._running: list[RunningWrite] = []
        self._idle_events: list[asyncio.Event] = []

    @property
    def profile(self) -> Profile:
        """The profile, with the kind `live` when the server reports a live environment."""
        return self._profile

    @property
    def is_live(self) -> bool:
        """Whether writes are confirmed as in a live environment. An unknown kind counts as live."""
        return self._profile.kind == "live" or not self._kind_known

    @property
    def environment_label(self) -> str:
        """Kind and name of the environment, for questions."""
        return f"{self._profile.kind} environment {self._profile.confirmation_name}"

    @property
    def is_kind_known(self) -> bool:
        """Whether the server reported the kind of the environment, or does not have to be asked."""
        return self._kind_known

    async def learn_kind(self, client: Client | None = None) -> None:
        """Ask the server, until it has answered one time, whether the environment of a sandbox profile is live.

        The stricter kind applies. While the server fails, it is asked again with growing delays; when it does not
        recover, the kind stays unknown. Raises NotSent and Unauthorized: no write would succeed then.

        client: for another event loop than that of the connection.
        """
        if self._kind_known:
            return
        from dyntui.api.errors import ApiProblem, NotSent, Unauthorized
        from dyntui.services.health import server_kind
        from dyntui.services.imports.backoff import GIVE_UP_BEFORE_FIRST_RESPONSE_S
        from dyntui.services.imports.server_reader import with_retries

        reader = client or self._client
        what = f"the server to tell whether {self._profile.name} is live"
        try:
            with reader.log.waits.open_ended(what, GIVE_UP_BEFORE_FIRST_RESPONSE_S):
                kind = await with_retries(reader, lambda: server_kind(reader))
        except (NotSent, Unauthorized):
            raise
        except ApiProblem:
            return
        self._kind_known = True
        if kind == "live":
            self._profile = replace(self._profile, kind="live")

    @contextmanager
    def _running_write(self, action: WriteAction, targets: Sequence[Target]) -> Iterator[RunningWrite]:
        running = RunningWrite(action, len(targets))
        self._running.append(running)
        try:
            yield running
        finally:
            self._running.remove(running)
            if not self._running:
                for event in self._idle_events:
                    event.set()

    @property
    def is_running(self) -> bool:
        return bool(self._running)

    @property
    def running(self) -> Sequence[RunningWrite]:
        """The actions that a `perform` is performing now."""
        return tuple(self._running)

    def refuse_writes(self, reason: str) -> None:
        """Refuse every action from now on, and the remaining targets of those that are running.

        reason: a sentence without its period, such as `prod is read-only`.
        """
        self._refusal = reason

    async def wait_until_idle(self) -> None:
        """Wait until no `perform` is running."""
        while self._running:
            event = asyncio.Event()
            self._idle_events.append(event)
            await event.wait()
            self._idle_events.remove(event)

    @property
    def read_only(self) -> bool:
        return self._profile.read_only or self._client.read_only

    def refusal(self, action: WriteAction) -> str:
        """Return why the action is refused before any request; "" when it is not."""
        is_write = _with_rule(action).effect is not Effect.READ
        if is_write and not self.is_dry_run and (self._refusal or self.read_only):
            return f"{self._refusal or f'{self._profile.name} is read-only'}."
        if action.environment_id not in ("", self._profile.environment_id):
            return f"{action.environment_id} is not {self._profile.environment_phrase}."
        return ""

    def check(self, action: WriteAction, targets: Sequence[Target] = ()) -> None:
        """Raise UsageError for an action that is refused before any request. The refusal is in the audit log."""
        if reason := self.refusal(action):
            self.records.record_outcome(action, targets, "refused", detail=reason)
            raise UsageError(
                f"{reason} Nothing was sent.",
                hint="Use a profile of that environment that is not read-only.",
            )

    async def with_impact(
        self, action: WriteAction, targets: Sequence[Target], client: Client | None = None
    ) -> WriteAction:
        """Return the action with the write rule of its operations and with its current impact.

        The server is asked whether the environment is live, where that decides the confirmation.

        client: for another event loop than that of the connection.
        """
        from dyntui.services.actions.write_rules import stricter

        action = _with_rule(action)
        if action.assess_impact is not None:
            impact = await action.assess_impact(client or self._client, targets)
            effect = stricter(action.effect, impact.effect)
            action = replace(action, impact=impact, effect=effect, phrase=impact.phrase or action.phrase)
        if _is_typed_in_live(action, targets):
            await self.learn_kind(client)
        return action

    def requirement(self, action: WriteAction, targets: Sequence[Target]) -> Requirement:
        """Return what has to be confirmed before `perform` does `action` to `targets`.

        Pass the result of `with_impact`; without it, this can require less than `perform` does, and more where the
        kind of the environment is not known yet.
        """
        from dyntui.services.actions.write_rules import rule_of_all

        action = _with_rule(action)
        organization_wide = rule_of_all((action.operation, *action.extra_operations)).organization_wide
        live = self.is_live or organization_wide
        level = ConfirmationLevel.CONFIRM
        if action.effect is Effect.READ and not action.sensitive:
            level = ConfirmationLevel.NONE
        elif action.phrase or (live and _is_typed_in_live(action, targets)):
            level = ConfirmationLevel.TYPED
        count = len(targets)
        objects = f"{count:,} {action.plural_noun}" if count != 1 else action.describe(targets[0])
        lines = [f"{target.label or target.id}" for target in targets[:LISTED]] if count != 1 else []
        if count > LISTED:
            lines.append(f"… and {count - LISTED:,} more")
        name = self._profile.confirmation_name
        accepted = (action.phrase,) if action.phrase else (name,)
        environment = self.environment_label
        if level is ConfirmationLevel.TYPED and not self._kind_known:
            environment = f"possibly live environment {name} (the server did not tell its kind)"
        if organization_wide:
            environment = f"{environment}, for its whole organization with live environments"
        return Requirement(
            level,
            f"{action.verb} {objects} {action.complement}".rstrip() + "?",
            tuple(lines),
            action.warning,
            environment,
            accepted if level is ConfirmationLevel.TYPED else (),
            action.impact.effects if action.impact is not None else (),
            action.impact.code if action.impact is not None else "",
            action.impact.policy_change if action.impact is not None else None,
            action.effect is Effect.DESTRUCTIVE,
            names_environment=accepted == (name,),
        )

    def authorize(self, action: WriteAction, targets: Sequence[Target], confirmation: Confirmation) -> WritePermit:
        """Check the confirmation and return a permit for `action`. For jobs; all other code uses `perform`.

        Raises NotConfirmed when the confirmation is not sufficient.
        """
        from dyntui.api.permit import WritePermit
        from dyntui.services.actions.write_rules import rule_of_all

        self.check(action, targets)
        if self.is_dry_run:
            raise UsageError(f"{action.name} was not sent, because this is a dry run.")
        rule = rule_of_all((action.operation, *action.extra_operations))
        if action.impact is None and (action.assess_impact is not None or rule.decides_access):
            raise UsageError(f"{action.operation} was not sent, because its impact was not assessed.")
        self.check_confirmation(self.requirement(action, targets), confirmation)
        return WritePermit(action.name, frozenset({action.operation, *action.extra_operations}))

    def check_confirmation(self, requirement: Requirement, confirmation: Confirmation) -> None:
        """Raise NotConfirmed for a confirmation that is not sufficient, UsageError for one of another environment."""
        typed = confirmation.typed.strip()
        wrong = requirement.level is ConfirmationLevel.TYPED and typed not in requirement.accepted
        if wrong or requirement.code not in ("", confirmation.read):
            raise NotConfirmed(requirement)
        if requirement.level is ConfirmationLevel.CONFIRM and not (confirmation.yes or typed):
            raise NotConfirmed(requirement)
        known = ("", self._profile.confirmation_name, self._profile.environment_id, *requirement.accepted)
        if confirmation.environment not in known:
            raise UsageError(
                f"Not confirmed: {confirmation.environment!r} is not this {requirement.environment}. Nothing was sent.",
                hint="Check the environment of the command, or correct the name.",
            )

    async def perform(
        self,
        action: WriteAction,
        targets: Sequence[Target],
        confirmation: Confirmation,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: Cancel | None = None,
    ) -> WriteResults:
        """Do `action` to the targets, and return the outcome of each in their order.

        A failure does not stop the others. Without a connection, or when the token is refused, the rest is not tried.
        on_progress: called with the number of targets that are done and of all targets.
        """
        from dyntui.services.actions.target_runner import TargetRunner

        if not self.refusal(action):
            action = await self.with_impact(action, targets)
        permit = self.authorize(action, targets, confirmation)
        action = replace(action, job=action.job or secrets.token_hex(4))
        with self._running_write(action, targets) as running, self._changes.batch():
            runner = TargetRunner(
                self.records,
                self.refusal,
                self._client,
                running,
                targets,
                permit,
                on_progress=on_progress,
                cancel=cancel,
            )
            return WriteResults(action, tuple(await runner.run()))


def _with_rule(action: WriteAction) -> WriteAction:
    """Return the action with the write rule of its operations: it requires no less than any other action of them."""
    from dyntui.services.actions.write_rules import rule_of_all, stricter

    rule = rule_of_all((action.operation, *action.extra_operations))
    return replace(
        action,
        effect=stricter(action.effect, rule.effect),
        typed_in_live=action.typed_in_live or rule.typed_in_live,
        sensitive=action.sensitive or rule.sensitive,
        warning=action.warning or rule.warning,
    )


def _is_typed_in_live(action: WriteAction, targets: Sequence[Target]) -> bool:
    """Return whether a live environment requires typing its name for an action that has its write rule."""
    from dyntui.services.actions.write_rules import MANY_TARGETS

    if action.effect is Effect.READ:
        return False
    many = sum(target.size for target in targets) > MANY_TARGETS
    return action.effect is Effect.DESTRUCTIVE or action.typed_in_live or many
