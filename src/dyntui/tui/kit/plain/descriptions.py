"""What a screen says in plain mode: the texts on it, and the widget that has the focus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from dyntui.core.text import safe
from dyntui.tui.kit.dialogs.form_dialog import FormChoice
from dyntui.tui.kit.plain.plain_text import join_texts, plain_text
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import LineWidget

__all__ = ["FocusText", "details_of", "focus_text", "texts_of"]

_SYSTEM_WIDGETS = frozenset({"ToastRack", "Tooltip"})
"""Widgets of Textual on every screen; notifications are announced when they are made."""
_FIELDS = (Input, TextArea, FormChoice)
_LABEL_CLASSES = frozenset({"label", "ask", "note"})
"""Classes of texts that belong to a field next to them and are read with it."""
_SIGNS = {":": "Jump to", "/": "Filter"}
"""The names of the prompt, by its sign."""


@dataclass(frozen=True, slots=True)
class FocusText:
    """What the widget with the focus says."""

    widget: Widget
    state: object
    """The widget is read again when this differs."""
    text: str
    """The line under the cursor, or the value of a field."""
    label: str = ""
    """The name of a field or of a list that has one."""
    hint: str = ""
    """The help of a field, read when it gets the focus."""
    summary: str = ""
    """Text that is read when it changes, such as the number of marks."""
    is_field: bool = False
    """Whether text is typed: then it is echoed."""
    position: int = 0
    """The position of the cursor in the text of a field."""
    row: int = 0
    """The line of the cursor in a field with several lines."""


def _visible(widget: Widget) -> Iterator[Widget]:
    """Yield the widgets below `widget` that are displayed, from the top."""
    for child in widget.children:
        if child.display and type(child).__name__ not in _SYSTEM_WIDGETS:
            if child.visible:
                yield child
            yield from _visible(child)  # they may be visible in a container that is not


def texts_of(screen: Screen[Any]) -> Iterator[tuple[Widget, Sequence[str]]]:
    """Yield the widgets of a screen that show text without having a cursor, each with its lines."""
    for widget in _visible(screen):
        lines: Sequence[str] = ()
        if isinstance(widget, Static):
            lines = _static_lines(widget, isinstance(screen, ModalScreen))
        elif isinstance(widget, LineWidget) and not isinstance(widget, FormChoice):
            is_read_as_focus = isinstance(widget, LineList) and widget.has_focus and not widget.read_whole
            lines = () if is_read_as_focus else widget.accessible_lines()
        if lines:
            yield widget, lines


def details_of(screen: Screen[Any]) -> list[str]:
    """Return the texts of a screen that are read only on request."""
    widgets = (widget for widget in _visible(screen) if isinstance(widget, LineWidget))
    return [line for widget in widgets for line in widget.accessible_details()]


def _static_lines(widget: Static, in_dialog: bool) -> list[str]:
    if widget.id == "sign" or (_belongs_to_field(widget) and not widget.has_class("-problem")):
        return []
    lines = [line for part in str(widget.content).split("\n") if (line := plain_text(part))]
    if lines and widget.has_class("title") and in_dialog:
        lines[0] = f"Dialog: {lines[0]}"
    if lines and widget.has_class("-problem"):
        lines[0] = join_texts(f"Error: {_label_of(widget)}", lines[0])
    return lines


def _belongs_to_field(widget: Static) -> bool:
    if _LABEL_CLASSES.isdisjoint(widget.classes) or widget.parent is None:
        return False
    return any(isinstance(other, _FIELDS) for other in (*widget.siblings, *_next_to(widget)))


def _next_to(widget: Widget) -> list[Widget]:
    """Return the widgets in the row before `widget`."""
    parent = widget.parent
    siblings = list(parent.children) if parent is not None else []
    index = siblings.index(widget)
    return list(siblings[index - 1].children) if index else []


def _label_of(note: Static) -> str:
    """Return the label of the field that a note is below."""
    labels = (other for other in _next_to(note) if isinstance(other, Static) and other.has_class("label"))
    return next((plain_text(str(label.content)) for label in labels), "")


def focus_text(screen: Screen[Any]) -> FocusText | None:
    """Return what the widget with the focus says; None without one, or while it has nothing to say."""
    widget = screen.focused
    if widget is None or not widget.display:
        return None
    if isinstance(widget, LineList):
        text = widget.accessible_cursor
        title = plain_text(str(widget.border_title or ""))
        if not text:
            return None
        return FocusText(widget, widget.accessible_state(), text, label=title, summary=widget.accessible_summary())
    label, hint = _field_texts(widget)
    match widget:
        case FormChoice():
            options = list(widget.options)
            value = plain_text(widget.options.get(widget.value, ""))
            number = f"choice {options.index(widget.value) + 1} of {len(options)}" if len(options) > 1 else ""
            keys = "left and right change it" if len(options) > 1 else ""
            return FocusText(
                widget, (widget.value, len(options)), join_texts(value, number), label, join_texts(hint, keys)
            )
        case Input():
            value = "*" * len(widget.value) if widget.password else widget.value
            state = value, widget.cursor_position
            label = f"{label}, hidden" if widget.password else label
            return FocusText(widget, state, value, label, hint, is_field=True, position=widget.cursor_position)
        case TextArea():
            row, column = widget.cursor_location
            line, count = widget.document.get_line(row), widget.document.line_count
            label = f"Line {row + 1} of {count}"
            return FocusText(
                widget, (row, column, line, count), line, label, hint, is_field=True, position=column, row=row
            )
    return None


def _field_texts(field: Widget) -> tuple[str, str]:
    """Return the label and the help of a field."""
    siblings = list(field.parent.children) if field.parent is not None else []
    index = siblings.index(field) if field in siblings else 0
    before = [other for other in siblings[:index] if isinstance(other, Static) and not other.has_class("title")]
    placeholder = plain_text(safe(field.placeholder, 300)) if isinstance(field, Input) else ""
    label = plain_text(str(before[-1].content)) if before else ""
    sign, _, name = label.partition(" ")
    if sign in _SIGNS:
        label = join_texts(_SIGNS[sign], name.strip(" ,"))
    note = _note_below(field)
    return (label.rstrip(":") or plain_text(str(field.border_title or "")) or "Text"), join_texts(note, placeholder)


def _note_below(field: Widget) -> str:
    """Return the text below the row of a field in a form."""
    row = field.parent
    if row is None or row.parent is None:
        return ""
    rows = list(row.parent.children)
    index = rows.index(row) + 1 if row in rows else len(rows)
    if index < len(rows) and isinstance(note := rows[index], Static) and note.has_class("note"):
        return plain_text(str(note.content))
    return ""
