"""JSON and NDJSON as sources."""

from __future__ import annotations

import io
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.importer import SourceError, SourceInfo, SourceRow, open_source
from dyntui.importer.json_stream import BLOCK as _BLOCK
from dyntui.importer.typed_json import plain_value


def read(data: str, **options: object) -> tuple[SourceInfo, list[SourceRow]]:
    with open_source(io.BytesIO(data.encode()), name="people.json", **options) as source:  # type: ignore[arg-type]
        return source.info, list(source.rows())


def test_the_rows_of_an_array_are_its_objects_with_all_their_keys() -> None:
    info, rows = read('[{"email": "a@x.com"}, {"email": "b@x.com", "tags": [1, {"x": "é"}], "on": true}]')
    assert (info.format, info.columns, info.header_row) == ("json", ("email", "tags", "on"), None)
    assert [row.cells for row in rows] == [("a@x.com", None, None), ("b@x.com", [1, {"x": "é"}], True)]


@pytest.mark.parametrize("before", ["", '"count": 2, "tags": ["x"], "nested": {"users": []}, '])
def test_the_array_inside_an_object_is_found(before: str) -> None:
    info, rows = read("{" + before + '"users": [\n {"email": "a@x.com"},\n {"email": "b@x.com"}\n], "next": null}')
    assert info.format == "json" and [row.cells for row in rows] == [("a@x.com",), ("b@x.com",)]


def test_a_line_that_contains_an_array_of_users_is_not_ndjson() -> None:
    info, rows = read('{"users":[{"email":"a@x.com"},{"email":"b@x.com"}]}')
    assert info.format == "json" and len(rows) == 2


def test_one_object_is_one_row() -> None:
    assert [row.cells for row in read('{\n "email": "a@x.com",\n "firstName": "Ada"\n}')[1]] == [("a@x.com", "Ada")]
    assert [row.cells for row in read('{"email": "a@x.com"}')[1]] == [("a@x.com",)]


def test_each_line_of_ndjson_is_a_row_and_blank_lines_are_skipped() -> None:
    info, rows = read('{"email": "a@x.com"}\n\n{"email": "b@x.com", "n": 1}\r\n')
    assert info.format == "ndjson" and [row.cells for row in rows] == [("a@x.com", None), ("b@x.com", 1)]


def test_a_broken_line_is_an_error_of_that_row_only() -> None:
    _, rows = read('{"email": "a@x.com"}\n{"email": oops}\n[1]\n{"email": "b@x.com"}\n')
    assert [bool(row.problems) for row in rows] == [False, True, True, False]
    assert rows[1].problems[0].code == "bad_json_record" and rows[1].extra == (("", '{"email": oops}'),)


def test_long_ids_keep_all_digits() -> None:
    assert read('{"id": 12345678901234567890}\n')[1][0].cells == (12345678901234567890,)


@pytest.mark.parametrize(
    "data",
    [
        '[{"a": 1},]',
        '[{"a": 1}',
        '[{"a": 1}] tail',
        '[{"a": 1} {"a": 2}]',
        '{"users": [{"a": 1}',
        '{"users": [{"a": 1}, {"b"]}',
        '{"a": 1, "b" 2}',
    ],
)
def test_a_damaged_document_is_an_error_of_one_line(data: str) -> None:
    with pytest.raises(SourceError, match="not valid JSON") as caught:
        read(data, format="json")
    assert "\n" not in caught.value.message
    assert caught.value.message.count("char") == 1


@pytest.mark.parametrize("depth", [70, 900, 200_000])
def test_a_row_with_too_many_levels_is_an_error_of_one_line(depth: int) -> None:
    deep = '{"a": ' + "[" * depth + "]" * depth + "}"
    with pytest.raises(SourceError, match="nested more than"):
        read(f"[{deep}]")
    assert "nested" in read('{"a": 1}\n' + deep)[1][1].problems[0].message


@pytest.mark.parametrize("number", ["1e999", "-1e999", "Infinity", "NaN"])
def test_numbers_that_are_not_valid_json_are_refused(number: str) -> None:
    assert read(f'{{"a": 1}}\n{{"a": {number}}}\n')[1][1].problems[0].code == "bad_json_record"


def test_a_key_with_two_values_is_an_error() -> None:
    with pytest.raises(SourceError, match="'email' has two values"):
        read('[{"email": "a@x.com", "email": "b@x.com"}]')
    _, rows = read('{"email": "a@x.com", "email": "b@x.com"}\n{"email": "c@x.com", "email": "c@x.com"}\n')
    assert [bool(row.problems) for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("data", "records", "emails"),
    [
        ('{"a@x.com": {"firstName": "A"}, "b@x.com": {"firstName": "B"}}', "*", ["a@x.com", "b@x.com"]),
        ('{"users": {"+491712345678": {"firstName": "A"}}}', "users.*", ["+491712345678"]),
        ('{"active": [{"email": "a@x.com"}], "deleted": [{"email": "b@x.com"}, {"email": "c@x.com"}]}', "active", None),
        (
            '{"organizations": [{"name": "X", "billingEmail": "o@x.com", "members": [{"email": "a@x.com"}]}]}',
            "organizations.*.members",
            None,
        ),
    ],
)
def test_the_records_are_those_of_people(data: str, records: str, emails: list[str] | None) -> None:
    info, rows = read(data)
    assert info.records == records
    assert [row.cells[-1] for row in rows] == (emails or ["a@x.com"])


