"""Failed rows in the input's own columns and format, and back again."""

from __future__ import annotations

import io
import json
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.importer import importer_samples as samples

from dyntui.core.errors import UsageError
from dyntui.core.formula_escaping import escape_formula, escaped_columns, shield, unescape_formula
from dyntui.importer import (
    REPORT_COLUMNS,
    FailedRowsWriter,
    Mapper,
    SourceInfo,
    SourceRow,
    failed_rows_suffix,
    open_source,
    propose_mapping,
)
from dyntui.importer.source_types import fingerprint


def write(path: Path, info: SourceInfo, rows: list[SourceRow], **options: Any) -> None:
    with FailedRowsWriter(path, info, **options) as writer:
        for row in rows:
            writer.write(row.number, row.cells, "email_already_exists", "email", 'taken, "=really"\nyes', row.extra)
        assert writer.count == len(rows)


def write_and_read_back(
    data: bytes, path: Path, **options: Any
) -> tuple[SourceInfo, list[SourceRow], SourceInfo, list[SourceRow]]:
    with open_source(io.BytesIO(data), name="in") as source:
        info, rows = source.info, list(source.rows())
    write(path, info, rows, **options)
    with open_source(path) as source:
        return info, rows, source.info, list(source.rows())


def same(rows: list[SourceRow], read_back: list[SourceRow]) -> bool:
    return [(row.cells, row.extra, [p.code for p in row.problems]) for row in rows] == [
        (row.cells, row.extra, [p.code for p in row.problems]) for row in read_back
    ]


@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize(
    "data",
    [
        "email,firstName\na@x.com,Ada\n",
        "sep=;\nTitle\n\nE-Mail ;Name;Name;\na@x.com;\"a;b\r\nc\";=1+1;x\nb@x.com;'=x;''-y;z\n",
        "a@x.com\nb@x.com\n",
        'full name\n"Doe, John"\n',
        "email\tphone\na@x.com\t'+4930901820\n",
        "email,n\na@x.com,1,too,many\nb@x.com\n",
        'email,note\na@x.com,"he said \\"hi\\" "\n',
        '[{"email": "a@x.com", "x": null, "n": {"a": [1]}}, {"y": 1.5, "email": "\\ud800"}]',
        '{"email": "a@x.com"}\nnope\n{"b": "=1"}\n[1]\n',
        '{"users": [{"email": "a@x.com"}]}',
    ],
)
def test_failed_rows_are_read_back_unchanged(data: str, safe: bool, tmp_path: Path) -> None:
    info, rows, read_back_info, read_back = write_and_read_back(data.encode(), tmp_path / "failed", safe=safe)
    assert same(rows, read_back) and read_back_info.columns == info.columns
    assert read_back_info.fingerprint == info.fingerprint and read_back_info.format == info.format
    assert read_back_info.preset == info.preset


