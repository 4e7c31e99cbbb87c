"""How a file is read, as lines: what was found, what was chosen by hand, what it looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dyntui.core.text import safe
from dyntui.importer import SourceInfo
from dyntui.services.imports.wizard_draft import ReadOptions
from dyntui.tui.features.imports.formatting import size_words
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import LineList, Piece

__all__ = ["DELIMITERS", "FORMATS", "FOUND", "TEXT_FORMATS", "ParseSummary", "SummaryLine", "reading_lines"]

DELIMITERS = {
    ",": "comma  ,",
    ";": "semicolon  ;",
    "\t": "tab",
    "|": "bar  |",
    ":": "colon  :",
    "": "none: one column",
}
FORMATS = {
    "csv": "CSV",
    "tsv": "TSV",
    "json": "JSON",
    "ndjson": "JSON, one object a line",
    "xlsx": "Excel (XLSX)",
    "xls": "Excel 97 (XLS)",
    "ods": "OpenDocument (ODS)",
}
TEXT_FORMATS = ("csv", "tsv", "json", "ndjson")
_DELIMITED = ("csv", "tsv")
FOUND = "found"
_LABEL = 11


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line of the list. key: the setting that Enter changes, "" for none. One without a value is a text."""

    label: str
    value: str = ""
    key: str = ""
    style: str = ""

    @classmethod
    def heading(cls, text: str) -> SummaryLine:
        return cls(text.upper(), style="head")


class ParseSummary(LineList):
    """How the file is read, and what it is."""

    def __init__(self) -> None:
        super().__init__(id="reading")
        self.lines_: list[SummaryLine] = []

    @property
    def count(self) -> int:
        return len(self.lines_)

    @property
    def line_here(self) -> SummaryLine | None:
        """The line under the cursor."""
        return self.lines_[self.cursor] if self.lines_ else None

    def put(self, lines: Sequence[SummaryLine]) -> None:
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


def reading_lines(info: SourceInfo, reading: ReadOptions, rows: str) -> list[SummaryLine]:
    """What was found, and what was chosen. rows: how many there are, in words."""

    def by(value: object) -> str:
        return "" if value is None else "  (by hand)"

    lines = [SummaryLine("format", FORMATS.get(info.format, info.format) + by(reading.format), "format")]
    if info.encoding:
        lines.append(SummaryLine("encoding", _encoding(info.encoding) + by(reading.encoding), "encoding"))
    if info.format in _DELIMITED:
        words = DELIMITERS.get(info.delimiter, info.delimiter)
        lines.append(SummaryLine("delimiter", words + by(reading.delimiter), "delimiter"))
    if info.format not in ("json", "ndjson"):
        names = f"row {info.header_row}" if info.header_row else "none: every row is data"
        lines.append(SummaryLine("names in", names + by(reading.header_row), "header_row"))
    if len(info.sheets) > 1:
        lines.append(SummaryLine("sheet", safe(info.sheet or "", 60) + by(reading.sheet), "sheet"))
    lines += [
        SummaryLine(""),
        SummaryLine("rows", rows),
        SummaryLine("columns", f"{len(info.columns):,}"),
        SummaryLine("size", size_words(info.size)),
    ]
    if info.preset:
        lines.append(SummaryLine("looks like", f"an export of {_preset(info.preset)}"))
    if info.non_ascii:
        lines += [SummaryLine(""), SummaryLine.heading("does this read right?")]
        lines += [SummaryLine(safe(text, 100)) for text in info.non_ascii[:5]]
    if info.notes:
        lines += [SummaryLine(""), SummaryLine.heading("notes")]
        lines += [SummaryLine(part, style="dim") for note in info.notes for part in _wrapped(safe(note, 400))]
    return lines


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, 34)


def _encoding(name: str) -> str:
    return {"utf-8-sig": "UTF-8 with a BOM", "utf-8": "UTF-8"}.get(name, name)


def _preset(name: str) -> str:
    return {"dynamic": "Dynamic", "auth0": "Auth0"}.get(name, name.capitalize())
