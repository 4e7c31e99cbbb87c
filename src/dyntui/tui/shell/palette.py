"""The command palette: the actions of the current screen, the targets of the jump bar, and the themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
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
    run: Callable[[], object]


class RegistryCommands(Provider):
    """Provides the actions of the screen below, jump targets and themes."""

    def _commands(self) -> Iterator[_Command]:
        console = cast("ConsoleApp", self.app)
        for active in active_actions(self.screen):
            action = active.action
            if action.scope in _NOT_LISTED or action.id in _NOT_LISTED or action.each:
                continue
            keys = " ".join(key_label(key) for key in active.keys)
            yield _Command(f"{action.title}  ({keys})", active.description, partial(active.node.action_do, action.id))
        for jump in available_jumps(console):
            yield _Command(f"go to {jump.name}", jump.title, partial(jump.go, console, ""))
        for name in sorted(console.available_themes):
            if not console.no_color:
                yield _Command(f"theme {name}", "Colors of the console", partial(console.set_theme, name))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            title = safe(command.title, 100)
            if (score := matcher.match(title)) > 0:
                yield Hit(score, self._highlighted(title, query), command.run, text=title, help=_plain(command.help))

    async def discover(self) -> Hits:
        for command in self._commands():
            title = safe(command.title, 100)
            if not title.startswith("theme "):
                yield DiscoveryHit(Content(title), command.run, text=title, help=_plain(command.help))

    def _highlighted(self, title: str, query: str) -> Content:
        """Return the title with the matched characters styled; Textual's own method would read it as markup."""
        shown = Content(title)
        _, offsets = self.matcher(query).fuzzy_search.match(query, title)
        for offset in offsets:
            if self.match_style is not None and not title[offset].isspace():
                shown = shown.stylize(self.match_style, offset, offset + 1)
        return shown


def _plain(text: str) -> str:
    """Return a help text without markup; the palette would interpret it."""
    return safe(text, 200).replace("[", "(")


class ActionPalette(CommandPalette):
    """The palette screen."""

    def _action_command_list(self, action: str) -> None:
        # Textual's list has no lines for its commands until it is laid out, and a page key looks them up.
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


def make_palette() -> CommandPalette:
    """Make the palette screen."""
    return ActionPalette(providers=[RegistryCommands], placeholder="Search actions, screens and themes")
