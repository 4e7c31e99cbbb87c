"""Measure the unpacked size of a spreadsheet before a library opens it: a small file may contain gigabytes."""

from __future__ import annotations

import html
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from dyntui.importer.source_file import SourceFile
from dyntui.importer.source_types import SourceError

__all__ = ["MOST_CELLS", "MOST_FILE", "MOST_UNPACKED", "SheetFacts", "inspect_zip"]

MOST_FILE = 256 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_CELLS = 20_000_000
_MOST_PARTS = 10_000
_MOST_MARKED = 100_000
_MOST_SMALL = 4 * 1024 * 1024
_BLOCK = 1 << 18
_LOCAL = struct.Struct("<4s22xHH")

_ADVICE = "Save the sheet as CSV. CSV files have no size limit."

_IS = rb"""\s*=\s*["']"""
_AT = re.compile(rb"\br" + _IS + rb"([A-Za-z]{1,3})(\d{1,7})\b")
_REF = re.compile(rb"<(?:\w+:)?c\b[^>]*?" + _AT.pattern)
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br" + _IS + rb"(\d{1,7})\b")
_ROWS = re.compile(rb"<(?:\w+:)?row\b")
_CELLS = re.compile(rb"<(?:\w+:)?c\b")
_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(<(?:\w+:)?v>)?")
_ERROR = re.compile(rb"<(?:\w+:)?c\b([^>]*\bt" + _IS + rb"e[\"'][^>]*)>(?:.*?<(?:\w+:)?v>([^<]{1,20}))?", re.DOTALL)
_STRING = re.compile(rb"<(?:\w+:)?si\b.*?</(?:\w+:)?si>", re.DOTALL)
_SHARED = re.compile(rb"<(?:\w+:)?c\b[^>]*\bt" + _IS + rb"s[\"'][^>]*>\s*<(?:\w+:)?v>(\d{1,9})")
_ODS = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^>]*?)(/?)>")
_COLUMNS = re.compile(rb"number-columns-repeated" + _IS + rb"(\d{1,9})")
_REPEATED = re.compile(rb"number-rows-repeated" + _IS + rb"(\d{1,9})")
_STRINGS_PART = "xl/sharedstrings.xml"


@dataclass
class SheetFacts:
    """The extent of one sheet, and its unusual cells by (row, column), from 0."""

    rows: int = 0
    columns: int = 0
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


def inspect_zip(opened: SourceFile) -> tuple[str, dict[str, SheetFacts]]:
    """Return the format, `xlsx` or `ods`, and the facts by sheet name.

    Raises SourceError for a ZIP file that is not a spreadsheet or too large."""
    if opened.size > MOST_FILE:
        raise SourceError(f"{opened.name} is larger than {_megabytes(MOST_FILE)}.", hint=_ADVICE)
    reader = opened.reader()
    try:
        with zipfile.ZipFile(reader) as archive:
            return _inspect(archive, reader, opened.name)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError) as error:
        raise SourceError(
            f"{opened.name} is a damaged zip file: {error}.", hint="Save the spreadsheet again."
        ) from error


def _inspect(archive: zipfile.ZipFile, reader: BinaryIO, name: str) -> tuple[str, dict[str, SheetFacts]]:
    parts = {part.filename.removeprefix("/").casefold(): part for part in archive.infolist()}
    if len(parts) != len(archive.infolist()):
        raise zipfile.BadZipFile("two parts have the same name")
    if "xl/workbook.bin" in parts:
        raise SourceError(f"{name} is an .xlsb workbook, which is not supported.", hint="Save it as .xlsx or CSV.")
    kind = "xlsx" if "xl/workbook.xml" in parts else "ods" if "content.xml" in parts else None
    if kind is None:
        raise SourceError(
            f"{name} is a zip file, but not a spreadsheet.", hint="Unpack it, and import one of its files."
        )
    if len(parts) > _MOST_PARTS:
        raise SourceError(f"{name} has more than {_MOST_PARTS:,} parts, so it is not opened.", hint=_ADVICE)
    budget = _UnpackBudget(name)
    budget.check(sum(part.file_size for part in parts.values()))  # Sizes that the ZIP file states need no unpacking.
    facts: dict[str, SheetFacts] = {}
    lengths: list[int] = []
    for path, part in sorted(parts.items(), key=lambda item: item[0] != _STRINGS_PART):
        blocks = _no_wide_text(budget.counted(_unpacked(reader, part, name)), name)
        if kind == "ods":
            facts[path] = _scan_ods(blocks, name)
        elif path == _STRINGS_PART:
            lengths = _string_lengths(blocks)
        else:
            facts[path] = _scan_sheet(blocks, lengths, budget)  # object part can be declared a sheet.
            _check_area(facts[path], name)
    if kind == "ods":
        return kind, facts
    return kind, _by_sheet_name(archive, parts, facts)


