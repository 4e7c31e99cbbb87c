"""Text of the server's that is not Unicode: one such value does not spoil the page it is on."""

from __future__ import annotations

import json

import pytest

from dyntui.api.client import decode
from dyntui.api.errors import BadResponse, read_error
from dyntui.api.pagination import page_from
from dyntui.api.transport import ApiResponse
from dyntui.core.strict_json import dump_json, load_json
from dyntui.core.text import safe


def answer(body: bytes) -> ApiResponse:
    return ApiResponse(200, {}, body, 1.0)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (rb'"a\ud800b"', "a<d800>b"),
        (rb'"a\udfff"', "a<dfff>"),
        (rb'"\ud83d\ud83d\ude00"', "<d83d>\U0001f600"),
        (b'"a\xed\xa0\x80b"', "a<d800>b"),
        (b'"a\xffb"', "a<dcff>b"),
    ],
)
def test_a_page_with_invalid_unicode_is_read(raw: bytes, shown: str) -> None:
    body = b'{"count": 2, "users": [{"id": "1", "alias": ' + raw + b'}, {"id": "2", "alias": "\xc3\xa9"}]}'
    rows = page_from(decode(answer(body)), "users").rows
    assert [safe(row["alias"]) for row in rows] == [shown, "\u00e9"]
    assert load_json(dump_json(rows)) == rows
    json.loads(dump_json(rows).decode())


def test_an_error_with_invalid_unicode_is_read() -> None:
    assert safe(read_error(rb'{"error": "no \ud800", "code": "x"}').text) == "no <d800>"


@pytest.mark.parametrize("body", [b"<html>", b"{", b'{"a": NaN}', b"[" * 100_000, b"\xff\xfe"])
def test_a_response_that_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadResponse):
        decode(answer(body))


def test_an_object_without_a_required_field_is_an_error_with_a_message() -> None:
    (row,) = page_from([{"name": "x"}]).rows
    assert row.get("id") is None
    with pytest.raises(BadResponse, match="without 'id'"):
        row["id"]