@pytest.mark.parametrize(
    "sample", sorted(path.name for path in (Path(__file__).parents[2] / "docs" / "samples").iterdir())
)
def test_every_sample_is_read_back_from_its_failed_rows(sample: str, tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "docs" / "samples" / sample
    info, rows, read_back_info, read_back = write_and_read_back(path.read_bytes(), tmp_path / "failed")
    if info.format == "xls":
        assert [[str(cell) for cell in row.cells] for row in rows] == [list(row.cells) for row in read_back]
    else:
        assert same(rows, read_back)
    assert read_back_info.columns == info.columns and read_back_info.preset == info.preset


def test_the_file_says_which_row_failed_and_why(tmp_path: Path) -> None:
    with open_source(io.BytesIO(b"E-Mail;n\na@x.com;1\n")) as source:
        write(tmp_path / "failed.csv", source.info, list(source.rows()))
    text = (tmp_path / "failed.csv").read_text("utf-8-sig")
    assert text.splitlines()[0] == "E-Mail;n;" + ";".join(REPORT_COLUMNS)
    assert text.splitlines()[1].startswith("a@x.com;1;1;email_already_exists;email;")


def test_only_the_spreadsheet_format_escapes_and_marks_formulas(tmp_path: Path) -> None:
    info = SourceInfo("f", "csv", "utf-8", ",", "double", 1, ("email",), fingerprint(("email",)))
    rows = [SourceRow(1, ("=HYPERLINK()",))]
    write(tmp_path / "safe", info, rows)
    write(tmp_path / "exact", info, rows, safe=False)
    assert (tmp_path / "safe").read_bytes().startswith(b"\xef\xbb\xbf") and b"'=HYPER" in (
        tmp_path / "safe"
    ).read_bytes()
    assert b"\n=HYPERLINK()," in (tmp_path / "exact").read_bytes()


def test_the_file_of_failed_rows_is_private_and_overwrites_no_file(tmp_path: Path) -> None:
    info = SourceInfo("f", "csv", "utf-8", ",", "double", 1, ("email",), "x")
    write(tmp_path / "failed.csv", info, [])
    assert stat.S_IMODE((tmp_path / "failed.csv").stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="already exists"):
        FailedRowsWriter(tmp_path / "failed.csv", info)


def test_failed_rows_of_a_spreadsheet_are_csv_with_visible_errors(tmp_path: Path) -> None:
    data = samples.xlsx([["email", "username", "phone"], ["a@x.com", 12345678901234567890.0, 4930901820]])
    info, _, _, read_back = write_and_read_back(data, tmp_path / "failed.csv")
    assert failed_rows_suffix(info) == ".csv" and read_back[0].cells == (
        "a@x.com",
        "1.2345678901234567E+19",
        "4930901820",
    )
    with open_source(tmp_path / "failed.csv") as source:
        mapper = Mapper(
            propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified"), region="DE"
        )
        assert "excel_scientific" in [problem.code for problem in mapper.map(read_back[0]).problems]


def test_a_corrected_line_is_accepted_when_it_is_read_back(tmp_path: Path) -> None:
    write_and_read_back(b'{"email": "a@x.com"}\n{"email": "b@x.com"\n', tmp_path / "failed.ndjson")
    lines = [json.loads(line) for line in (tmp_path / "failed.ndjson").read_text().splitlines()]
    lines[1]["_dyntui_raw"] += "}"
    corrected = "\n".join(json.dumps(line) for line in lines)
    with open_source(io.BytesIO(corrected.encode())) as source:
        assert [row.cells for row in source.rows()] == [("a@x.com",), ("b@x.com",)]


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
dangerous = st.sampled_from(['="a"', '="\'=1"', '=""', '="a;\'=1"']) | st.text(
    alphabet="'=+-@\t\0\r\n\",;ab\\ \ufeff\u00a0\uff1d\uff0d\u200b\x1b", max_size=8
)


PAYLOADS = [
    "=", "\n=1", "a\n=1", "\r\n@x", " =1", "\ufeff=1", "\u00a0+1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201",
    "a;=1", ";=1", "a; -1", "a;\u200b@x", "a\t=1", "a,=1", "'=1", "a;'=1", "\0=1", "\x1b=1", "\u3000\uff1d1", "\n;=1",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("separator", [";", "\t", "\n", ","])
def test_no_separator_turns_a_cell_into_a_formula(payload: str, separator: str) -> None:
    blanks = " \ufeff\u00a0\u200b\u3000\0\x1b\r"
    for part in escape_formula(payload).split(separator):
        assert part.strip(blanks)[:1] not in set("=+@-\uff1d\uff0b\uff0d\uff20") or not part.strip(blanks)
    assert unescape_formula(escape_formula(payload)) == payload and unescape_formula(shield(payload)) == payload
    assert payload.strip(blanks + ";\n")[:1] not in set("=+@-") or escape_formula(payload)[0] == "'"


@given(st.one_of(text, dangerous))
def test_both_formats_are_read_back_by_one_reader(value: str) -> None:
    assert unescape_formula(escape_formula(value)) == value and unescape_formula(shield(value)) == value
    assert escape_formula(value)[:1] not in set("=+-@\t\0\r") or not value


@given(
    st.lists(st.lists(st.one_of(text, dangerous), min_size=2, max_size=2), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t", "|"]),
    st.booleans(),
)
def test_any_values_are_written_and_read_back_unchanged(values: list[list[str]], delimiter: str, safe: bool) -> None:
    assume(not escaped_columns(values))
    info = SourceInfo("f", "csv", "utf-8", delimiter, "double", 1, ("email", "x y"), fingerprint(("email", "x y")))
    rows = [SourceRow(number, tuple(cells)) for number, cells in enumerate(values, start=1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "failed"
        write(path, info, rows, safe=safe)
        with open_source(path) as source:
            read_back = list(source.rows())
            assert source.info.columns == info.columns and source.info.delimiter == delimiter
    assert [row.cells for row in read_back] == [row.cells for row in rows]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given(
    st.lists(st.lists(json_values, min_size=2, max_size=2), min_size=1, max_size=4), st.sampled_from(["json", "ndjson"])
)
def test_any_json_values_are_written_and_read_back_unchanged(values: list[list[Any]], format: str) -> None:
    info = SourceInfo("f", format, "utf-8", "", "", None, ("email", "x"), fingerprint(("email", "x")))
    rows = [SourceRow(number, tuple(cells)) for number, cells in enumerate(values, start=1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "failed"
        write(path, info, rows)
        with open_source(path, format=format) as source:
            assert [row.cells for row in source.rows()] == [row.cells for row in rows]


@pytest.mark.parametrize("kind", ["csv", "json", "ndjson"])
def test_failed_rows_are_complete_or_absent(tmp_path: Path, kind: Any) -> None:
    info = SourceInfo("f", kind, "utf-8", ",", "double", 1, ("email",), "x")
    file = tmp_path / "failed"
    with pytest.raises(KeyboardInterrupt), FailedRowsWriter(file, info) as writer:
        writer.write(1, ("a@x.com",), "invalid_email", "email", "no")
        assert not file.exists()
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
