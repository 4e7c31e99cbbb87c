"""Find text that is cut on the screen: in lines, in texts that are higher than their widget, in fields."""

from __future__ import annotations

from collections.abc import Iterator

from textual.geometry import Region, Size
from textual.widget import Widget
from textual.widgets import Input, Static

from dyntui.tui.features.imports.message_line import MessageLine
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ReadTracker
from dyntui.tui.shell.header_footer import Breadcrumbs, StatusBar, StatusIndicator

__all__ = ["cut_texts", "footer_keys"]

OWN_ELLIPSES = ("0x…", "+49…", "/…", "dyn_…", "view …", "File …", "1 … 9", "… and ")
"""Texts of the console itself with an ellipsis that stands for any text, or for a dialog that follows."""


def footer_keys(console: Console) -> str:
    """Return the keys that the footer of the screen names."""
    return "".join(text for bar in console.screen.query(StatusBar) for text, _ in bar.line(0, bar.size.width)[0])


def cut_texts(console: Console) -> Iterator[str]:
    """Yield a line for each text that is cut and cannot be read by moving the cursor, by a key, or in the help."""
    screen = console.screen
    for widget, (region, clip) in _visible(console):
        name = f"{type(widget).__name__}#{widget.id}"
        match widget:
            case Breadcrumbs() | StatusBar() | StatusIndicator():
                continue  # the help shows their full texts
            case Table() if widget.has_focus and not screen.query(MessageLine):
                cut = any(_is_cut(line, widget.size.width) for line in _lines(widget))
                if cut and not any(key in footer_keys(console) for key in ("open", "whole row", "details", "? help")):
                    yield f"{name}: a row is cut, and no key in the footer shows it: {footer_keys(console)}"
            case Table():
                continue  # its rows are shown in full when it has the focus, or the message below it shows them
            case ReadTracker():
                continue  # the targets, by the names that they have in the list below
            case LineWidget():
                yield from (f"{name}: {line}" for line in _lines(widget) if _is_cut(line, widget.size.width))
            case Static():
                needed = widget.get_content_height(Size(*screen.size), screen.size, widget.content_size.width)
                if needed > widget.content_size.height:
                    yield f"{name}: {needed} lines in {widget.content_size.height}: {widget.render()!s:.200}"
                elif _clean(str(widget.render())).endswith("…"):
                    yield f"{name}: {widget.render()!s}"
            case Input():
                if not widget.value and width_of(str(widget.placeholder)) > widget.content_size.width:
                    yield f"{name}: placeholder: {widget.placeholder}"
        if not clip.contains_region(region) and not _scrolls(widget):
            yield f"{name}: {region} is not within {clip}"


def _visible(console: Console) -> Iterator[tuple[Widget, tuple[Region, Region]]]:
    for widget, regions in console.screen._compositor.visible_widgets.items():
        if widget.screen is console.screen and widget.display and not widget.children:
            yield widget, regions


def _lines(widget: LineWidget) -> list[str]:
    width, height = widget.size
    return ["".join(text for text, _ in widget.line(y, width)[0]).rstrip() for y in range(height)]


def _is_cut(line: str, width: int) -> bool:
    return width_of(line) > width or "…" in _clean(line)


def _clean(text: str) -> str:
    for own in OWN_ELLIPSES:
        text = text.replace(own, "")
    return text


def _scrolls(widget: Widget) -> bool:
    return any(isinstance(node, Widget) and node.max_scroll_y > 0 for node in widget.ancestors)
