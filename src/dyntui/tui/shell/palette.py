"""The command palette: the actions of the current screen, the targets of the jump bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import active_actions, key_label
from dyntui.tui.shell.action_menu import own_actions_first
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
    is_disabled: bool = False


class RegistryCommands(Provider):
    """Provides the actions of the screen below and jump targets."""

    def _commands(self) -> Iterator[_Command]:
        console = cast("ConsoleApp", self.app)
        for active in own_actions_first(active_actions(self.screen)):
            action = active.action
            if action.scope in _NOT_LISTED or action.id in _NOT_LISTED or action.each:
                continue
            keys = " ".join(key_label(key) for key in active.keys)
            run = partial(active.node.action_do, action.id)
            is_disabled = active.disabled_reason is not None
            yield _Command(f"{action.title}  ({keys})", active.description, run, is_disabled)
        for jump in available_jumps(console):
            yield _Command(f"go to {jump.name}", jump.title, partial(jump.go, console, ""))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            title = safe(command.title, 100)
            if (score := matcher.match(title)) > 0:
                shown = self._highlighted(title, query)
                yield Hit(score, self._styled(shown, command), command.run, text=title, help=_plain(command.help))

    async def discover(self) -> Hits:
        for command in self._commands():
            title = safe(command.title, 100)
            yield DiscoveryHit(
                self._styled(Content(title), command), command.run, text=title, help=_plain(command.help)
            )

    def _styled(self, title: Content, command: _Command) -> Content:
        """Return the title of a command, which looks disabled when it is not available."""
        dim = cast("ConsoleApp", self.app).theme_variables["dim-text"]
        return title.stylize_before(dim) if command.is_disabled else title

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
    return ActionPalette(providers=[RegistryCommands], placeholder="Search actions and screens")
