"""Apply a plan: check that the environment is as it was, save a snapshot, send the writes, and compare again.

The audit log is the journal: it has each write before its request. A plan that was stopped, even by a kill, is applied
again: what is done already is no difference any more. Before that, writes without an outcome get the time to arrive,
so that no object is created a second time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from dyntui.config.paths import paths
from dyntui.config.private_files import open_private, private_dir
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.file_lock import lock_file
from dyntui.core.redact import redactor
from dyntui.core.text import quantity
from dyntui.core.times import now, parse_time
from dyntui.services.actions.audit_log import NO_OUTCOME, AuditFilter, read_newest_first
from dyntui.services.actions.write_types import Cancel, Confirmation, Target, WriteAction, WriteOutcome
from dyntui.services.configuration.apply_writes import WriteRunner
from dyntui.services.configuration.compare import change_lines
from dyntui.services.configuration.history import Snapshot, save_snapshot
from dyntui.services.configuration.model import EnvironmentConfig, name_with_secrets
from dyntui.services.configuration.normal_form import FieldRules, has_secret
from dyntui.services.configuration.plan import ConfigPlan, MissingValue, changes_since, make_plan
from dyntui.services.configuration.plan_impact import PlanImpact, assess_plan
from dyntui.services.configuration.read import read_environment

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.configuration.apply_writes import WriteStep
    from dyntui.services.connection import Connection

__all__ = [
    "APPLY",
    "ApplyResult",
    "EnvironmentChanged",
    "MissingValues",
    "PreparedPlan",
    "apply_plan",
    "check_values",
    "prepare_plan",
    "read_again",
]

_LAST_CHANGES = 20
"""The number of lines about later changes in an error."""


async def _refuse_call(client: Client, target: Target, permit: WritePermit) -> None:
    raise UsageError("A plan is prepared before it is sent.")


APPLY = WriteAction("config.apply", "Apply", "plan", "", _refuse_call)
"""Any apply, for the checks of the write gate before it is planned."""


class EnvironmentChanged(UsageError):
    """The environment is not as it was when the plan was made."""


class MissingValues(UsageError):
    """Values have to be sent that are not known, such as secrets."""


@dataclass(frozen=True, slots=True)
class PreparedPlan:
    """A plan in the current state of the environment, with what it does."""

    plan: ConfigPlan
    impact: PlanImpact


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What an apply did."""

    snapshot: Snapshot
    """The configuration before it."""
    steps: tuple[WriteStep, ...]
    """The result of each write, in the order in which they were sent."""
    left: ConfigPlan | None
    """What still differs afterwards; None when the environment could not be read again."""
    left_error: str = ""
    """Why it could not."""

    @property
    def is_complete(self) -> bool:
        """Whether the environment has all that the plan was to do."""
        return self.left is not None and self.left.is_empty and not self.count_failed()

    def count_failed(self) -> int:
        """Return the number of writes that are not done."""
        return sum(step.outcome is not WriteOutcome.DONE for step in self.steps)


def check_values(plan: ConfigPlan, known: Mapping[str, str]) -> None:
    """Raise MissingValues for values that have to be sent and are not known. known: by name.

    Raises UsageError for a secret that identifies an object, if it is not the one that the plan was made with.
    """
    for change in plan.changes:
        name = name_with_secrets(change.object, known)
        if change.object.is_identified and name and name != change.object.name:
            raise UsageError(
                f"The environment variable that identifies {change.object.title} has another value than in the plan.",
                hint="Nothing was sent. Set it as it was, or make a new plan.",
            )
    missing: dict[str, MissingValue] = {each.name: each for each in reversed(plan.missing(known))}
    if not missing:
        return
    lines = [f"{name} for {each.change.object.title}" for name, each in reversed(missing.items())]
    verb = "is" if len(lines) == 1 else "are"
    raise MissingValues(
        f"The plan needs {quantity(len(lines), 'value')} that {verb} not set. Nothing was sent.",
        hint="\n".join(
            (*lines, "Set environment variables of these names. What is no secret can be in values.ENV.yaml.")
        ),
    )


async def read_again(connection: Connection, config: EnvironmentConfig, rules: FieldRules) -> EnvironmentConfig:
    """Read the resources of a configuration from an environment."""
    return await read_environment(connection, only=config.resources, include_entries=True, rules=rules)


