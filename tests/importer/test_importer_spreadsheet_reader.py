"""XLSX, XLS and ODS as sources, and the spreadsheets that are no spreadsheets."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from tests.importer import importer_samples as samples
from tests.importer.importer_samples import Date, ErrorValue, Formula

from dyntui.importer import SourceError, SourceInfo, SourceRow, open_source


def read(data: bytes, **options: object) -> tuple[SourceInfo, list[SourceRow]]:
    with open_source(io.BytesIO(data), name="people.xlsx", **options) as source:  # type: ignore[arg-type]
        return source.info, list(source.rows())


def test_the_first_sheet_of_a_workbook_is_read() -> None:
    info, rows = read(samples.xlsx({"People": [["email", "n"], ["a@x.com", 1]], "Other": [["x"], ["y"]]}))
    assert (info.format, info.sheet, info.sheets, info.columns) == (
        "xlsx",
        "People",
        ("People", "Other"),
        ("email", "n"),
    )
    assert [row.cells for row in rows] == [("a@x.com", 1)]


def test_another_sheet_can_be_chosen_and_a_missing_one_is_reported() -> None:
    data = samples.xlsx({"One": [["email"], ["a@x.com"]], "Two & <3": [["email"], ["b@x.com"]]})
    assert read(data, sheet="Two & <3")[1][0].cells == ("b@x.com",)
    with pytest.raises(SourceError, match="no sheet 'Three'") as caught:
        read(data, sheet="Three")
    assert "One" in caught.value.hint


def test_whole_numbers_have_no_fraction_and_phone_numbers_are_unchanged() -> None:
    _, rows = read(samples.xlsx([["phone", "rate"], [15551234567, 1.5]]))
    assert rows[0].cells == (15551234567, 1.5) and isinstance(rows[0].cells[0], int)


def test_a_number_with_more_digits_than_a_spreadsheet_stores_is_recognizable() -> None:
    _, rows = read(samples.xlsx([["id"], [12345678901234567890.0]]))
    assert isinstance(rows[0].cells[0], float)


def test_dates_become_iso_text() -> None:
    _, rows = read(samples.xlsx([["when"], [Date(45292)], [Date(45292.5)]]))
    assert [row.cells for row in rows] == [("2024-01-01",), ("2024-01-01T12:00:00",)]


def test_formulas_are_read_as_their_last_value_and_reported() -> None:
    info, rows = read(samples.xlsx([["email", "n"], ["a@x.com", Formula("1+1", 2)], ["b@x.com", Formula("1+1")]]))
    assert rows[0].cells == ("a@x.com", 2) and [(p.code, p.field) for p in rows[0].problems] == [("formula", "n")]
    assert rows[1].cells == ("b@x.com", "") and [p.code for p in rows[1].problems] == ["formula_not_computed"]
    assert any("Formulas in 2 cells" in note for note in info.notes)


def test_a_row_of_uncomputed_formulas_is_read() -> None:
    _, rows = read(samples.xlsx([["email", "n"], ["a@x.com", 1], [Formula("A1"), Formula("B1")]]))
    assert len(rows) == 2 and {p.code for p in rows[1].problems} == {"formula_not_computed"}


def test_spreadsheet_errors_are_reported_by_name() -> None:
    _, rows = read(samples.xlsx([["email", "n"], ["a@x.com", ErrorValue("#REF!")]]))
    assert rows[0].problems[0].code == "cell_error" and "#REF!" in rows[0].problems[0].message


def test_row_numbers_are_those_of_the_sheet_when_rows_start_further_down() -> None:
    info, rows = read(samples.xlsx([["email", "n"], ["a@x.com", 1], [None, None], ["b@x.com", 2]], first_row=100))
    assert info.header_row == 101 and [row.number for row in rows] == [1, 3]


def test_a_title_above_the_header_row_is_skipped() -> None:
    info, rows = read(
        samples.xlsx([["Customers"], [None], ["email", "first name", "country"], ["a@x.com", "Ada", "DE"]])
    )
    assert info.header_row == 3 and len(rows) == 1


def test_an_empty_sheet_is_an_error_of_one_line() -> None:
    with pytest.raises(SourceError, match="is empty"):
        read(samples.xlsx([[]]))


def test_an_opendocument_sheet_is_read_with_its_repetitions() -> None:
    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    rows_xml = (
        f"<table:table-row>{cell('email')}{cell('n')}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{cell("a@x.com")}{cell("1")}'
        '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048573">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    info, rows = read(samples.ods(rows_xml))
    assert info.format == "ods" and [row.cells for row in rows] == [("a@x.com", "1")] * 2


def test_an_old_xls_file_is_read() -> None:
    with open_source(Path(__file__).parents[2] / "docs" / "samples" / "people.xls") as source:
        assert source.info.format == "xls" and source.info.columns[:2] == ("email", "first name")
        assert next(source.rows()).cells[:2] == ("ada@example.com", "Ada")


# Bombs and damage: refused by what they would become, before any library opens them.


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def refused(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        read(data)
    assert "\n" not in caught.value.message


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dyntui.importer.workbook_limits.MOST_UNPACKED", 20 * 1024 * 1024)
    filler = samples.sheet_xml("<row r='1'><c r='A1'><v>1</v></c></row>" + " " * 30_000_000)
    data = samples.xlsx_of({"xl/worksheets/sheet1.xml": filler}, ["S"])
    assert len(data) < 100_000
    refused(data, "unpacks to more than")


def test_a_wrong_size_in_the_zip_directory_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dyntui.importer.workbook_limits.MOST_UNPACKED", 20 * 1024 * 1024)
    filler = samples.sheet_xml(" " * 30_000_000)
    data = samples.xlsx_of({"xl/worksheets/sheet1.xml": filler}, ["S"])
    true_size = len(filler.encode()).to_bytes(4, "little")
    assert data.count(true_size) == 2
    refused(data.replace(true_size, (1000).to_bytes(4, "little")), "unpacks to more than")


def test_two_distant_cells_are_refused_because_of_the_area() -> None:
    refused(
        samples.xlsx_of({"xl/worksheets/sheet1.xml": samples.sheet_xml(FAR)}, ["S"]),
        "1,048,576 rows and 16,384 columns",
    )


@pytest.mark.parametrize("written", ["r='{}'", 'r = "{}"', "s='1'\tr\n=\n'{}'"])
def test_the_area_is_computed_for_all_forms_of_cell_references(written: str) -> None:
    cells = [f"<x:c {written.format(ref)}><v>1</v></x:c>" for ref in ("A1", "XFD1048576")]
    sheet = samples.sheet_xml(f"<x:row>{cells[0]}</x:row><x:row>{cells[1]}</x:row>")
    refused(samples.xlsx_of({"xl/worksheets/sheet1.xml": sheet}, ["S"]), "16,384 columns")


def test_a_sheet_at_an_unusual_path_is_counted() -> None:
    for place in ("xl/elsewhere/data.xml", "XL/Worksheets/SHEET9.XML"):
        parts = {"xl/worksheets/sheet1.xml": samples.sheet_xml("<row/>"), place: samples.sheet_xml(FAR)}
        refused(samples.xlsx_of(parts, ["S"]), "16,384 columns")


def test_repeated_part_names_and_wide_encodings_are_refused() -> None:
    parts = {
        "xl/worksheets/sheet1.xml": samples.sheet_xml("<row/>"),
        "xl/Worksheets/sheet1.xml": samples.sheet_xml(FAR),
    }
    refused(samples.xlsx_of(parts, ["S"]), "two parts have the same name")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        refused(
            samples.xlsx_of({"xl/worksheets/sheet1.xml": samples.sheet_xml(FAR).encode(encoding)}, ["S"]), "encoding"
        )


def test_a_repeated_opendocument_row_is_refused_because_of_its_expanded_size() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    refused(
        samples.ods(f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'),
        "the limit is",
    )


def test_one_long_text_in_many_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dyntui.importer.workbook_limits.MOST_UNPACKED", 20 * 1024 * 1024)
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 1001))
    data = samples.xlsx_of({"xl/worksheets/sheet1.xml": samples.sheet_xml(rows)}, ["S"], ["x" * 30_000])
    refused(data, "unpacks to more than")


def test_a_zip_file_that_is_no_spreadsheet_is_reported() -> None:
    refused(samples.zipped({"people.csv": "email\n"}), "not a spreadsheet")
    refused(samples.zipped({"xl/workbook.bin": b"x"}), "xlsb")


@pytest.mark.parametrize("cut", [30, 200, 1000])
def test_a_damaged_workbook_is_an_error_of_one_line(cut: int) -> None:
    data = samples.xlsx([["email"], ["a@x.com"]])
    refused(data[:cut], "damaged|cannot be read")
    refused(data[:cut] + b"\xff" * 40 + data[cut + 40 :], "damaged|cannot be read|not a spreadsheet")


def test_a_password_protected_workbook_is_reported() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    data = bytearray(buffer.getvalue())
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    refused(bytes(data), "password")
