"""Reading delimited files: every trap of the import guide, each with what a person gets."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.importer import Source, SourceChanged, SourceError, SourceInfo, SourceRow, UnknownEncoding, open_source


def read(data: bytes | str, **options: object) -> tuple[SourceInfo, list[SourceRow]]:
    raw = data.encode() if isinstance(data, str) else data
    with open_source(io.BytesIO(raw), name="people.csv", **options) as source:  # type: ignore[arg-type]
        return source.info, list(source.rows())


def cells(data: bytes | str, **options: object) -> list[tuple[object, ...]]:
    return [row.cells for row in read(data, **options)[1]]


def test_a_plain_csv_file_has_columns_and_rows() -> None:
    info, rows = read("email,firstName\nada@x.com,Ada\nbob@x.com,Bob\n")
    assert (info.format, info.encoding, info.delimiter, info.header_row) == ("csv", "utf-8", ",", 1)
    assert info.columns == ("email", "firstName")
    assert [(row.number, row.cells, row.problems) for row in rows] == [
        (1, ("ada@x.com", "Ada"), ()),
        (2, ("bob@x.com", "Bob"), ()),
    ]


def test_rows_are_read_repeatedly_and_by_several_iterators() -> None:
    with open_source(io.BytesIO(b"email\na@x.com\nb@x.com\n")) as source:
        one, two = source.rows(), source.rows()
        assert [next(one).cells, next(two).cells, next(two).cells, next(one).cells] == [
            ("a@x.com",),
            ("a@x.com",),
            ("b@x.com",),
            ("b@x.com",),
        ]


def test_a_byte_order_mark_is_not_part_of_the_first_column_name() -> None:
    info, rows = read("\ufeffemail,n\na@x.com,1\n".encode())
    assert info.columns[0] == "email" and info.encoding == "utf-8-sig" and rows[0].cells == ("a@x.com", "1")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_detected_with_and_without_a_byte_order_mark(encoding: str) -> None:
    text = "email;firstName\nada@x.com;Åda\nbob@x.com;李\n" * 3
    assert cells(text.encode(encoding))[0] == ("ada@x.com", "Åda")


def test_a_sep_line_sets_the_delimiter_and_is_not_a_row() -> None:
    info, rows = read("sep=;\r\nemail;note\r\na@x.com;1,5\r\n")
    assert info.delimiter == ";" and info.columns == ("email", "note") and rows[0].cells == ("a@x.com", "1,5")


def test_line_breaks_inside_quotes_belong_to_the_value() -> None:
    assert cells('email,note\r\na@x.com,"one\r\ntwo\nthree"\r\nb@x.com,x\r\n') == [
        ("a@x.com", "one\r\ntwo\nthree"),
        ("b@x.com", "x"),
    ]


def test_carriage_returns_end_lines() -> None:
    assert cells("email,n\ra@x.com,1\rb@x.com,2\r") == [("a@x.com", "1"), ("b@x.com", "2")]


def test_nul_bytes_stay_in_the_value() -> None:
    assert cells(b"email,n\na@x.com,a\0b\n") == [("a@x.com", "a\0b")]


def test_a_row_with_too_many_values_is_an_error_that_includes_them() -> None:
    _, rows = read("email,name,team\na@x.com,Ada,x\nb@x.com,Smith, Jr,y\nc@x.com,C,z\n")
    assert rows[1].problems[0].code == "too_many_cells" and rows[1].problems[0].severity == "error"
    assert rows[1].extra == (("", "y"),)
    assert rows[2].cells == ("c@x.com", "C", "z")


def test_empty_values_after_the_last_column_are_ignored() -> None:
    _, rows = read("email,team\na@x.com,x,,\nb@x.com,y\n")
    assert rows[0].cells == ("a@x.com", "x") and rows[0].problems == ()


def test_a_short_row_is_filled_and_reported() -> None:
    _, rows = read("email,firstName,team\na@x.com\nb@x.com,B,t\n")
    assert rows[0].cells == ("a@x.com", "", "")
    assert [(p.severity, p.code) for p in rows[0].problems] == [("warning", "too_few_cells")]


def test_repeated_and_blank_column_names_become_unique() -> None:
    info, _ = read("email,email,,phone\na@x.com,b@x.com,c,+4915112345678\n")
    assert info.columns == ("email", "email (2)", "column 3", "phone")
    assert any("Several columns" in note for note in info.notes) and any("has no name" in note for note in info.notes)


def test_a_title_above_the_header_row_is_skipped_and_reported() -> None:
    info, rows = read("Customers of 2024;;\n;;\nE-Mail;Vorname;Land\na@x.com;Ada;DE\n")
    assert info.header_row == 3 and info.columns == ("E-Mail", "Vorname", "Land")
    assert len(rows) == 1 and any("Customers of 2024" in note for note in info.notes)


def test_column_names_are_stripped() -> None:
    info, _ = read('"email ", firstName\na@x.com,Ada\n')
    assert info.columns == ("email", "firstName")


def test_a_file_with_one_column_has_a_header_row() -> None:
    info, rows = read("email\na@x.com\nb@x.com\n")
    assert info.delimiter == "" and info.header_row == 1 and [row.cells for row in rows] == [("a@x.com",), ("b@x.com",)]


def test_a_list_of_emails_without_a_header_row_has_all_rows() -> None:
    info, rows = read("a@x.com\nb@x.com\nc@y.org\n")
    assert info.header_row is None and info.columns == ("column 1",) and len(rows) == 3 and info.delimiter == ""


def test_a_list_of_words_has_no_header_row() -> None:
    info, rows = read("ada\nbob\ncleo\n")
    assert info.header_row is None and len(rows) == 3


def test_a_file_without_a_header_row_has_all_rows() -> None:
    info, rows = read("a@x.com,Ada,DE\nb@x.com,Bob,FR\n")
    assert info.header_row is None and len(rows) == 2 and info.columns == ("column 1", "column 2", "column 3")


def test_the_header_row_can_be_chosen() -> None:
    data = "a,b\nc,d\ne,f\n"
    assert read(data, header_row=2)[0].columns == ("c", "d")
    assert read(data, header_row=0)[0].columns == ("column 1", "column 2")
    with pytest.raises(SourceError, match="no row 9"):
        read(data, header_row=9)


def test_values_equal_to_column_names_do_not_make_a_header_row() -> None:
    info, rows = read("ada,user,DE\nbob,user,FR\ncleo,user,IT\n")
    assert info.header_row == 1 and any("--header-row 0" in note for note in info.notes)
    info, rows = read("a@x.com,user\nb@x.com,mobile\nc@x.com,phone\n")
    assert info.header_row is None and len(rows) == 3


def test_years_in_a_header_row_do_not_hide_it() -> None:
    info, _ = read("email,2023,2024\na@x.com,1,2\nb@x.com,3,4\n")
    assert info.columns == ("email", "2023", "2024")


@pytest.mark.parametrize(
    ("word", "delimiter"), [("tab", "\t"), ("\\t", "\t"), ("semicolon", ";"), ("^", "^"), ("none", "")]
)
def test_delimiters_can_be_chosen_by_name(word: str, delimiter: str) -> None:
    info, _ = read(f"email{delimiter}n\na@x.com{delimiter}1\n", delimiter=word)
    assert info.delimiter == delimiter and info.columns == (("email", "n") if delimiter else ("emailn",))


@pytest.mark.parametrize("delimiter", ["ab", '"', "\n", "\\"])
def test_an_invalid_delimiter_is_refused(delimiter: str) -> None:
    with pytest.raises(SourceError, match="cannot be a delimiter"):
        read("email,n\n", delimiter=delimiter)


def test_commas_inside_values_are_not_the_delimiter() -> None:
    info, rows = read('full name\n"Doe, John"\n"Roe, Jane"\n')
    assert info.columns == ("full name",) and rows[0].cells == ("Doe, John",)
    assert read("name;email\n1,5 a;a@x.com\n2,5 b;b@x.com\n")[0].delimiter == ";"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_detected(delimiter: str) -> None:
    lines = [delimiter.join(parts) for parts in (("email", "first name"), ("a@x.com", "Ada"), ("b@x.com", "Bob"))]
    info, rows = read("\n".join(lines))
    assert info.delimiter == delimiter and rows[1].cells == ("b@x.com", "Bob")
    assert info.format == ("tsv" if delimiter == "\t" else "csv")


def test_backslash_escapes_are_detected() -> None:
    info, rows = read('email,note\na@x.com,"he said \\"hi\\" twice"\nb@x.com,"x"\n')
    assert info.quoting == "backslash" and rows[0].cells == ("a@x.com", 'he said "hi" twice')


@pytest.mark.parametrize(
    ("encoding", "text", "candidate"),
    [("gb18030", "email,姓名\na@x.com,李小龙\n", "李小龙"), ("mac_roman", "email,firstName\na@x.com,Zoë\n", "Zoë")],
)
def test_an_unclear_encoding_is_an_error_with_previews(encoding: str, text: str, candidate: str) -> None:
    with pytest.raises(UnknownEncoding) as caught:
        read(text.encode(encoding))
    assert "--encoding" in caught.value.hint and "\n" not in caught.value.message
    previews = dict(caught.value.candidates)
    assert encoding in previews and previews[encoding] in text
    assert candidate in str(cells(text.encode(encoding), encoding=encoding))


def test_a_bad_byte_at_the_end_is_reported_before_the_first_row() -> None:
    data = b"email\n" + b"a@x.com\n" * 300_000 + b"z\xff@x.com\n"
    with pytest.raises(UnknownEncoding):
        read(data)


def test_a_wrong_encoding_or_an_unknown_one_is_refused() -> None:
    with pytest.raises(SourceError, match="not valid ascii"):
        read("email\nä@x.com\n", encoding="ascii")
    for name in ("klingon", "base64", "rot13", "zlib", "undefined"):
        with pytest.raises(SourceError, match=r"not an encoding|not valid undefined"):
            read("email\n", encoding=name)


@pytest.mark.parametrize(
    ("encoding", "written"), [("utf-8", "utf-8-sig"), ("UTF8", "utf-8-sig"), ("utf-16-le", "utf-16")]
)
def test_a_byte_order_mark_is_not_part_of_the_names_with_a_chosen_encoding(encoding: str, written: str) -> None:
    assert read("email,n\na@x.com,1\n".encode(written), encoding=encoding)[0].columns == ("email", "n")


def test_a_wrong_byte_order_mark_is_reported() -> None:
    with pytest.raises(SourceError, match="begins like UTF-8-SIG, but is not valid UTF-8-SIG"):
        read(b"\xef\xbb\xbfemail\n\xff\n")


def test_previews_contain_values_with_non_ascii_letters() -> None:
    info, _ = read("email,firstName\na@x.com,Ada\nb@x.com,Zoë\n")
    assert len(info.non_ascii) == 1 and "Zoë" in info.non_ascii[0]


def test_a_value_above_the_limit_of_the_csv_module_is_read() -> None:
    long = "x" * 200_000
    assert cells(f"email,note\na@x.com,{long}\n") == [("a@x.com", long)]


def test_a_long_first_value_is_read_in_a_fresh_process(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("email,note\na@x.com," + "x" * 200_000 + "\n")
    code = "import sys; from pathlib import Path; from dyntui.importer import open_source\n"
    code += "print(len(next(open_source(Path(sys.argv[1])).rows()).cells[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "200000", done.stderr


def test_an_unclosed_quote_is_reported() -> None:
    with pytest.raises(SourceError, match="not closed"):
        read('email,note\na@x.com,"open\n' + "b@x.com,x\n" * 5)


def test_a_quote_that_contains_rows_is_an_error() -> None:
    _, rows = read('firstName,email\n"Ann,a@x.com\nBob,b@x.com\n"Cy,c@x.com\nDee,d@x.com\n')
    assert any(problem.code == "unclosed_quote" for row in rows for problem in row.problems)


def test_blank_lines_are_counted_and_skipped() -> None:
    _, rows = read("email,n\na@x.com,1\n\n,\nb@x.com,2\n")
    assert [row.number for row in rows] == [1, 4]


def test_one_escaping_apostrophe_is_removed() -> None:
    assert cells("email,phone\na@x.com,'+4915112345678\nb@x.com,'plain\nc@x.com,''=1\n") == [
        ("a@x.com", "+4915112345678"),
        ("b@x.com", "'plain"),
        ("c@x.com", "'=1"),
    ]


def test_a_file_with_a_header_row_only_has_no_rows() -> None:
    info, rows = read("email,firstName\n")
    assert info.columns == ("email", "firstName") and rows == []


# What is no file to read.


def one_line(error: SourceError) -> str:
    assert error.message and "\n" not in error.message
    return error.message


def test_a_directory_pipe_device_or_missing_file_is_an_error_of_one_line(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    for path, words in (
        (tmp_path, "is a folder"),
        (fifo, "is a named pipe"),
        (Path("/dev/null"), "is a device"),
        (tmp_path / "none.csv", "There is no file"),
    ):
        with pytest.raises(SourceError) as caught:
            open_source(path)
        assert words in one_line(caught.value) and caught.value.hint


def test_an_empty_file_is_an_error_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    with pytest.raises(SourceError, match="is empty"):
        open_source(path)


def test_an_unreadable_file_is_an_error_of_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("email\n")
    path.chmod(0)
    if os.geteuid() == 0:  # root reads everything; the system's refusal is played

        def refuse(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SourceError, match="Permission denied") as caught:
        open_source(path)
    one_line(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"<?xml version='1.0'?>", "web page"),
        (b"SQLite format 3\0", "SQLite"),
    ],
)
def test_files_of_other_formats_are_reported_by_name(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(data)


def rest(source: Source) -> Iterator[SourceRow]:
    rows = source.rows()
    next(rows)
    return rows


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email\na@x.com\n")
    with open_source(path) as source:
        rows = rest(source)
        with path.open("a") as file:
            file.write("b@x.com\n")
        with pytest.raises(SourceChanged, match="changed while it was read"):
            list(rows)


def test_a_file_that_is_replaced_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email\na@x.com\n")
    with open_source(path) as source:
        rows = rest(source)
        other = tmp_path / "other.csv"
        other.write_text("email\nz@x.com\n")
        other.replace(path)
        with pytest.raises(SourceChanged):
            list(rows)


def test_standard_input_is_spooled_and_read_twice() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(b"email\na@x.com\n")
    with os.fdopen(reading, "rb") as stream, open_source(stream, name="standard input") as source:
        assert stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
        assert [row.cells for row in source.rows()] == [row.cells for row in source.rows()] == [("a@x.com",)]


def test_file_information_is_read_back_from_json() -> None:
    info, _ = read("sep=;\nE-Mail;Vorname\na@x.com;Zoë\n")
    assert SourceInfo.from_json(info.to_json()) == info


# Properties.

names = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="'"), min_size=1, max_size=8)
values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(st.lists(values, min_size=2, max_size=2), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_any_values_written_by_the_csv_module_are_read_back(rows: list[list[str]], delimiter: str) -> None:
    import csv

    from dyntui.core.formula_escaping import escape_formula

    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["email", "firstName"])
    writer.writerows([escape_formula(value) for value in row] for row in rows)
    got = cells("\ufeff" + text.getvalue(), delimiter=delimiter)
    assert got == [tuple(row) for row in rows if any(row)]


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_result_in_rows_or_one_error(data: bytes) -> None:
    try:
        info, rows = read(data)
    except SourceError as error:
        one_line(error)
        return
    assert all(len(row.cells) == len(info.columns) for row in rows)


@given(st.text(alphabet="ab,;\"\n\r\t\\'=é ", max_size=60))
def test_rows_of_any_delimited_text_are_as_wide_as_the_columns(text: str) -> None:
    try:
        info, rows = read("\ufeff" + text)
    except SourceError as error:
        one_line(error)
        return
    assert all(len(row.cells) == len(info.columns) for row in rows)
    assert [row.number for row in rows] == sorted({row.number for row in rows})


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ('email,phone\n="a@x.com",="+491712345678"\n', "a@x.com"),
        ("'email','name'\n'a@x.com','Ada'\n'b@x.com','Bob'\n", "a@x.com"),
    ],
)
def test_texts_in_the_quotes_of_other_programs_are_read(text: str, email: str) -> None:
    with open_source(io.BytesIO(text.encode())) as source:
        assert source.sample()[0].cells[0] == email


@pytest.mark.parametrize("again", ["username,name", "\ufeffusername, name"])
def test_a_header_row_in_joined_files_is_an_error(again: str) -> None:
    with open_source(io.BytesIO(f"username,name\nada,Ada\n{again}\nbob,Bob\n".encode())) as source:
        assert [[problem.code for problem in row.problems] for row in source.rows()] == [[], ["header_repeated"], []]


def test_a_name_below_whole_records_is_no_header() -> None:
    with open_source(io.BytesIO(b"ada@x.com\nbob@x.com\nteam\neve@x.com\n")) as source:
        assert source.info.header_row is None and source.count() == 4
