"""Spreadsheets made by hand for the tests, byte for byte what they should hold."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Formula:
    """A formula cell; `value` is its computed value, None when it was never computed."""

    text: str
    value: float | str | None = None


@dataclass(frozen=True)
class Date:
    """A date cell: a serial number with a date format."""

    serial: float


@dataclass(frozen=True)
class ErrorValue:
    code: str


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(value: object, row: int, column: int, shared: list[str]) -> str:
    ref = f'r="{_letters(column)}{row + 1}"'
    if value is None:
        return ""
    if isinstance(value, Formula):
        cached = "" if value.value is None else f"<v>{escape(str(value.value))}</v>"
        kind = ' t="str"' if isinstance(value.value, str) else ""
        return f"<c {ref}{kind}><f>{escape(value.text)}</f>{cached}</c>"
    if isinstance(value, Date):
        return f'<c {ref} s="1"><v>{value.serial}</v></c>'
    if isinstance(value, ErrorValue):
        return f'<c {ref} t="e"><v>{value.code}</v></c>'
    if isinstance(value, bool):
        return f'<c {ref} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c {ref}><v>{value!r}</v></c>"
    shared.append(str(value))
    return f'<c {ref} t="s"><v>{len(shared) - 1}</v></c>'


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]] | Sequence[Sequence[object]], first_row: int = 0) -> bytes:
    """A workbook; rows of one sheet, or sheets by name. Numbers are written as Python writes them."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    shared: list[str] = []
    parts: dict[str, str] = {}
    for number, rows in enumerate(named.values(), start=1):
        lines = []
        for row, values in enumerate(rows, start=first_row):
            cells = "".join(_cell(value, row, column, shared) for column, value in enumerate(values))
            lines.append(f'<row r="{row + 1}">{cells}</row>')
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet("".join(lines))
    return xlsx_of(parts, list(named), shared)


def _sheet(rows: str) -> str:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'


def sheet_xml(rows: str) -> str:
    """A worksheet from the XML of its rows, for sheets that no program would write."""
    return _sheet(rows)


def xlsx_of(parts: Mapping[str, str | bytes], names: Sequence[str], shared: Sequence[str] = ()) -> bytes:
    """A workbook from the XML of its parts."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    rels = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    rels += f'<Relationship Id="rId90" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
    rels += f'<Relationship Id="rId91" Type="{office}/styles" Target="styles.xml"/>'
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{main}" xmlns:r="{office}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships">'
        f"{rels}</Relationships>",
        "xl/styles.xml": f'<?xml version="1.0"?><styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<?xml version="1.0"?><sst xmlns="{main}">'
        + "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in shared)
        + "</sst>",
        **parts,
    }
    return zipped(files)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def ods(rows: str) -> bytes:
    """An OpenDocument spreadsheet from the XML of its rows (prefixes table, office, text)."""
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
        archive.writestr("content.xml", content)
    return buffer.getvalue()
