"""An action: something that a key runs. Every `actions.py` lists actions; the registry makes bindings of them."""

from __future__ import annotations

from dataclasses import dataclass

from dyntui.core.effect import Effect

__all__ = ["Action"]


@dataclass(frozen=True, slots=True)
class Action:
    """An action that a key runs."""

    id: str
    """`scope.name`; keymap.toml uses it."""
    keys: tuple[str, ...]
    """The keys, as Textual names them; the first one is shown."""
    title: str
    """Its name in the footer and on the help screen."""
    help: str
    """One sentence for the help screen and docs/keys.md."""
    effect: Effect = Effect.WRITE
    """What it does to the server, not to local files. An action that declares nothing counts as a write."""
    rank: int = 0
    """Its position in the footer, from the left; 0 leaves it out."""
    run: str = ""
    """The method `action_<run>` of the node that binds the scope; the name part of the id by default."""
    disabled_reason: str = ""
    """The method of that node that returns why the action is not available now, or None when it is."""
    each: bool = False
    """Whether the key is passed as an argument, as in tabs 1 to 9."""
    priority: bool = False
    """Whether it runs before the focused widget sees the key, in dialogs too."""
    declarations: tuple[str, ...] = ()
    """The actions of the resource records that it is made from, as `RECORD.NAME`."""

    @property
    def scope(self) -> str:
        """The part of the id before the dot: what binds the action."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """The name of the method that runs it."""
        return f"action_{self.run or self.id.partition('.')[2]}"
