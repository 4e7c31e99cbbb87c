"""Step 2: how the file is read. What was found, each of it changeable, beside the rows as they come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from dyntui.core.errors import DyntuiError
from dyntui.core.text import safe
from dyntui.importer import SourceInfo
from dyntui.resources import Column
from dyntui.services.imports.wizard_bench import Counted, Look
from dyntui.tui.actions import bindings
from dyntui.tui.dialogs.pick import Choice, PickDialog
from dyntui.tui.screens.imports.step import Step
from dyntui.tui.screens.imports.wording import size_words
from dyntui.tui.widgets.cells import cut, fit, width_of
from dyntui.tui.widgets.lines import Lines
from dyntui.tui.widgets.painted import Piece
from dyntui.tui.widgets.rows import ListView
from dyntui.tui.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.tui.screens.imports.screen import ImportScreen

__all__ = ["ParseStep", "column_of_file", "preview_rows"]

_DELIMITERS = {
    ",": "comma  ,",
    ";": "semicolon  ;",
    "\t": "tab",
    "|": "bar  |",
    ":": "colon  :",
    "": "none: one column",
}
_FORMATS = {
    "csv": "CSV",
    "tsv": "TSV",
    "json": "JSON",
    "ndjson": "JSON, one object a line",
    "xlsx": "Excel (XLSX)",
    "xls": "Excel 97 (XLS)",
    "ods": "OpenDocument (ODS)",
}
_TEXT = ("csv", "tsv", "json", "ndjson")
_DELIMITED = ("csv", "tsv")
_FOUND = "found"
_LABEL = 11


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list. key: the setting that Enter changes, "" for none. One without a value is a text."""

    label: str
    value: str = ""
    key: str = ""
    style: str = ""

    @classmethod
    def heading(cls, text: str) -> Line:
        return cls(text.upper(), style="head")


class ReadingLines(Lines):
    """How the file is read, and what it is."""

    def __init__(self) -> None:
        super().__init__(id="reading")
        self.lines_: list[Line] = []

    @property
    def count(self) -> int:
        return len(self.lines_)

    @property
    def line_here(self) -> Line | None:
        """The line under the cursor."""
        return self.lines_[self.cursor] if self.lines_ else None

    def put(self, lines: Sequence[Line]) -> None:
        """Show these."""
        self.lines_ = list(lines)
        self.count_changed()

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        line = self.lines_[index]
        bar: Piece = ("▌ ", "accent") if index == self.cursor else ("  ", "")
        if not line.value and not line.key:
            return [bar, (cut(line.label, width - 2), line.style)]
        label = fit(line.label, _LABEL) + "  "
        return [bar, (label, "dim"), (cut(line.value, max(0, width - 2 - width_of(label))), line.style)]


