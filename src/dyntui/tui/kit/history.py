"""The history of visited screens, with back and forward as in a browser."""

from __future__ import annotations

__all__ = ["MAX_SCREENS", "History"]

MAX_SCREENS = 20
"""Older screens are removed from the history."""


class History:
    """The names of the visited screens, and which one is shown."""

    def __init__(self, first: str) -> None:
        self._names = [first]
        self._index = 0

    @property
    def current(self) -> str:
        return self._names[self._index]

    @property
    def previous(self) -> str | None:
        """The name that back shows; None on the first screen."""
        return self._names[self._index - 1] if self._index else None

    @property
    def next(self) -> str | None:
        """The name that forward shows; None on the last screen."""
        return self._names[self._index + 1] if self._index + 1 < len(self._names) else None

    def visit(self, name: str) -> list[str]:
        """Go to a new screen. Returns the names that were removed from the history."""
        removed = self._names[self._index + 1 :]
        self._names = [*self._names[: self._index + 1], name]
        self._index += 1
        while len(self._names) > MAX_SCREENS:
            removed.append(self._names.pop(0))
            self._index -= 1
        return removed

    def back(self) -> str | None:
        """Go back. Returns the name to show; None on the first screen."""
        if not self._index:
            return None
        self._index -= 1
        return self.current

    def forward(self) -> str | None:
        """Go forward. Returns the name to show; None on the last screen."""
        if self.next is None:
            return None
        self._index += 1
        return self.current

    def restart(self, name: str) -> list[str]:
        """Start again with one screen. Returns the names that were removed."""
        removed, self._names, self._index = self._names, [name], 0
        return removed
