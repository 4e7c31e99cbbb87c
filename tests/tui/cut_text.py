"""Find text that is cut on the screen: in lines, in texts that are higher than their widget, in fields."""

from __future__ import annotations

from collections.abc import Iterator

from textual.geometry import Region, Size
from textual.widget import Widget
from textual.widgets import Input, Static

from dyntui.core.times import now
from dyntui.tui.kit.action_registry import active_actions
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import LineWidget
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.header_footer import Breadcrumbs, StatusBar, StatusIndicator

__all__ = ["cut_cells", "cut_texts", "footer_keys", "whole_text"]

OWN_ELLIPSES = ("0x…", "+49…", "/…", "dyn_…", "view …", "File …", "1 … 9", "… and ")
"""Texts of the console itself with an ellipsis that stands for any text, or for a dialog that follows."""


def footer_keys(console: Console) -> str:
    """Return the keys that the footer of the screen names."""
    return "".join(text for bar in console.screen.query(StatusBar) for text, _ in bar.line(0, bar.size.width)[0])


def cut_texts(console: Console) -> Iterator[str]:
    """Yield a line for each text that is cut and cannot be read by moving the cursor, by a key, or in the help."""
    screen = console.screen
    has_prompt = isinstance(screen, ConsoleScreen) and screen.has_prompt
    for widget, (region, clip) in _visible(console):
        name = f"{type(widget).__name__}#{widget.id}"
        match widget:
            case Breadcrumbs() | StatusIndicator():
                continue  # the help shows their full texts
            case StatusBar():
                if "? help" not in footer_keys(console) and not has_prompt:
                    yield f"{name}: no `? help`, which shows the full text: {footer_keys(console)}"
            case Table() if has_prompt or not widget.count:
                continue  # the rows can be read when the prompt is closed
            case Table() if any(_is_cut(line, widget.size.width) or line.endswith("›") for line in _lines(widget)):
                keys = footer_keys(console)
                if not widget.has_focus:
                    if not _goes_to_panes(console):
                        yield f"{name}: a row is cut, and no key in the help goes to this table"
                elif "; whole row" not in keys and not ("enter " in keys and _opens_whole_row(console)):
                    yield f"{name}: a row is cut, and no key in the footer shows it: {keys}"
            case Table():
                continue
            case LineWidget():
                yield from (f"{name}: {line}" for line in _lines(widget) if _is_cut(line, widget.size.width))
            case Static():
                needed = widget.get_content_height(Size(*screen.size), screen.size, widget.content_size.width)
                if needed > widget.content_size.height:
                    yield f"{name}: {needed} lines in {widget.content_size.height}: {widget.render()!s:.200}"
                elif _clean(str(widget.render())).endswith("…") and not widget.has_class("title"):
                    # A title of more than 200 characters names the object that the screen below shows.
                    yield f"{name}: {widget.render()!s}"
            case Input():
                if not widget.value and width_of(str(widget.placeholder)) > widget.content_size.width:
                    yield f"{name}: placeholder: {widget.placeholder}"
        if not clip.contains_region(region) and not _scrolls(widget):
            yield f"{name}: {region} is not within {clip}"


def cut_cells(table: Table) -> list[str]:
    """Return the whole texts of the row under the cursor that are cut or out of view."""
    if (row := table.row) is None:
        return []
    shown = dict(table._layout(table.size.width - 1).cells)
    cells = [column for column in table.columns if width_of(column.cell(row, now())) > shown.get(column, -1)]
    lines = FieldList([FieldLine("", column.whole(row, now())) for column in cells])
    texts = [lines.text_at(index).strip(" …") for index in range(lines.count)]
    return [text for text in texts if text != "—"]


def whole_text(console: Console) -> str:
    """Return all that can be read on the screen by moving the cursor, without blanks."""
    widgets = [*console.screen.query("*").results(Widget)]
    lists = [widget for widget in widgets if isinstance(widget, LineList)]
    texts = [each.text_at(index) for each in lists for index in range(each.count)]
    texts += [
        "".join(text for text, _ in widget.line(y, 1000)[0])
        for widget in widgets
        if isinstance(widget, LineWidget)
        for y in range(widget.size.height)
    ]
    texts += [str(widget.render()) for widget in widgets if isinstance(widget, Static)]
    return "".join("".join(texts).split())


def _goes_to_panes(console: Console) -> bool:
    """Return whether the help has a key that goes to the next pane."""
    actives = active_actions(console.screen)
    return any(active.action.id in ("panes.next", "review.panes") and not active.disabled_reason for active in actives)


def _opens_whole_row(console: Console) -> bool:
    """Return whether enter shows the whole row. The walk checks that it does."""
    return isinstance(console.screen, ConsoleScreen) and console.screen.enter_shows_row


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
