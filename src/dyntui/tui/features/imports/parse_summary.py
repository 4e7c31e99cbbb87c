"""What the parse step shows of a file: detected and chosen settings, its size, and notes."""

from __future__ import annotations

from dyntui.core.text import safe
from dyntui.importer import SourceInfo
from dyntui.importer.presets import find_preset
from dyntui.services.imports.wizard_draft import ReadOptions
from dyntui.tui.features.imports.formatting import format_size
from dyntui.tui.features.imports.report_view import ReportLine, heading, text_line, value_line

__all__ = ["DELIMITERS", "FORMATS", "FOUND", "TEXT_FORMATS", "summary_lines_for"]

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


def summary_lines_for(info: SourceInfo, reading: ReadOptions, rows: str) -> list[ReportLine]:
    """Return the lines for a file. rows: the number of rows as text."""

    def suffix(value: object) -> str:
        return "" if value is None else "  (chosen)"

    lines = [value_line("format", FORMATS.get(info.format, info.format) + suffix(reading.format), key="format")]
    if info.encoding:
        lines.append(value_line("encoding", _encoding_name(info.encoding) + suffix(reading.encoding), key="encoding"))
    if info.format in _DELIMITED:
        name = DELIMITERS.get(info.delimiter, info.delimiter)
        lines.append(value_line("delimiter", name + suffix(reading.delimiter), key="delimiter"))
    if info.format not in ("json", "ndjson"):
        names = f"row {info.header_row}" if info.header_row else "none: every row is data"
        lines.append(value_line("header", names + suffix(reading.header_row), key="header_row"))
    if len(info.sheets) > 1:
        lines.append(value_line("sheet", safe(info.sheet or "", 60) + suffix(reading.sheet), key="sheet"))
    if info.records and (info.other_records or reading.records is not None):
        lines.append(value_line("records", safe(info.records, 60) + suffix(reading.records), key="records"))
    lines += [
        value_line(""),
        value_line("rows", rows),
        value_line("columns", f"{len(info.columns):,}"),
        value_line("size", format_size(info.size)),
    ]
    if preset := find_preset(info.preset):
        lines.append(value_line("source", preset.title))
    if info.non_ascii:
        lines += [value_line(""), heading("non-ASCII text")]
        lines += [value_line(text) for text in info.non_ascii[:5]]
    if info.notes:
        lines += [value_line(""), heading("notes")]
        lines += [text_line(note, "dim") for note in info.notes]
    return lines


def _encoding_name(name: str) -> str:
    return {"utf-8-sig": "UTF-8 with a BOM", "utf-8": "UTF-8"}.get(name, name)
