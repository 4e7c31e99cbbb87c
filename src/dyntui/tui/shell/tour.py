"""The tour of the demo: one hint at a time above the footer, about a key that the screen has.

A hint goes away when its key was used, and the others follow in any order. The tour never takes a key away: `esc` skips
it only where it has nothing else to do. A tour that was finished or skipped is not shown again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, private_dir
from dyntui.resources.users import USERS
from dyntui.tui.kit.action_registry import Action, active_actions, key_of
from dyntui.tui.kit.widgets.cells import cut, width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.shell.error_hints import errors_shown

if TYPE_CHECKING:
    from dyntui.tui.shell.base_screen import ConsoleScreen
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["Tour"]


class _Step(NamedTuple):
    """One hint."""

    actions: tuple[str, ...]
    """The ids of the actions that complete it; the key of the first one is shown."""
    text: str
    """What to do, after the key."""
    text_elsewhere: str = ""
    """The text on screens of other objects than users, where it differs."""


_STEPS = (
    _Step(
        ("list.filter",),
        "finds a user: type a part of a name, then enter",
        "filters the list: type a text, then enter",
    ),
    _Step(("list.open",), "opens the user under the cursor", "opens the row under the cursor"),
    _Step(
        ("detail.next_tab", "detail.tab", "detail.previous_tab"),
        "shows the next tab, such as the wallets of the user",
        "shows the next tab",
    ),
    _Step(("app.jump",), "goes to any list: type wallets, then enter"),
    _Step(("app.help",), "shows all keys of the screen"),
)
_PROMPT_TEXTS = {"/": "Type a part of a name, then press enter.", ":": "Type wallets, then press enter."}


class TourLine(LineWidget):
    """The line of the hint."""

    hint = ""
    """What to do now."""
    skip_hint = ""
    """How to skip the tour; "" where esc does something else."""

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        right = f"{self.skip_hint} " if width_of(self.hint) + width_of(self.skip_hint) + 3 <= width else ""
        hint = cut(f" {self.hint}", width - width_of(right))
        return [(hint, "accent"), (" " * (width - width_of(hint) - width_of(right)), ""), (right, "dim")], ""

    def accessible_lines(self) -> Sequence[str]:
        return [self.hint]


class Tour:
    """The progress of the tour."""

    def __init__(self, console: ConsoleApp) -> None:
        self._console = console
        self._done: set[_Step] = set()
        self.is_over = False
        """Whether the tour was finished or skipped."""

    def action_done(self, action: Action, screen: ConsoleScreen | None) -> None:
        """Complete the step of an action. screen: the screen in front, which shows the next hint."""
        self._done |= {step for step in _STEPS if action.id in step.actions}
        if len(self._done) == len(_STEPS) and not self.is_over:
            self._end()
            self._console.notify(
                f"That was the tour. Press {key_of('app.help')} for all keys, and {key_of('app.quit')} to quit."
            )
        if screen is not None:
            self.show_hint(screen)

    def skip(self, screen: ConsoleScreen) -> None:
        """End the tour."""
        self._end()
        self.show_hint(screen)

    def _end(self) -> None:
        self.is_over = True
        with errors_shown(self._console):
            private_dir(paths().tour_file.parent)
            atomic_write(paths().tour_file, b"seen\n")

    def show_hint(self, screen: ConsoleScreen) -> None:
        """Show the hint that fits `screen`, or remove the line when there is none."""
        if not (screen.is_mounted and screen.is_attached):  # it is not attached any more while the console quits
            return
        line = next(iter(screen.query(TourLine)), None)
        hint = "" if self.is_over or self._console.session.demo is None else self._hint_for(screen)
        screen.set_class(bool(hint), "-tour")
        if not hint:
            if line is not None:
                line.remove()
            return
        if line is None:
            line = TourLine(id="tour")
            screen.mount(line, before="#footer")
        number = len(self._done) + (not screen.has_prompt)
        line.hint = f"Tour {number} of {len(_STEPS)} · {hint}"
        line.skip_hint = f"{key_of('app.back')} skips it" if self._console.is_at_start and not screen.has_prompt else ""
        line.repaint()

    def _hint_for(self, screen: ConsoleScreen) -> str:
        if screen.prompt is not None and screen.prompt.is_open:
            return _PROMPT_TEXTS.get(screen.prompt.sign, "")
        available = {active.action.id: active for active in active_actions(screen) if active.disabled_reason is None}
        for step in _STEPS:
            if step not in self._done and (active := available.get(step.actions[0])) is not None:
                is_elsewhere = getattr(screen, "record", None) is not USERS
                return f"{key_of(active.action.id)} {(is_elsewhere and step.text_elsewhere) or step.text}"
        return ""
