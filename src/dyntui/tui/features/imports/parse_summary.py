"""The list of the parse step: detected and chosen settings of the file, its size, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from dyntui.core.text import safe
from dyntui.importer import SourceInfo
from dyntui.services.imports.wizard_draft import ReadOptions
from dyntui.tui.features.imports.formatting import format_size
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import ItemList, Piece

__all__ = ["DELIMITERS", "FORMATS", "FOUND", "TEXT_FORMATS", "ParseSummary", "SummaryLine", "summary_lines_for"]

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
    """A line of the list. A line without a value is text."""

    label: str
    value: str = ""
    key: str = ""
    """The setting that Enter changes; "" for none."""
    style: str = ""

    @classmethod
    def heading(cls, text: str) -> SummaryLine:
        return cls(text.upper(), style="head")


class ParseSummary(ItemList[SummaryLine]):
    """How the file is read."""

    def __init__(self) -> None:
        super().__init__(id="parse-summary")

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        line = self.items[index]
        if not line.value and not line.key:
            return [self.bar(index), (cut(line.label, width - 2), line.style)]
        label = fit(line.label, _LABEL) + "  "
        return [self.bar(index), (label, "dim"), (cut(line.value, max(0, width - 2 - width_of(label))), line.style)]


def summary_lines_for(info: SourceInfo, reading: ReadOptions, rows: str) -> list[SummaryLine]:
    """Return the lines for a file. rows: the number of rows as text."""

    def suffix(value: object) -> str:
        return "" if value is None else "  (chosen)"

    lines = [SummaryLine("format", FORMATS.get(info.format, info.format) + suffix(reading.format), "format")]
    if info.encoding:
        lines.append(SummaryLine("encoding", _encoding_name(info.encoding) + suffix(reading.encoding), "encoding"))
    if info.format in _DELIMITED:
        name = DELIMITERS.get(info.delimiter, info.delimiter)
        lines.append(SummaryLine("delimiter", name + suffix(reading.delimiter), "delimiter"))
    if info.format not in ("json", "ndjson"):
        names = f"row {info.header_row}" if info.header_row else "none: every row is data"
        lines.append(SummaryLine("header", names + suffix(reading.header_row), "header_row"))
    if len(info.sheets) > 1:
        lines.append(SummaryLine("sheet", safe(info.sheet or "", 60) + suffix(reading.sheet), "sheet"))
    lines += [
        SummaryLine(""),
        SummaryLine("rows", rows),
        SummaryLine("columns", f"{len(info.columns):,}"),
        SummaryLine("size", format_size(info.size)),
    ]
    if info.preset:
        lines.append(SummaryLine("source", f"{_preset_name(info.preset)} export"))
    if info.non_ascii:
        lines += [SummaryLine(""), SummaryLine.heading("non-ASCII text")]
        lines += [SummaryLine(safe(text, 100)) for text in info.non_ascii[:5]]
    if info.notes:
        lines += [SummaryLine(""), SummaryLine.heading("notes")]
        lines += [SummaryLine(part, style="dim") for note in info.notes for part in wrap(safe(note, 400), 34)]
    return lines


def _encoding_name(name: str) -> str:
    return {"utf-8-sig": "UTF-8 with a BOM", "utf-8": "UTF-8"}.get(name, name)


def _preset_name(name: str) -> str:
    return {"dynamic": "Dynamic", "auth0": "Auth0"}.get(name, name.capitalize())
