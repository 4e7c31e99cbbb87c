"""Back and forward through the screens, as in a browser."""

from __future__ import annotations

__all__ = ["History"]


class History:
    """The names of the screens visited, and which of them is shown. keep: how many stay within reach."""

    def __init__(self, first: str, *, keep: int = 20) -> None:
        self._names = [first]
        self._at = 0
        self._keep = keep

    @property
    def current(self) -> str:
        return self._names[self._at]

    @property
    def previous(self) -> str | None:
        """Where back leads; None on the first screen."""
        return self._names[self._at - 1] if self._at else None

    @property
    def next(self) -> str | None:
        """Where forward leads; None when nothing was gone back from."""
        return self._names[self._at + 1] if self._at + 1 < len(self._names) else None

    def visit(self, name: str) -> list[str]:
        """Go to a new screen. Returns the names that are out of reach now."""
        gone = self._names[self._at + 1 :]
        self._names = [*self._names[: self._at + 1], name]
        self._at += 1
        while len(self._names) > self._keep:
            gone.append(self._names.pop(0))
            self._at -= 1
        return gone

    def back(self) -> str | None:
        """Go back; the name to show, None on the first screen."""
        if not self._at:
            return None
        self._at -= 1
        return self.current

    def forward(self) -> str | None:
        """Go forward; the name to show, None when there is nothing."""
        if self.next is None:
            return None
        self._at += 1
        return self.current

    def restart(self, name: str) -> list[str]:
        """Begin anew with one screen. Returns all the other names."""
        gone, self._names, self._at = self._names, [name], 0
        return gone