class ParseStep(Step):
    """Look at the file as it is understood, and put that right."""

    NAME, TITLE = "parse", "Parse"
    BINDINGS = bindings("parse")

    class Counting(Message):
        """So many rows were counted."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ParseStep.Counting)

    def __init__(self, wizard: ImportScreen) -> None:
        super().__init__(wizard)
        self.error: DyntuiError | None = None
        self._rows = 0
        self._stop = Event()

    def compose(self) -> ComposeResult:
        with Horizontal(classes="panes"):
            yield ReadingLines()
            yield Table((Column("row", " "),), ListView(loaded=False), empty=self._empty, id="preview")

    def on_mount(self) -> None:
        self.query_one(ReadingLines).border_title = "how it is read"
        self.query_one(Table).border_title = "the first rows"

    def entered(self) -> None:
        if self.wizard.look is not None:
            self._show(self.wizard.look)
        elif self.draft.path:
            self._look()

    def left(self) -> None:
        self._stop.set()

    # Reading

    def _look(self) -> None:
        self._stop.set()
        self.wizard.look = self.wizard.counted = None
        draft = self.copy()
        self.wizard.hand(lambda bench: bench.look(draft), self._show, self._cannot, latest="look")

    def _show(self, look: Look) -> None:
        self.error = None
        self.wizard.look = look
        table = self.query_one("#preview", Table)
        table.view = ListView(preview_rows(look), key="row")
        table.columns = tuple(column_of_file(look, place) for place in range(len(look.info.columns))) or table.columns
        table.offset_columns = 0
        table.layout_changed()
        table.show(table.view)
        self._arrange()
        if self.wizard.counted is None:
            self._count()
        self.changed()

    def _cannot(self, error: DyntuiError) -> None:
        self.error = error
        table = self.query_one("#preview", Table)
        view = ListView(())
        view.error = error
        table.show(view)
        self._arrange()
        self.changed()

    def _count(self) -> None:
        self._stop.set()
        self._stop = stop = Event()
        self._rows = 0
        draft = self.copy()

        def tell(rows: int) -> None:
            self.post_message(self.Counting(rows))

        self.wizard.hand(lambda bench: bench.count(draft, tell, stop), self._counted, self._cannot, latest="count")

    @on(Counting)
    def _counting(self, event: Counting) -> None:
        self._rows = event.rows
        self._arrange()
        self.changed()

    def _counted(self, counted: Counted) -> None:
        self.wizard.counted = counted
        self._arrange()
        self.changed()

    # What is said

    def _arrange(self) -> None:
        look = self.wizard.look
        lines = _lines(look.info, self.draft.reading, self._count_words()) if look is not None else self._error_lines()
        self.query_one(ReadingLines).put(lines)

    def _count_words(self) -> str:
        counted = self.wizard.counted
        return f"{counted.rows:,}" if counted is not None else f"counting, {self._rows:,}"

    def _error_lines(self) -> list[Line]:
        from dyntui.importer import UnknownEncoding

        reading = self.draft.reading
        lines = [
            Line("format", _FORMATS.get(reading.format or "", "not known"), "format"),
            Line("encoding", reading.encoding or "not known: choose one", "encoding", "warn"),
        ]
        if isinstance(self.error, UnknownEncoding):
            lines.append(Line.heading("the first odd text reads"))
            lines += [Line(name, safe(text, 200)) for name, text in self.error.candidates]
        return lines

    def _empty(self) -> str:
        return "There are no rows below the names. Choose another row of names."

    def status(self) -> Sequence[Piece]:
        if self.error is not None:
            return [("not readable as it is", "warn")]
        counted = self.wizard.counted
        if counted is None:
            return [(f"counting {self._rows:,}", "")]
        parts: list[Piece] = [(f"{counted.rows:,} rows", "")]
        if odd := sum(counted.problems.values()):
            parts.append((f"{odd:,} odd", "warn"))
        return parts

    def blocked(self) -> str | None:
        if self.error is not None:
            return f"The file cannot be read like this: {safe(self.error.message, 200)}"
        return None if self.wizard.look is not None else "The file is still being read."

    # Changing it

    def nothing_here(self) -> str | None:
        line = self.query_one(ReadingLines).line_here
        return None if line is not None and line.key else "This follows from the rest."

    def no_reading(self) -> str | None:
        reading = self.draft.reading
        return "Everything is as it was found." if reading == type(reading)() else None

    @on(Lines.Opened, "#reading")
    async def _clicked(self) -> None:
        await self.action_do("parse.change")

    def action_change(self) -> None:
        line = self.query_one(ReadingLines).line_here
        assert line is not None
        if line.key == "header_row":
            draft = self.copy()
            self.wizard.hand(lambda bench: bench.head(draft), self._pick_header)
        else:
            title, choices = self._choices(line.key)
            self._pick(line.key, title, choices)

    def action_found(self) -> None:
        """Read it as it is found again."""
        self.draft.reading = type(self.draft.reading)()
        self._changed()

    def _choices(self, key: str) -> tuple[str, list[Choice]]:
        from dyntui.importer import UnknownEncoding
        from dyntui.importer.detect import ENCODINGS_TO_TRY

        look = self.wizard.look
        first = Choice(_FOUND, "as it is found", note="told from the bytes of the file")
        match key:
            case "format":
                return "Format", [first, *(Choice(name, _FORMATS[name]) for name in _TEXT)]
            case "delimiter":
                return "Between values", [first, *(Choice(sign, words) for sign, words in _DELIMITERS.items())]
            case "sheet":
                sheets = look.info.sheets if look is not None else ()
                return "Sheet", [Choice(sheet, sheet) for sheet in sheets]
        if isinstance(self.error, UnknownEncoding):
            return "Encoding: which of these reads right?", [Choice(*each) for each in self.error.candidates]
        names = ("utf-8", "utf-16", *ENCODINGS_TO_TRY)
        return "Encoding", [first, *(Choice(name, name) for name in names)]

    def _pick_header(self, head: Mapping[int, str]) -> None:
        choices = [Choice(_FOUND, "as it is found"), Choice("0", "none", note="every row is data")]
        choices += [Choice(str(number), f"row {number}", note=text) for number, text in head.items()]
        self._pick("header_row", "The row with the names", choices)

    def _pick(self, key: str, title: str, choices: list[Choice]) -> None:
        def picked(value: str | None) -> None:
            if value is not None:
                self._set(key, value)

        self.console.ask(PickDialog(title, choices), picked)

    def _set(self, key: str, value: str) -> None:
        wanted: Any = None if value == _FOUND else int(value) if key == "header_row" else value
        self.draft.reading = replace(self.draft.reading, **{key: wanted})
        if key in ("format", "encoding"):
            self.draft.reading = replace(self.draft.reading, header_row=None, delimiter=None)
        self._changed()

    def _changed(self) -> None:
        self.wizard.save()
        self._look()


def column_of_file(look: Look, place: int) -> Column:
    """A column of the file as a table shows it, as wide as its values need."""
    name = safe(look.info.columns[place], 40)
    values = [safe(_shown(row.cells[place]), 60) for row in look.rows[:50]]
    width = max([width_of(name), *(width_of(value) for value in values)], default=4)

    def pick(row: Mapping[str, Any]) -> Any:
        return _shown(row["cells"][place])

    return Column(title=name, width=max(3, min(width, 28)), priority=place, pick=pick)


def _shown(cell: Any) -> Any:
    return cell if isinstance(cell, str) else "" if cell is None else str(cell)


def preview_rows(look: Look) -> list[dict[str, Any]]:
    """The first rows for a table."""
    return [{"row": str(row.number), "cells": row.cells} for row in look.rows]


def _lines(info: SourceInfo, reading: Any, rows: str) -> list[Line]:
    def by(value: object) -> str:
        return "" if value is None else "  (by hand)"

    lines = [Line("format", _FORMATS.get(info.format, info.format) + by(reading.format), "format")]
    if info.encoding:
        lines.append(Line("encoding", _encoding(info.encoding) + by(reading.encoding), "encoding"))
    if info.format in _DELIMITED:
        words = _DELIMITERS.get(info.delimiter, info.delimiter)
        lines.append(Line("delimiter", words + by(reading.delimiter), "delimiter"))
    if info.format not in ("json", "ndjson"):
        names = f"row {info.header_row}" if info.header_row else "none: every row is data"
        lines.append(Line("names in", names + by(reading.header_row), "header_row"))
    if len(info.sheets) > 1:
        lines.append(Line("sheet", safe(info.sheet or "", 60) + by(reading.sheet), "sheet"))
    lines += [
        Line(""),
        Line("rows", rows),
        Line("columns", f"{len(info.columns):,}"),
        Line("size", size_words(info.size)),
    ]
    if info.preset:
        lines.append(Line("looks like", f"an export of {_preset(info.preset)}"))
    if info.non_ascii:
        lines += [Line(""), Line.heading("does this read right?")]
        lines += [Line(safe(text, 100)) for text in info.non_ascii[:5]]
    if info.notes:
        lines += [Line(""), Line.heading("notes")]
        lines += [Line(part, style="dim") for note in info.notes for part in _wrapped(safe(note, 400))]
    return lines


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, 34)


def _encoding(name: str) -> str:
    return {"utf-8-sig": "UTF-8 with a BOM", "utf-8": "UTF-8"}.get(name, name)


def _preset(name: str) -> str:
    return {"dynamic": "Dynamic", "auth0": "Auth0"}.get(name, name.capitalize())
