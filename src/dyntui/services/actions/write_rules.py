"""Write rules: what each operation requires before it is called.

An operation can be called by its own command, by `dyntui do`, by `dyntui api` and from the console. In each case the
strictest requirement of the catalog and of the actions in the resource records applies:
`services.actions.write_gate` looks it up for every action.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from dyntui.api.catalog import catalog
from dyntui.core.effect import Effect
from dyntui.resources.all_resources import RESOURCES

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.resources.action import ResourceAction

__all__ = ["MANY_TARGETS", "WriteRule", "effect_of", "rule_of", "rule_of_all", "stricter"]

MANY_TARGETS = 10
"""A live environment requires typing its name for a write to more targets than this at one time, whichever way they
are given: as ids, as marked rows, or as the rows of an import."""

_STRENGTH = (Effect.READ, Effect.WRITE, Effect.DESTRUCTIVE)
_ORGANIZATION_PATHS = ("/organizations", "/projects", "/members", "/invites", "/user/")


@dataclass(frozen=True, slots=True)
class WriteRule:
    """The minimum that is required before an operation is called."""

    effect: Effect
    """At least this effect."""
    typed_in_live: bool = False
    """Whether a live environment requires typing its name although nothing is destroyed."""
    sensitive: bool = False
    """Whether the response contains a secret."""
    warning: str = ""
    """What cannot be undone; "" when the actions of this operation have different warnings."""
    decides_access: bool = False
    """Whether it can decide who may sign in, so that it is not performed without an impact."""
    organization_wide: bool = False
    """Whether it affects the whole organization, with its live environments."""


def effect_of(operation: Operation) -> Effect:
    """Return the effect of an operation by the catalog. One that is not known to read or destroy is a write."""
    if operation.reads:
        return Effect.READ
    return Effect.DESTRUCTIVE if operation.destructive else Effect.WRITE


def stricter(one: Effect, other: Effect) -> Effect:
    """Return the effect that requires more confirmation."""
    return max(one, other, key=_STRENGTH.index)


@cache
def rule_of(operation_id: str) -> WriteRule:
    """Return the rule of an operation. One that the catalog does not know is a write.

    A path that it does not have may do anything, so a live environment requires typing its name.
    """
    operation = catalog().operations.get(operation_id)
    if operation is None:
        is_path = " /" in operation_id
        is_wide = is_path and "/environments/{environmentId}" not in operation_id
        return WriteRule(Effect.WRITE, typed_in_live=is_path, organization_wide=is_wide)
    actions = list(_actions_of(operation_id))
    effect = effect_of(operation)
    for action in actions:
        if not action.extra_operations:  # the effect of the others can be that of a further operation
            effect = stricter(effect, action.effect)
    warnings = {action.warning for action in actions if not action.variant_of}
    return WriteRule(
        effect,
        any(action.typed_in_live for action in actions),
        any(action.sensitive for action in actions),
        next(iter(warnings)) if len(warnings) == 1 else "",
        any(action.decides_access for action in actions),
        operation.path.startswith(_ORGANIZATION_PATHS),
    )


def rule_of_all(operation_ids: Iterable[str]) -> WriteRule:
    """Return the strictest rule of several operations that one action may call."""
    rules = [rule_of(operation_id) for operation_id in operation_ids]
    return WriteRule(
        max((rule.effect for rule in rules), key=_STRENGTH.index),
        any(rule.typed_in_live for rule in rules),
        any(rule.sensitive for rule in rules),
        rules[0].warning,
        any(rule.decides_access for rule in rules),
        any(rule.organization_wide for rule in rules),
    )


def _actions_of(operation_id: str) -> Iterator[ResourceAction]:
    """Yield the declared actions that call the operation. Actions that are only sensitive because of their query are
    left out: services.actions.raw_writes.is_sensitive decides on the query."""
    for record in RESOURCES.values():
        for action in record.actions:
            if action.operation == operation_id and not (action.sensitive and action.query):
                yield action
