"""Records whose actions `services.access` makes, because their impact on access is assessed first."""

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
    """Return the action of an allowlist or a gate; None for other records. The form values are in
    the target, as `fields`."""
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
