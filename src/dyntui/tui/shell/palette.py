"""The command palette: everything the keys do here, every place the jump bar knows, and the themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import active_actions, key_label
from dyntui.tui.shell.jump_targets import available_jumps

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["make_palette"]

_NOT_LISTED = ("rows", "app.palette")


@dataclass(frozen=True, slots=True)
class _Command:
    title: str
    help: str
    run: Callable[[], Any]


class RegistryCommands(Provider):
    """What can be done on the screen below."""

    def _commands(self) -> Iterator[_Command]:
        console = cast("ConsoleApp", self.app)
        for here in active_actions(self.screen):
            action = here.action
            if action.scope in _NOT_LISTED or action.id in _NOT_LISTED or action.each:
                continue
            keys = " ".join(key_label(key) for key in here.keys)
            note = f"not now: {here.reason}" if here.reason else action.help
            yield _Command(f"{action.title}  ({keys})", note, partial(here.node.action_do, action.id))
        for jump in available_jumps(console):
            yield _Command(f"go to {jump.name}", jump.title, partial(jump.go, console, ""))
        for name in sorted(console.available_themes):
            if not console.no_color:
                yield _Command(f"theme {name}", "Colours of the console", partial(console.set_theme, name))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            title = safe(command.title, 100)
            if (score := matcher.match(title)) > 0:
                yield Hit(score, self._marked(title, query), command.run, text=title, help=_plain(command.help))

    async def discover(self) -> Hits:
        for command in self._commands():
            title = safe(command.title, 100)
            if not title.startswith("theme "):
                yield DiscoveryHit(Content(title), command.run, text=title, help=_plain(command.help))

    def _marked(self, title: str, query: str) -> Content:
        """The title with what matched; the library's own way reads it as markup."""
        shown = Content(title)
        _, offsets = self.matcher(query).fuzzy_search.match(query, title)
        for offset in offsets:
            if self.match_style is not None and not title[offset].isspace():
                shown = shown.stylize(self.match_style, offset, offset + 1)
        return shown


def _plain(text: str) -> str:
    """A help text that the palette, which reads it as markup, cannot take for any."""
    return safe(text, 200).replace("[", "(")


def make_palette() -> CommandPalette:
    """The palette, to be pushed."""
    return CommandPalette(providers=[RegistryCommands], placeholder="Search what can be done here")
