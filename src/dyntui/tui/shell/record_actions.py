"""The actions of every resource record, for the action registry.

An action of a record has the id `RECORD.ACTION`, runs the method `action_act_ACTION` and asks `ACTION_disabled_reason`;
enabling and disabling share one action with the key `t`. `shell/record_classes.py` adds these methods to screens.
"""

from __future__ import annotations

from collections.abc import Iterator

from dyntui.core.effect import Effect
from dyntui.resources import RESOURCES, Resource, ResourceAction
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["CUSTOM_SCREEN_RECORDS", "RECORD_ACTIONS", "TOGGLE", "method_suffix", "offered_actions"]

CUSTOM_SCREEN_RECORDS = frozenset({"users", "allowlists", "allowlist-entries", "gates"})
"""Records whose screens have actions of their own instead."""
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
            one = actions[0]
            toggles = name == TOGGLE
            effect = max((action.effect for action in actions), key=list(Effect).index)
            yield Action(
                f"{record.name}.{name}",
                ("t",) if toggles else (one.key,),
                "enable/disable" if toggles else one.label,
                "Enable or disable it." if toggles else one.help,
                effect,
                rank,
                f"act_{method_suffix(name)}",
                f"{method_suffix(name)}_disabled_reason",
            )


RECORD_ACTIONS = register(
    {record.name: record.title for record in RESOURCES.values() if offered_actions(record)}, *_record_actions()
)
