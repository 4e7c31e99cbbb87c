"""Records whose actions are made elsewhere, because what they do depends on how things stand: who may come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.services.access.gates import GATE_ACTIONS
from dyntui.services.access.lists import LIST_ACTIONS

if TYPE_CHECKING:
    from dyntui.resources import Resource, ResourceAction
    from dyntui.services.actions.write_types import WriteAction

__all__ = ["custom_action"]


_ACTIONS = {"allowlists": LIST_ACTIONS, "gates": GATE_ACTIONS}


def custom_action(record: Resource, action: ResourceAction) -> WriteAction | None:
    """The action of a list or a gate; None for any other record. What was filled in is in its target, as `fields`."""
    if (actions := _ACTIONS.get(record.name)) is None:
        return None
    match action.name:
        case "create":
            return actions.create()
        case "edit":
            return actions.update()
        case "delete":
            return actions.delete()
        case name:
            return actions.set_enabled(name == "enable")
