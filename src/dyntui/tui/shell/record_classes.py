"""Screen classes of resource records, the only classes that are made at run time.

A record declares its actions as data (`resources/`). The action registry gives them keys and the names of two methods
for each: `action_act_ACTION` runs it, `ACTION_disabled_reason` returns why it is not available. `record_class` makes a
subclass with these methods and keys, which call `act` and `disabled_reason` of the base class:

- `shell/routes.py` makes the list of a record, from ResourceActionsScreen or a bespoke list;
- `features/resources/resource_detail.py` makes its detail screen, from ResourceDetailScreen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from dyntui.resources.action import ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.tui.kit.action_registry import ACTIONS, bindings
from dyntui.tui.shell.record_actions import TOGGLE, method_suffix, offered_actions

__all__ = ["RecordActions", "record_class"]


class RecordActions(Protocol):
    """A screen that runs the actions of a record. A toggle passes two actions, any other one."""

    def act(self, actions: tuple[ResourceAction, ...], key: str) -> None:
        """Run the one of `actions` that fits. key: the key that was pressed."""

    def disabled_reason(self, actions: tuple[ResourceAction, ...]) -> str | None:
        """Return why none of `actions` is available; None when one is."""


Screen = TypeVar("Screen", bound=RecordActions)


def record_class(name: str, base: type[Screen], suffix: str, **attributes: object) -> type[Screen]:
    """Make the subclass of `base` for the record `name`.

    suffix: the end of the name of the class. attributes: further attributes of the class.
    """
    namespace: dict[str, object] = {"BINDINGS": bindings(ACTIONS.values(), name), **attributes, **_action_methods(name)}
    return cast("type[Screen]", type(f"{name.title().replace('-', '')}{suffix}", (base,), namespace))


def _action_methods(name: str) -> dict[str, Callable[..., object]]:
    methods: dict[str, Callable[..., object]] = {}
    for action_name, actions in offered_actions(RESOURCES[name]) if name in RESOURCES else ():
        run, reason = _methods(actions, "t" if action_name == TOGGLE else actions[0].key)
        methods[f"action_act_{method_suffix(action_name)}"] = run
        methods[f"{method_suffix(action_name)}_disabled_reason"] = reason
    return methods


def _methods(actions: tuple[ResourceAction, ...], key: str) -> tuple[Callable[..., None], Callable[..., str | None]]:
    def run(screen: RecordActions) -> None:
        screen.act(actions, key)

    def reason(screen: RecordActions) -> str | None:
        return screen.disabled_reason(actions)

    return run, reason
