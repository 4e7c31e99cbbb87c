"""Records whose actions are made elsewhere, because what they do depends on how things stand: who may come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.services.access import gates, lists

if TYPE_CHECKING:
    from dyntui.resources import Action, Resource
    from dyntui.services.writes import WriteAction

__all__ = ["own_action"]


def own_action(record: Resource, action: Action) -> WriteAction | None:
    """The action of a list or a gate; None for any other record. What was filled in is in its target, as `fields`."""
    match record.name, action.name:
        case "allowlists", "create":
            return lists.CREATE_LIST
        case "allowlists", "edit":
            return lists.UPDATE_LIST
        case "allowlists", "delete":
            return lists.DELETE_LIST
        case "allowlists", name:
            return lists.switch_list(name == "enable")
        case "gates", "create":
            return gates.CREATE_GATE
        case "gates", "edit":
            return gates.UPDATE_GATE
        case "gates", "delete":
            return gates.DELETE_GATE
        case "gates", name:
            return gates.switch_gate(name == "enable")
    return None
