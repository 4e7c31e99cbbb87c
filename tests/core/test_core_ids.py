"""An id stays one path segment, and the same id."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.core.errors import UsageError
from dyntui.core.ids import is_uuid, new_id, quote_segment, short_id


def test_new_ids_are_valid_and_different() -> None:
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    assert all(map(is_uuid, made))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "3F2A1B4C-0000-4000-8000-00000000000A",
        "3f2a1b4c00004000800000000000000a",
        "3f2a1b4c-0000-4000-8000-00000000000a\n",
        " 3f2a1b4c-0000-4000-8000-00000000000a",
    ],
)
def test_other_texts_are_not_valid_ids(text: str) -> None:
    assert not is_uuid(text)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda text: text.strip() not in ("", ".", "..")
    )
)
def test_a_quoted_segment_is_one_segment_and_unquotes_to_its_value(value: str) -> None:
    quoted = quote_segment(value)
    assert not set(quoted) & set("/?#\\ ")
    assert quoted not in (".", "..")
    assert unquote(quoted) == value
    assert urlsplit(f"https://h/users/{quoted}/x").path == f"/users/{quoted}/x"


@pytest.mark.parametrize("value", ["", ".", "..", " ", "\t\n", " .. ", "\u00a0", ".\u3000"])
def test_a_segment_that_would_change_the_path_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="userId"):
        quote_segment(value, "userId")


@given(st.text())
def test_a_short_id_is_short(text: str) -> None:
    assert len(short_id(text)) <= 12


def test_a_short_id_shows_both_ends() -> None:
    assert short_id("3f2a1b4c-0000-4000-8000-000000009c1e") == "3f2a…9c1e"
    assert short_id("short") == "short"
