"""Makes an action of the console from its declaration in a resource record, for the screens of features."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.resource import Resource
from dyntui.tui.kit.action_registry import Action

__all__ = ["CUSTOM_SCREEN_RECORDS", "declared_action"]

CUSTOM_SCREEN_RECORDS = frozenset({"users", "allowlists", "allowlist-entries", "gates"})
"""Records for whose list the feature of its screen declares the actions."""


def declared_action(
    id_: str,
    record: Resource,
    *names: str,
    keys: tuple[str, ...] = (),
    rank: int = 0,
    run: str = "",
    disabled_reason: str = "",
) -> Action:
    """Make an action of the console from its declaration, or from the two of a pair that `t` toggles.

    id_: the id in keymap.toml. record: where it is declared. names: the names of its declarations. keys: the keys where
    the screen needs others than the declared one. The other arguments are fields of `Action`. Raises KeyError for an
    unknown name.
    """
    declared = {action.name: action for action in record.actions}
    actions = [declared[name] for name in names]
    key, title, help_text = actions[0].key, actions[0].label, actions[0].help
    if len(actions) > 1:
        key, title = "t", "toggle"
        impact = " The impact is shown first." if actions[0].decides_access else ""
        help_text = f"Enable or disable the {record.singular}.{impact}"
    effect = max((action.effect for action in actions), key=list(Effect).index)
    declarations = tuple(f"{record.name}.{name}" for name in names)
    return Action(id_, keys or (key,), title, help_text, effect, rank, run, disabled_reason, declarations=declarations)
