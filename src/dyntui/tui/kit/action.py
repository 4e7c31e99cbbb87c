"""One thing that a key can do, as the tables in `tui/keys` and the registry have it. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from dyntui.core.effect import Effect

__all__ = ["Action"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key can do.

    id: `scope.name`, the name that a keymap uses. help: one sentence. rank: its place on the bottom line; 0 keeps it
    off. run: the method `action_<run>` of the node that has the scope; the id's name by default. why_not: the method of
    that node that says why the action cannot be done now (None: it can). each: the keys are arguments, as in tabs 1 to
    9. priority: it goes before what the focused widget does with the key, in dialogs too. effect: what it does to the
    server; an action that declares nothing is a write. Files of this machine do not count.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    effect: Effect = Effect.WRITE
    rank: int = 0
    run: str = ""
    why_not: str = ""
    each: bool = False
    priority: bool = False

    @property
    def scope(self) -> str:
        """Where it works: the part of the id before the dot."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """The name of the method that does it."""
        return f"action_{self.run or self.id.partition('.')[2]}"
