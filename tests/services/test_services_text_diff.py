"""Two values beside each other: what differs is always told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dyntui.services.text_diff import elide_common, list_diff

TEXT = st.text(st.sampled_from("ab"), max_size=200)


def test_short_values_are_shown_whole() -> None:
    assert elide_common("https://a.example", "https://b.example") == ("https://a.example", "https://b.example")


def test_differences_of_long_values_are_shown_with_context() -> None:
    ends = "x" * 100, "y" * 100
    assert elide_common("old".join(ends), "new".join(ends)) == (
        f"…{'x' * 12}old{'y' * 12}…",
        f"…{'x' * 12}new{'y' * 12}…",
    )


def test_added_and_removed_items_of_long_lists_are_shown() -> None:
    names = [f"wallet.event.{number}" for number in range(20)]
    was, now = ", ".join(names), ", ".join([*names[1:], "user.created"])
    assert list_diff(was, now) == ["added: user.created", "removed: wallet.event.0"]
    assert list_diff("a, b", "a, c") == [], "a short one is told whole"
    assert list_diff(was, ", ".join(reversed(names))) == [], "another order is neither"
    assert list_diff(f'["{was}"]', "") == [], "JSON is no list with commas between"


@given(TEXT, TEXT, TEXT, TEXT)
def test_different_values_have_different_texts(head: str, was: str, now: str, tail: str) -> None:
    first, second = elide_common(f"{head}{was}{tail}", f"{head}{now}{tail}")
    assert (first == second) == (was == now)
