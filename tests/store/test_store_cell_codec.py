"""What a file said comes back from the journal as it was, digit for digit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.store.cell_codec import pack, unpack

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON)
def test_any_cell_is_decoded_to_its_value(cell: Any) -> None:
    assert unpack(pack([cell])) == [cell]


@pytest.mark.parametrize(
    "cell", [2**64, -(2**63) - 1, 123456789012345678901234567890, "\ud800", {"a": [2**70, "\udfff"]}]
)
def test_numbers_over_64_bits_and_lone_surrogates_are_decoded_unchanged(cell: Any) -> None:
    (decoded,) = unpack(pack([cell]))
    assert (decoded, type(decoded)) == (cell, type(cell))