async def prepare_plan(connection: Connection, plan: ConfigPlan, rules: FieldRules) -> PreparedPlan:
    """Return a plan as it is in the current state of the environment, with its impact.

    Raises EnvironmentChanged when the environment differs from what the plan was made from, but for parts of the plan
    that are done, and UsageError for another environment.
    """
    profile = connection.profile
    if plan.current.environment_id != profile.environment_id:
        raise UsageError(
            f"The plan is for the environment {plan.current.environment} {plan.current.environment_id}, "
            f"not for {profile.environment_id}.",
            hint="Select its profile with --profile.",
        )
    now_config = await read_again(connection, plan.current, rules)
    for name in plan.current.resources:
        if name not in now_config.resources:
            reason = now_config.unavailable.get(name, "")
            raise UsageError(f"{name} cannot be read any more: {reason}", hint="Nothing was sent. Make a new plan.")
    if changed := await asyncio.to_thread(changes_since, plan, now_config):
        lines = [line for change in changed for line in change_lines(change)]
        more = [f"… and {len(lines) - _LAST_CHANGES:,} more"] if len(lines) > _LAST_CHANGES else []
        raise EnvironmentChanged(
            f"{plan.current.environment} was changed since the plan was made. Nothing was sent.",
            hint="\n".join(["Changed since:", *lines[:_LAST_CHANGES], *more, "Make a new plan."]),
        )
    fresh = await asyncio.to_thread(
        make_plan, now_config, plan.desired, prune=plan.prune, send_secrets=plan.send_secrets
    )
    return PreparedPlan(fresh, await assess_plan(connection, fresh))


async def apply_plan(
    connection: Connection,
    plan: ConfigPlan,
    rules: FieldRules,
    confirmation: Confirmation,
    *,
    values: Mapping[str, str],
    settle_s: float,
    on_step: Callable[[WriteStep], None] = lambda step: None,
    cancel: Cancel | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> ApplyResult:
    """Do what a plan says, and compare afterwards.

    confirmation: of `PreparedPlan.impact`. values: what references stand for, such as the environment variables.
    settle_s: the time that a write without an outcome gets to arrive before anything is sent. on_step: called after
    each write. cancel: set when the remaining writes are not to be tried. on_progress: called with how much is done, as
    `PlannedWrite.size` counts it. Raises as `prepare_plan`, MissingValues, and NotConfirmed; then nothing was sent.
    """
    gate = connection.write_gate
    gate.check(APPLY, [Target(plan.current.environment_id)])
    check_values(plan, values)
    for each in plan.needed:
        place = each.change.object.leaf_places().get(each.path)
        if place is None or has_secret(place, values[each.name], rules):
            redactor.add(values[each.name])
    with _one_at_a_time(connection):
        await _wait_for_lost_writes(connection, settle_s)
        prepared = await prepare_plan(connection, plan, rules)
        gate.check_confirmation(prepared.impact.requirement, confirmation)
        fresh = prepared.plan
        snapshot = await asyncio.to_thread(save_snapshot, fresh.current, "apply", is_complete=False)
        runner = WriteRunner(connection, fresh, prepared.impact, rules, values, on_step, cancel, on_progress)
        await runner.run()
        try:
            after = await read_again(connection, fresh.current, rules)
        except DyntuiError as error:
            return ApplyResult(snapshot, tuple(runner.steps), None, str(error))
        left = await asyncio.to_thread(make_plan, after, plan.desired, prune=plan.prune)
        return ApplyResult(snapshot, tuple(runner.steps), left)


@contextmanager
def _one_at_a_time(connection: Connection) -> Iterator[None]:
    """Refuse a second apply of this machine to the same environment. Raises UsageError."""
    folder = private_dir(paths().state)
    name = sha256(connection.profile.environment_id.encode()).hexdigest()[:16]
    descriptor = open_private(folder / f".apply-{name}.lock", os.O_RDWR | os.O_CREAT)
    try:
        try:
            lock_file(descriptor, wait=False)
        except OSError as error:
            raise UsageError(
                f"Another apply to {connection.profile.name} is running. Nothing was sent.", hint="Wait until it ends."
            ) from error
        yield
    finally:
        os.close(descriptor)


async def _wait_for_lost_writes(connection: Connection, settle_s: float) -> None:
    """Wait until each write of this machine whose outcome is not known was sent at least `settle_s` ago."""
    profile = connection.profile
    since = now() - timedelta(seconds=settle_s)

    def last_lost() -> float:
        environment = (profile.base_url, profile.environment_id)
        for entry in read_newest_first(connection.audit, AuditFilter(environment=environment)):
            time = parse_time(entry.line.time) if entry.line is not None else None
            if time is not None and time < since:
                break
            if time is not None and entry.outcome in (NO_OUTCOME, WriteOutcome.UNKNOWN.value):
                return (time - since).total_seconds()
        return 0.0

    wait_s = await asyncio.to_thread(last_lost)
    if wait_s > 0:
        with connection.log.waits.known("writes that were stopped before their response", wait_s):
            await asyncio.sleep(wait_s)
