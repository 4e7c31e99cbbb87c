"""The actions of every resource record, for the action registry.

Plain data, so that the registry can read it: an action of a record gets the id `RECORD.ACTION` and the method
`act_ACTION`; enabling and disabling share one key, `t`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dyntui.core.effect import Effect
from dyntui.resources import RESOURCES, Resource, ResourceAction
from dyntui.tui.kit.action import Action as Key
from dyntui.tui.kit.action_registry import register

__all__ = ["CUSTOM_SCREEN_RECORDS", "RECORD_ACTIONS", "TOGGLE", "method_suffix", "offered_actions"]

CUSTOM_SCREEN_RECORDS = frozenset({"users", "allowlists", "allowlist-entries", "gates"})
"""Records whose actions have screens and keys of their own elsewhere."""
TOGGLE = "toggle"
_PAIR = ("enable", "disable")


def method_suffix(name: str) -> str:
    """What the methods of an action are called: `act_NAME`, and `NAME_disabled_reason`."""
    return name.replace("-", "_")


def offered_actions(record: Resource) -> list[tuple[str, tuple[ResourceAction, ...]]]:
    """What the console offers of a record: the name, and the one action, or the two that `t` goes between."""
    if record.name in CUSTOM_SCREEN_RECORDS:
        return []
    pair = tuple(action for name in _PAIR if (action := record.action(name)) is not None)
    if len(pair) < len(_PAIR):
        return [(action.name, (action,)) for action in record.actions]
    rest = [(action.name, (action,)) for action in record.actions if action.name not in _PAIR]
    return [*rest, (TOGGLE, pair)]


def _of_records() -> Iterator[Key]:
    for record in RESOURCES.values():
        for rank, (name, actions) in enumerate(offered_actions(record), 20):
            one = actions[0]
            toggles = name == TOGGLE
            effect = max((action.effect for action in actions), key=list(Effect).index)
            yield Key(
                f"{record.name}.{name}",
                ("t",) if toggles else (one.key,),
                "on or off" if toggles else one.label,
                "Enable it, or disable it." if toggles else one.help,
                effect,
                rank,
                f"act_{method_suffix(name)}",
                f"{method_suffix(name)}_disabled_reason",
            )


RECORD_ACTIONS = register(
    {record.name: record.title.lower() for record in RESOURCES.values() if offered_actions(record)}, *_of_records()
)
