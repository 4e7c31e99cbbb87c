"""The registry of every write: the actions that the resource records declare, by their name in the audit log.

Services, screens and commands make their write actions with `declared_write`, so that texts, effect and audit name are
from the record.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from dyntui.resources.action import ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Resource
from dyntui.services.actions.write_types import Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit

__all__ = [
    "Declaration",
    "declaration",
    "declaration_of",
    "declarations",
    "declared_write",
    "find_declaration",
]

Call = Callable[["Client", Target, "WritePermit"], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Declaration:
    """An action and the record that declares it."""

    record: Resource
    action: ResourceAction

    @property
    def name(self) -> str:
        """The name in the audit log: `users.delete`."""
        return f"{self.record.name}.{self.action.name}"


@cache
def _by_name() -> dict[str, Declaration]:
    found = (Declaration(record, action) for record in RESOURCES.values() for action in record.actions)
    return {each.name: each for each in found}


@cache
def _by_operation() -> dict[str, Declaration]:
    found: dict[str, Declaration] = {}
    for each in _by_name().values():
        if not each.action.variant_of:
            found.setdefault(each.action.operation, each)
    return found


def declarations() -> Iterator[Declaration]:
    yield from _by_name().values()


def declaration(name: str) -> Declaration:
    """Return the declaration with that name in the audit log. Raises KeyError for an unknown name."""
    return _by_name()[name]


def find_declaration(name: str) -> Declaration | None:
    """Return the declaration with that name in the audit log; None for `api.…` and the names of earlier versions."""
    return _by_name().get(name)


def declaration_of(operation_id: str) -> Declaration | None:
    """Return the declaration of an operation; None for one that only `dyntui api` and the API console call."""
    return _by_operation().get(operation_id)


def declared_write(name: str, call: Call, **values: Any) -> WriteAction:
    """Make a write action from its declaration.

    name: as in the audit log. call: performs it on one target. values: fields of WriteAction that are only known now,
    such as `complement` or `assess_impact`; they replace those of the declaration.
    """
    declared = declaration(name)
    record, action = declared.record, declared.action
    fields: dict[str, Any] = {
        "verb": action.verb,
        "past": action.result_verb,
        "result_subject": action.result_subject,
        "noun": action.noun or record.singular,
        "plural": action.plural,
        "operation": action.operation,
        "extra_operations": action.extra_operations,
        "effect": action.effect,
        "warning": action.warning,
        "typed_in_live": action.typed_in_live,
        "sensitive": action.sensitive,
        "reveals": action.reveals,
        "in_parallel": action.in_parallel,
    }
    return WriteAction(name=name, call=call, **(fields | values))
