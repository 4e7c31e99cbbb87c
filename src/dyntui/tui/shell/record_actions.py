"""The actions of every resource record, for the action registry.

An action has the id `RECORD.ACTION`, runs the method `action_act_ACTION` and asks `ACTION_disabled_reason`;
`shell/record_classes.py` adds these methods to screens. Enabling and disabling share the key `t`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dyntui.resources.action import ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Resource
from dyntui.tui.kit.action_registry import Action, register
from dyntui.tui.shell.declared_actions import CUSTOM_SCREEN_RECORDS, declared_action

__all__ = ["RECORD_ACTIONS", "TOGGLE", "method_suffix", "offered_actions"]

TOGGLE = "toggle"
_PAIR = ("enable", "disable")


def method_suffix(name: str) -> str:
    """Return an action name as a part of method names: `act_NAME`, `NAME_disabled_reason`."""
    return name.replace("-", "_")


def offered_actions(record: Resource) -> list[tuple[str, tuple[ResourceAction, ...]]]:
    """Return the actions that the console has for a record: name, and the one action or the two that `t` toggles."""
    if record.name in CUSTOM_SCREEN_RECORDS:
        return []
    actions = [action for action in record.actions if not action.command]
    pair = tuple(action for action in actions if action.name in _PAIR)
    if len(pair) < len(_PAIR):
        return [(action.name, (action,)) for action in actions]
    rest = [(action.name, (action,)) for action in actions if action.name not in _PAIR]
    return [*rest, (TOGGLE, pair)]


def _record_actions() -> Iterator[Action]:
    for record in RESOURCES.values():
        for rank, (name, actions) in enumerate(offered_actions(record), 20):
            yield declared_action(
                f"{record.name}.{name}",
                record,
                *(action.name for action in actions),
                rank=rank,
                run=f"act_{method_suffix(name)}",
                disabled_reason=f"{method_suffix(name)}_disabled_reason",
            )


RECORD_ACTIONS = register(
    *_record_actions(),
    headings={record.name: record.title for record in RESOURCES.values() if offered_actions(record)},
)
