"""What each operation demands before it is called, in one table.

An operation can be reached by its own command, by `dyntui do`, by `dyntui api` and from the console. Whichever way it
is called, the strictest demand that the catalog, a resource record or a hand-written action makes of it holds:
`services.actions.write_gate` looks it up for every action.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from dyntui.api.catalog import catalog
from dyntui.core.effect import Effect
from dyntui.resources import RESOURCES

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.resources import ResourceAction
    from dyntui.services.actions.write_types import WriteAction

__all__ = ["WriteRule", "effect_of", "rule_of", "stricter"]

_STRENGTH = (Effect.READ, Effect.WRITE, Effect.DESTRUCTIVE)
_ORGANIZATION_PATHS = ("/organizations", "/projects", "/members", "/invites", "/user/")
_TYPED_IN_LIVE = frozenset({"bulkCreateUser", "updateProjectSettings"})
"""Operations of hand-written actions that change very much at once: an import, all settings."""


@dataclass(frozen=True, slots=True)
class WriteRule:
    """The least that is asked before an operation is called."""

    effect: Effect
    """At least this effect."""
    typed_in_live: bool = False
    """Whether the environment's name is typed in live although nothing is destroyed."""
    sensitive: bool = False
    """Whether its answer holds a secret."""
    warning: str = ""
    """What cannot be undone; "" when the actions of this operation differ in it."""
    organization_wide: bool = False
    """Whether it reaches beyond one environment, to the live environments of the organization."""


def effect_of(operation: Operation) -> Effect:
    """What an operation does by the catalog: reads, destroys, or (everything not known to do less) writes."""
    if operation.reads:
        return Effect.READ
    return Effect.DESTRUCTIVE if operation.destructive else Effect.WRITE


def stricter(one: Effect, other: Effect) -> Effect:
    """The effect that asks for more."""
    return max(one, other, key=_STRENGTH.index)


@cache
def rule_of(operation_id: str) -> WriteRule:
    """The rule of an operation. One that the catalog does not know is a write."""
    operation = catalog().operations.get(operation_id)
    if operation is None:
        return WriteRule(Effect.WRITE)
    actions = list(_actions_of(operation_id))
    effect = effect_of(operation)
    for action in actions:
        effect = stricter(effect, action.effect)
    warnings = {action.warning for action in actions}
    return WriteRule(
        effect,
        operation_id in _TYPED_IN_LIVE or any(action.typed_in_live for action in actions),
        any(action.sensitive for action in actions),
        next(iter(warnings)) if len(warnings) == 1 else "",
        operation.path.startswith(_ORGANIZATION_PATHS),
    )


def _actions_of(operation_id: str) -> Iterator[ResourceAction | WriteAction]:
    """All actions of the records that call it, and the hand-written ones. An action that is sensitive only with its
    own query says nothing of the operation without it (services.actions.raw_writes.is_sensitive decides)."""
    from dyntui.services.actions.user_actions import USER_ACTIONS

    for record in RESOURCES.values():
        for action in record.actions:
            if action.operation == operation_id and not (action.sensitive and action.query):
                yield action
    yield from (action for action in USER_ACTIONS if action.operation == operation_id)