@pytest.mark.parametrize(
    "before", ["module.exports = ", "const users = ", "callback(", "/* users */ ", ")]}'\n", "# users\n", "\x1e"]
)
def test_text_before_json_is_named(before: str) -> None:
    with pytest.raises(SourceError, match="JSON with other text before it"):
        read(before + '[{"email": "a@x.com"}]')


@pytest.mark.parametrize("cut", [1, 3, 20])
def test_a_file_that_ends_early_is_named_so(cut: int) -> None:
    with pytest.raises(SourceError, match="it ends early"):
        read('{"users": [{"email": "a@x.com"}], "next": "abc"}'[:-cut])


def test_a_broken_first_line_does_not_hide_the_format() -> None:
    info, rows = read('{"email": oops}\n{"email": "a@x.com"}\n')
    assert info.format == "ndjson" and [bool(row.problems) for row in rows] == [True, False]


def test_each_text_in_an_array_is_reported_as_not_an_object() -> None:
    _, rows = read('["a@x.com", "b@x.com"]')
    assert [row.problems[0].code for row in rows] == ["bad_json_record"] * 2


def test_an_empty_array_is_reported() -> None:
    info, rows = read("[]")
    assert rows == [] and info.notes


def test_a_key_that_appears_after_the_detection_of_columns_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dyntui.importer.json_reader._SCANNED", 0)
    _, rows = read('{"email": "a@x.com"}\n' * 4000 + '{"email": "b@x.com", "late": 7}\n')
    assert rows[-1].extra == (("late", 7),) and rows[-1].problems[0].code == "unexpected_key"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=6,
)
records = st.lists(st.dictionaries(st.sampled_from(["email", "a", "b"]), json_values, min_size=1), max_size=6)


@given(records, st.sampled_from(["array", "indented", "users", "lines"]))
def test_every_row_is_read_back_from_any_json_format(data: list[dict[str, object]], layout: str) -> None:
    texts = {
        "array": json.dumps(data),
        "indented": json.dumps(data, indent=2, ensure_ascii=False),
        "users": json.dumps({"count": 3, "users": data}),
        "lines": "\n".join(json.dumps(record) for record in data),
    }
    if layout == "lines" and not data:
        return
    info, rows = read(texts[layout], format="ndjson" if layout == "lines" else "json")
    assert [dict(zip(info.columns, row.cells, strict=True)) for row in rows] == [
        {column: record.get(column) for column in info.columns} for record in data
    ]


@given(st.integers(min_value=-40, max_value=40))
def test_rows_across_a_block_boundary_are_complete(shift: int) -> None:
    records = [{"email": "x" * (_BLOCK - 60 + shift)}, {"email": "é", "n": 1234567}, {"email": "y"}]
    _, rows = read(json.dumps(records, ensure_ascii=False))
    assert [row.cells[0] for row in rows] == [cast(dict[str, Any], record)["email"] for record in records]


# Typed values


def dynamo(value: object) -> dict[str, object]:
    """Return a value as DynamoDB writes it."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [dynamo(item) for item in value]}
        case dict():
            return {"M": {key: dynamo(item) for key, item in value.items()}}
    raise TypeError(value)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


_KEYS = st.text(min_size=1, max_size=4).filter(lambda key: not key.startswith("$"))
"""Without the keys of MongoDB's Extended JSON."""


@given(st.dictionaries(_KEYS, PLAIN, min_size=1, max_size=4))
def test_dynamodb_json_is_read_as_the_values_that_it_stands_for(record: dict[str, Any]) -> None:
    assert plain_value({key: dynamo(value) for key, value in record.items()}) == record


def test_people_in_database_exports_are_read_as_plain_values() -> None:
    people = [{"email": "a@x.com", "firstName": "Nora", "age": 3}, {"email": "b@x.com", "firstName": "Ben", "age": 4}]
    items = [{key: dynamo(value) for key, value in person.items()} for person in people]
    for text in (
        json.dumps({"Items": items, "Count": 2}),
        json.dumps(items),
        "\n".join(json.dumps({"Item": item}) for item in items),
    ):
        info, rows = read(text)
        assert [dict(zip(info.columns, row.cells, strict=True)) for row in rows] == [
            person | ({"key": "Item"} if "key" in info.columns else {}) for person in people
        ]
        assert any("DynamoDB" in note for note in info.notes)
    info, rows = read(
        '{"_id": {"$oid": "5f"}, "email": "a@x.com", "n": {"$numberLong": "5"}, "at": {"$date": {"$numberLong": "0"}}}'
    )
    assert rows[0].cells == ("5f", "a@x.com", 5, "1970-01-01T00:00:00Z")


def test_objects_that_only_look_typed_stay_as_they_are() -> None:
    _info, rows = read('[{"email": "a@x.com", "shirt": {"S": "small"}, "price": {"$each": [1]}}]')
    assert rows[0].cells == ("a@x.com", {"S": "small"}, {"$each": [1]})
