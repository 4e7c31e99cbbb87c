"""Metadata as a text: what hides is written out, what cannot be sent is refused, differences are exact."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.families import examples

from dyntui.core.errors import UsageError
from dyntui.core.text import safe
from dyntui.sandbox.hostile_payloads import PAYLOADS
from dyntui.services.metadata import metadata_changes, metadata_size, metadata_text, read_metadata

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)
METADATA = st.dictionaries(TEXT, VALUES)


@settings(deadline=None, max_examples=examples(50))
@given(METADATA)
def test_formatted_metadata_is_parsed_back_unchanged(metadata: dict[str, Any]) -> None:
    text = metadata_text(metadata)
    parsed = read_metadata(text)
    assert metadata_changes(metadata, parsed) == []
    assert json.dumps(parsed) == json.dumps(metadata)
    assert metadata_size(metadata) == len(orjson.dumps(metadata)) or "." in text or "e" in text


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_formatted_metadata_has_no_invisible_characters(payload: str) -> None:
    text = metadata_text({"name": payload, payload: 1})
    assert all(safe(character) == character for character in text.replace("\n", ""))
    assert json.loads(text) == {"name": payload, payload: 1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Invalid JSON"),
        ('{"a": 1,}', "line 1, column"),
        ('{\n "a": tru\n}', "line 2, column 7"),
        ("[1]", "Metadata must be a JSON object"),
        ("null", "Metadata must be a JSON object"),
        ('{"a": 1, "a": 2}', "the key 'a' has two values"),
        ('{"x": {"a": 1, "a": 2}}', "the key 'a' has two values"),
        ('{"a": NaN}', "NaN is no JSON value"),
        ('{"a": -Infinity}', "-Infinity is no JSON value"),
        ('{"a": 1e999}', "too large"),
        ('{"a": 123456789012345678901234567890}', "cannot be sent"),
        ('{"a": "\\ud800"}', "cannot be sent"),
        ('{"a":' * 100_000, "nested more than 64 levels"),
        ('{"a": ' + "9" * 5000 + "}", "cannot be read"),
    ],
)
def test_invalid_metadata_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_metadata(text)
    assert why in refused.value.message


def test_differences_list_every_value_by_its_path() -> None:
    before = {"plan": "free", "seats": 1, "address": {"city": "Paris", "zip": "75"}, "tags": ["a"], "old": None}
    after = {"plan": "pro", "seats": "1", "address": {"city": "Paris", "zip": "76"}, "tags": ["a", "b"], "new": {}}
    assert metadata_changes(before, after) == [
        '~ plan: "free" → "pro"',
        '~ seats: 1 → "1"',
        '~ address.zip: "75" → "76"',
        '~ tags: ["a"] → ["a", "b"]',
        "- old: null",
        "+ new: {}",
    ]
    assert metadata_changes({"a": True}, {"a": 1}) == ["~ a: true → 1"]