class _UnpackBudget:
    """Limits the bytes that are unpacked from all parts."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MOST_UNPACKED

    def take(self, size: int) -> None:
        self.check(size)
        self._left -= size

    def check(self, size: int) -> None:
        if size > self._left:
            message = f"{self._name} unpacks to more than {_megabytes(MOST_UNPACKED)}, so it is not opened."
            raise SourceError(message, hint=_ADVICE)

    def counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.take(len(block))
            yield block


def _no_wide_text(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield the blocks of a part. Raises SourceError for UTF-16, in which tags would not be found."""
    for number, block in enumerate(blocks):
        if not number and (
            block.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<\0" in block[:200] or b"\0<" in block[:200]
        ):
            raise SourceError(f"{name} has an unsupported encoding.", hint=_ADVICE)
        yield block


def _megabytes(size: int) -> str:
    return f"{size // (1024 * 1024):,} MB"


def _unpacked(reader: BinaryIO, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Yield the actual content of a part, whatever size the ZIP file claims."""
    if part.flag_bits & 1:
        raise SourceError(f"{name} is password-protected.", hint="Save it without a password.")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SourceError(f"{name} is compressed with an unsupported method.", hint="Save the spreadsheet again.")
    reader.seek(part.header_offset)
    mark, name_size, extra_size = _LOCAL.unpack(reader.read(_LOCAL.size))
    if mark != b"PK\3\4":
        raise zipfile.BadZipFile("a part is at the wrong position")
    place, left = part.header_offset + _LOCAL.size + name_size + extra_size, part.compress_size
    inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        reader.seek(place)
        packed = reader.read(min(_BLOCK, left))
        if not packed:
            raise EOFError("a part is incomplete")
        place += len(packed)
        left -= len(packed)
        if inflate is None:
            yield packed
            continue
        while packed:
            yield inflate.decompress(packed, _BLOCK)
            packed = inflate.unconsumed_tail
        if inflate.eof:
            return


def _whole(blocks: Iterator[bytes], end: bytes) -> Iterator[bytes]:
    """Yield blocks that end after a tag `end`, so that no pattern is cut in two."""
    buffer = b""
    for block in blocks:
        buffer += block
        cut = buffer.rfind(end)
        if cut >= 0:
            yield buffer[: cut + len(end)]
            buffer = buffer[cut + len(end) :]
        elif len(buffer) > 64 * _BLOCK:
            yield buffer
            buffer = b""
    yield buffer


def _scan_sheet(blocks: Iterator[bytes], lengths: list[int], budget: _UnpackBudget) -> SheetFacts:
    facts = SheetFacts()
    columns: set[bytes] = set()
    rows = cells = 0
    for text in _whole(blocks, b"row>"):
        for letters, digits in _REF.findall(text):
            columns.add(letters)
            facts.rows = max(facts.rows, int(digits))
        facts.rows = max(facts.rows, max(map(int, _ROW.findall(text)), default=0))
        rows += len(_ROWS.findall(text))
        cells = max(cells, max((len(_CELLS.findall(row)) for row in _ROWS.split(text)), default=0))
        if b"f>" in text or b"<f" in text or b":f" in text:
            for match in _FORMULA.finditer(text):
                if (at := _place(match[1])) and len(facts.formulas) < _MOST_MARKED:
                    facts.formulas[at] = match[2] is not None
        if b'"e"' in text or b"'e'" in text:
            for match in _ERROR.finditer(text):
                if (at := _place(match[1])) and len(facts.errors) < _MOST_MARKED:
                    facts.errors[at] = (match[2] or b"#ERROR").decode("ascii", "replace")
        budget.take(sum(lengths[int(place)] for place in _SHARED.findall(text) if int(place) < len(lengths)))
    facts.rows = max(facts.rows, rows)
    facts.columns = max(max(map(_column, columns), default=-1) + 1, cells)
    return facts


def _string_lengths(blocks: Iterator[bytes]) -> list[int]:
    """Return the surplus length of each shared string: one long string in many cells can fill the memory."""
    return [max(0, len(match[0]) - 256) for text in _whole(blocks, b"si>") for match in _STRING.finditer(text)]


def _column(letters: bytes) -> int:
    value = 0
    for letter in letters.upper():
        value = value * 26 + letter - 64
    return value - 1


def _place(attributes: bytes) -> tuple[int, int] | None:
    match = _AT.search(attributes)
    return (int(match[2]) - 1, _column(match[1])) if match else None


def _scan_ods(blocks: Iterator[bytes], name: str) -> SheetFacts:
    """Return the largest sheet of an ODS file. One attribute can repeat a cell or row a billion times."""
    largest, rows, empty_rows, columns, row, empty = SheetFacts(), 0, 0, 0, 0, 0
    repeated = 1
    for text in _whole(blocks, b">"):
        for match in _ODS.finditer(text):
            closing, tag, attributes, alone = match.groups()
            if tag == b"table":
                rows = empty_rows = columns = 0
            elif tag == b"table-row" and not closing:
                row = empty = 0
                repeated = _times(_REPEATED, attributes)
            elif tag != b"table-row" and not closing:
                empty += _times(_COLUMNS, attributes)
                if not alone or b"value-type" in attributes:
                    row, empty = row + empty, 0
            if tag == b"table-row" and (closing or alone):
                if row:
                    rows, empty_rows = rows + empty_rows + repeated, 0
                    columns = max(columns, row)
                else:
                    empty_rows += repeated
                if rows * columns > largest.rows * largest.columns:
                    largest = SheetFacts(rows, columns)
                _check_area(largest, name)
    return largest


def _times(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    match = pattern.search(attributes)
    return int(match[1]) if match else 1


def _check_area(facts: SheetFacts, name: str) -> None:
    if facts.rows * facts.columns > MOST_CELLS:
        span = f"{facts.rows:,} rows and {facts.columns:,} columns"
        message = f"{name} has {span}; the limit is {MOST_CELLS:,} cells."
        raise SourceError(message, hint=_ADVICE)


_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")


def _attribute(attributes: bytes, name: bytes) -> str:
    match = re.search(rb"\b" + name + _IS + rb"""([^"']*)["']""", attributes)
    return html.unescape(match[1].decode("utf-8", "replace")) if match else ""


def _by_sheet_name(
    archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], facts: dict[str, SheetFacts]
) -> dict[str, SheetFacts]:
    """Return the facts by sheet name, from the workbook's list of sheets."""

    def small(path: str) -> bytes:
        if path not in parts:
            return b""
        with archive.open(parts[path]) as part:
            return part.read(_MOST_SMALL)

    targets = {
        _attribute(each, b"Id"): _attribute(each, b"Target")
        for each in _RELATION.findall(small("xl/_rels/workbook.xml.rels"))
    }
    named: dict[str, SheetFacts] = {}
    for attributes in _SHEET.findall(small("xl/workbook.xml")):
        target = targets.get(_attribute(attributes, rb"\w+:id"), "").removeprefix("/").casefold()
        path = target if target.startswith("xl/") else f"xl/{target}"
        if path in facts:
            named[_attribute(attributes, b"name")] = facts[path]
    return named
