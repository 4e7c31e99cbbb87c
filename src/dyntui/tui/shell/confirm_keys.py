"""Which keys confirm and which cancel, for all confirmation dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.events import Key

    from dyntui.services.actions.write_types import Requirement

__all__ = ["ConfirmKeys"]

_CONFIRM, _ALTERNATIVE, _DECLINE, _ENTER = "y", "o", "n", "enter"


class ConfirmKeys:
    """The keys of one confirmation. Enter cancels a destructive action and confirms any other one."""

    def __init__(self, requirement: Requirement, opening_key: str) -> None:
        """opening_key: the key that opened the dialog, which never confirms."""
        self.key = _ALTERNATIVE if opening_key == _CONFIRM else _CONFIRM
        self._destructive = requirement.destructive
        self._enter_confirms = not requirement.destructive and opening_key != _ENTER

    @property
    def shown(self) -> str:
        """The keys that confirm, for the footer of the dialog."""
        return f"{self.key}, {_ENTER}" if self._enter_confirms else self.key

    def confirms(self, event: Key) -> bool:
        return event.character == self.key or (event.key == _ENTER and self._enter_confirms)

    def declines(self, event: Key) -> bool:
        return event.character == _DECLINE or (event.key == _ENTER and self._destructive)
