"""The actions of every resource record, for the action registry.

`declared_action` makes an action of the console from its declaration in a record; enabling and disabling share one with
the key `t`. Features call it for the actions of their own screens. For all other records this module makes the actions:
each has the id `RECORD.ACTION`, runs the method `action_act_ACTION` and asks `ACTION_disabled_reason`, and
`shell/record_classes.py` adds these methods to screens.
"""

from __future__ import annotations

from collections.abc import Iterator

from dyntui.core.effect import Effect
from dyntui.resources import RESOURCES, Resource, ResourceAction
from dyntui.tui.kit.action_registry import Action, register

__all__ = ["CUSTOM_SCREEN_RECORDS", "RECORD_ACTIONS", "TOGGLE", "declared_action", "method_suffix", "offered_actions"]

CUSTOM_SCREEN_RECORDS = frozenset({"users", "allowlists", "allowlist-entries", "gates"})
"""Records whose screens have actions of their own instead."""
TOGGLE = "toggle"
_PAIR = ("enable", "disable")


def declared_action(
    id_: str, *names: str, keys: tuple[str, ...] = (), rank: int = 0, run: str = "", disabled_reason: str = ""
) -> Action:
    """Make an action of the console from its declaration, or from the two of a pair that `t` toggles.

    id_: the id in keymap.toml. names: the declarations, as `RECORD.NAME`. keys: the keys where the screen needs others
    than the declared one. The other arguments are fields of `Action`. Raises KeyError for an unknown declaration.
    """
    found = [_find(name) for name in names]
    record, action = found[0]
    key, title, help_text = action.key, action.label, action.help
    if len(found) > 1:
        key, title = "t", "toggle"
        impact = " The impact is shown first." if action.decides_access else ""
        help_text = f"Enable or disable the {record.singular}.{impact}"
    effect = max((action.effect for _, action in found), key=list(Effect).index)
    return Action(id_, keys or (key,), title, help_text, effect, rank, run, disabled_reason, declarations=names)


def _find(name: str) -> tuple[Resource, ResourceAction]:
    record_name, _, action_name = name.partition(".")
    record = RESOURCES[record_name]
    return record, {action.name: action for action in record.actions}[action_name]


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
                *(f"{record.name}.{action.name}" for action in actions),
                rank=rank,
                run=f"act_{method_suffix(name)}",
                disabled_reason=f"{method_suffix(name)}_disabled_reason",
            )


RECORD_ACTIONS = register(
    *_record_actions(),
    headings={record.name: record.title for record in RESOURCES.values() if offered_actions(record)},
)
