"""All private names of Textual that the lean output uses, and a check that they are as expected.

Textual has no public API between its compositor and its driver. Where a private name is missing, or its code is not
the code that this module was written for, `unexpected_internals` returns it, and Textual's own output is used.
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
    from textual._compositor import ChopsUpdate
    from textual._xterm_parser import XTermParser
    from textual.app import App as _App
    from textual.drivers.headless_driver import HeadlessDriver as _Driver

    from dyntui.tui.kit.terminal.input_decoder import InputDecoder
else:
    from typing import Generic as _App

    from textual.driver import Driver as _Driver

__all__ = [
    "DisplayHookMixin",
    "Piece",
    "SizeHookMixin",
    "drawn_pieces",
    "set_colors",
    "set_decoder",
    "set_parser",
    "unexpected_internals",
]

Piece = tuple[int, int, Iterable[Segment]]
"""Line, column, and the segments to draw from there."""

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
"""Functions that the lean output replaces, with every name that they use. Other names mean that they do other work."""

_USED_FUNCTIONS = ("textual.app.App.post_display_hook", "textual.strip.Strip.render_ansi", "rich.cells.split_graphemes")


def unexpected_internals() -> str:
    """Return the first private name that is not as expected, with the difference; "" for none."""
    for path, names in _REPLACED_FUNCTIONS.items():
        code = getattr(inspect.unwrap(_find(path)), "__code__", None)
        if code is None:
            return f"{path} does not exist"
        if changed := _names(code).symmetric_difference(names.split()):
            return f"{path} uses other names: {', '.join(sorted(changed))}"
    return next((f"{path} does not exist" for path in _USED_FUNCTIONS if _find(path) is None), "")


def _find(path: str) -> Any:
    package, name, *attributes = path.split(".")
    try:
        found: object = importlib.import_module(f"{package}.{name}")
    except ImportError:
        return None
    for attribute in attributes:
        found = getattr(found, attribute, None)
    return found


def _names(code: CodeType) -> set[str]:
    """Return every global, attribute and method that a function uses, with its inner functions."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def drawn_pieces(update: object) -> Iterator[Piece] | None:
    """Return the segments that an update of the compositor draws; None for another kind of update."""
    from textual._compositor import ChopsUpdate, LayoutUpdate

    if isinstance(update, LayoutUpdate):
        return _layout_pieces(update.strips, update.region.x, update.region.y)
    if isinstance(update, ChopsUpdate):
        return _chop_pieces(update)
    return None


def _layout_pieces(lines: Iterable[Iterable[Iterable[Segment]]], x: int, y: int) -> Iterator[Piece]:
    for line, strips in enumerate(lines, y):
        yield line, x, (segment for strip in strips for segment in strip)


def _chop_pieces(update: ChopsUpdate) -> Iterator[Piece]:
    for y, first, end in update.spans:
        for chop_end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > end or chop_end <= first:
                continue
            is_whole = first <= x < end and chop_end <= end
            yield y, x, strip if is_whole else strip.crop(0, min(chop_end, end) - x)


def set_colors(console: Console, colors: ColorSystem) -> None:
    """Make a console of Rich use these colors instead of the detected ones."""
    console._color_system = colors


def set_parser(parser: type[XTermParser]) -> None:
    """Make Textual's driver of POSIX terminals parse input with `parser`."""
    from textual.drivers import linux_driver

    linux_driver.XTermParser = parser  # type: ignore[attr-defined]


def set_decoder(decoder: type[InputDecoder]) -> None:
    """Make Textual's driver of POSIX terminals decode input with `decoder`."""
    from textual.drivers import linux_driver

    linux_driver.getincrementaldecoder = lambda _encoding: decoder  # type: ignore


class SizeHookMixin(_Driver):
    """A mixin for drivers that replaces how the size of the terminal is found."""

    def find_size(self) -> tuple[int, int] | None:
        """Return columns and lines; None for the size that the driver finds."""
        raise NotImplementedError

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.find_size() or super()._get_terminal_size()


class DisplayHookMixin(_App[ReturnType]):
    """A mixin for apps: updates of the screen go to `show` while `takes_frames`, else to Textual's own output."""

    def takes_frames(self) -> bool:
        """Return whether updates go to `show`."""
        raise NotImplementedError

    def show(self, parts: Iterator[Piece]) -> None:
        """Show parts of the screen."""
        raise NotImplementedError

    def output_bypassed(self) -> None:
        """Called when Textual wrote to the terminal itself, so that its content is unknown."""
        raise NotImplementedError

    def _display(self, *arguments: Any, **named: Any) -> None:
        # Arguments are passed on as they are, because another version of Textual may have others.
        if not self.takes_frames():
            super()._display(*arguments, **named)
            return
        _screen, update = arguments
        if update is None or self._batch_count:
            self.post_display_hook()
        elif (parts := drawn_pieces(update)) is None:
            super()._display(*arguments, **named)
            self.output_bypassed()
        else:
            try:
                self.show(parts)
            finally:
                self.post_display_hook()
