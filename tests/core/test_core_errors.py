"""Errors as people read them."""

from __future__ import annotations

import pytest

from dyntui.core.errors import DyntuiError, join_sentences


@pytest.mark.parametrize(
    ("message", "hint", "whole"),
    [
        ("Invalid token", "Store another one.", "Invalid token. Store another one."),
        ("It failed.", "Try again.", "It failed. Try again."),
        ("Invalid token", "", "Invalid token"),
        ("", "Try again.", "Try again."),
        ("", "", ""),
    ],
)
def test_message_and_hint_are_separate_sentences(message: str, hint: str, whole: str) -> None:
    assert str(DyntuiError(message, hint=hint)) == whole


def test_a_missing_sentence_leaves_no_separator() -> None:
    assert join_sentences("Failed", "", "Look at it.") == "Failed. Look at it."
