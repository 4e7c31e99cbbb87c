"""The private names of Textual that the lean writer stands on, all of them here, and whether they are as expected.

Textual has no public place between what its compositor draws and what its driver writes. Where a name is missing, or
the code behind it is not the code that this was written for, `differs` says so, and Textual's own output is used.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from textual.app import ReturnType

if TYPE_CHECKING:
    from textual._xterm_parser import XTermParser
    from textual.app import App as _App
    from textual.drivers.headless_driver import HeadlessDriver as _Driver

    from dyntui.tui.kit.terminal.input_decoder import InputDecoder
else:
    from typing import Generic as _App

    from textual.driver import Driver as _Driver

__all__ = ["DisplayHook", "Piece", "SizeHook", "differs", "pieces", "set_colors", "set_decoder", "set_parser"]

Piece = tuple[int, int, Iterable[Segment]]
"""Line, column, and what is to be shown from there on."""

_REPLACED_FUNCTIONS = {
    "textual.app.App._display": """_batch_count _begin_update _closed _driver _end_update _handle_exception
        _previous_cursor_position _render_buffer _running clamp_offset CompositorUpdate console Control cursor_position
        Exception flush is_headless is_inline isinstance len move move_to outer_size post_display_hook range render
        render_segments screen segment text WINDOWS write""",
    "textual._compositor.LayoutUpdate.render_segments": """append Control enumerate extend join loop_last move_to region
        render segment strips text x y""",
    "textual._compositor.ChopsUpdate.render_segments": """append chop_ends chops Control crop items join min move_to
        render segment spans text zip""",
    "textual.strip.Strip.render": "_color_system _render_cache _segments ColorSystem join render_style TRUECOLOR",
    "textual.strip.Strip.render_style": "_ansi _link _link_id render_ansi",
}
"""Functions whose work is done by the lean writer instead, and every name they use: with other names, other work."""

_USED = ("textual.app.App.post_display_hook", "textual.strip.Strip.render_ansi", "rich.cells.split_graphemes")


def differs() -> str:
    """Return what is not as expected; "" when all of it is."""
    for path, names in _REPLACED_FUNCTIONS.items():
        code = getattr(inspect.unwrap(_find(path)), "__code__", None)
        if code is None:
            return f"there is no {path}"
        if changed := _names(code).symmetric_difference(names.split()):
            return f"{path} is different: {', '.join(sorted(changed))}"
    return next((f"there is no {path}" for path in _USED if _find(path) is None), "")


def _find(path: str) -> Any:
    package, name, *attributes = path.split(".")
    try:
        found: Any = importlib.import_module(f"{package}.{name}")
    except ImportError:
        return None
    for attribute in attributes:
        found = getattr(found, attribute, None)
    return found


def _names(code: CodeType) -> set[str]:
    """Every global, attribute and method that a function names, its inner functions' included."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def pieces(update: Any) -> Iterator[Piece] | None:
    """What an update of the compositor shows, where; None when it is something else."""
    from textual._compositor import ChopsUpdate, LayoutUpdate

    if isinstance(update, LayoutUpdate):
        return _whole(update.strips, update.region.x, update.region.y)
    if isinstance(update, ChopsUpdate):
        return _spans(update)
    return None


def _whole(lines: Iterable[Iterable[Iterable[Segment]]], x: int, y: int) -> Iterator[Piece]:
    for line, strips in enumerate(lines, y):
        yield line, x, (segment for strip in strips for segment in strip)


def _spans(update: Any) -> Iterator[Piece]:
    for y, first, end in update.spans:
        for chop_end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > end or chop_end <= first:
                continue
            whole = first <= x < end and chop_end <= end
            yield y, x, strip if whole else strip.crop(0, min(chop_end, end) - x)


def set_colors(console: Console, colors: ColorSystem) -> None:
    """Make a console of Rich use these colors, whatever it found when it was created."""
    console._color_system = colors


def set_parser(parser: type[XTermParser]) -> None:
    """Make Textual's driver of POSIX terminals parse what is typed with `parser`."""
    from textual.drivers import linux_driver

    linux_driver.XTermParser = parser  # type: ignore[attr-defined]


def set_decoder(decoder: type[InputDecoder]) -> None:
    """Make Textual's driver of POSIX terminals decode what is typed with `decoder`."""
    from textual.drivers import linux_driver

    linux_driver.getincrementaldecoder = lambda _encoding: decoder  # type: ignore


class SizeHook(_Driver):
    """A mixin in front of a driver: `find_size` says how large the terminal is."""

    def find_size(self) -> tuple[int, int] | None:
        """Return columns and lines, None for what the driver finds."""
        raise NotImplementedError

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.find_size() or super()._get_terminal_size()


class DisplayHook(_App[ReturnType]):
    """A mixin in front of App: frames go to `show` while `takes_frames`, and else to Textual's own output."""

    def takes_frames(self) -> bool:
        """Whether frames are to be given to `show`."""
        raise NotImplementedError

    def show(self, parts: Iterator[Piece]) -> None:
        """Show these parts of the screen."""
        raise NotImplementedError

    def shown_otherwise(self) -> None:
        """Something else than parts of the screen was written to the terminal."""
        raise NotImplementedError

    def _display(self, *arguments: Any, **named: Any) -> None:
        # The arguments as they come: where they are others, this is only passed through.
        if not self.takes_frames():
            super()._display(*arguments, **named)
            return
        _screen, update = arguments
        if update is None or self._batch_count:
            self.post_display_hook()
        elif (parts := pieces(update)) is None:
            super()._display(*arguments, **named)
            self.shown_otherwise()
        else:
            try:
                self.show(parts)
            finally:
                self.post_display_hook()
