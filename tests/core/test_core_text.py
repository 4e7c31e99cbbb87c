"""Whatever a server says, what is shown does nothing to a terminal and hides nothing from a person."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.core.text import MAX_COMBINING, MAX_LENGTH, json_text, quantity, safe, shorten, without_controls

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\u180e\u00ad\u034f\ufeff"
C0 = "".join(map(chr, range(0x20)))
C1 = "".join(map(chr, range(0x7F, 0xA0)))
TAGS = "".join(map(chr, range(0xE0000, 0xE0080)))
SURROGATES = "\ud800\udbff\udc00\udcff\udfff"
SEPARATORS = "\u2028\u2029"
HOSTILE = C0 + C1 + BIDI + ZERO_WIDTH + TAGS + SURROGATES + SEPARATORS

ANY = st.text(st.characters(codec=None) | st.sampled_from(HOSTILE + "\u0301\u0489ab<€漢😀"))
"""Any text at all, surrogates too, with the dangerous characters made likely."""


VISIBLE_FORMAT = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
"""Signs that Unicode calls format characters and every font draws: Arabic number signs and their kin."""


def is_hidden(char: str) -> bool:
    if ord(char) in VISIBLE_FORMAT:
        return False
    return char in HOSTILE or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def test_no_character_of_unicode_is_shown_invisibly() -> None:
    assert not [hex(code) for code in range(0x110000) if any(map(is_hidden, safe(chr(code))))]


@given(ANY)
def test_the_result_contains_no_control_or_invisible_character(text: str) -> None:
    shown = safe(text)
    assert not [hex(ord(char)) for char in shown if is_hidden(char)]
    shown.encode()  # and every terminal's encoder takes it


@pytest.mark.parametrize("char", HOSTILE)
def test_each_dangerous_character_is_replaced_by_visible_text(char: str) -> None:
    shown = safe(f"a{char}b")
    assert shown.startswith("a")
    assert shown.endswith("b")
    assert 3 <= len(shown) <= 9
    assert shown != f"a{char}b"


@given(ANY, st.integers(0, 300))
def test_the_result_is_within_the_limit(text: str, limit: int) -> None:
    assert len(safe(text, limit)) <= limit


@given(ANY, st.integers(1, 300))
def test_a_truncated_text_ends_with_a_sign(text: str, limit: int) -> None:
    shown = safe(text, limit)
    whole = safe(text, 10_000_000)
    assert shown == whole or shown.endswith("…")


@given(ANY, st.integers(1, 300))
def test_safe_text_is_unchanged(text: str, limit: int) -> None:
    shown = safe(text, limit)
    assert safe(shown, limit) == shown


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_is_unchanged(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    "text", ["", "Zoë Ångström", "日本語", "Ελένη", "😀👍🏽", "नमस्ते", "e\u0301", "ไทย", "✈️", "a\u00a0b"]
)
def test_names_in_many_scripts_are_unchanged(text: str) -> None:
    assert safe(text) == text


@given(ANY)
def test_the_number_of_combining_marks_is_limited(text: str) -> None:
    run = 0
    for char in safe(text + "\u0301" * 50):
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        assert run <= MAX_COMBINING


def test_text_after_too_many_combining_marks_is_shown() -> None:
    text = "e" + "\u0301" * 100 + " paid by somebody else"
    assert safe(text) == "e" + "\u0301" * MAX_COMBINING + " paid by somebody else"
    for limit in (1, 4, 5, 6, 12, 40, 101):
        assert safe(text, limit).endswith("…"), limit
    assert safe("e" + "\u0301" * 10_000_000, 40).startswith("e")


def test_the_result_is_one_literal_line() -> None:
    assert safe("[@click=app.quit]Bob[/] [/x] \x1b]0;x\x07") == "[@click=app.quit]Bob[/] [/x] ␛]0;x␇"
    assert safe("a\r\nb\tc\x00") == "a␍␊b␉c␀"
    assert safe("a\u202eb\x9bc\x7f") == "a<202e>b<9b>c<7f>"


def test_values_of_any_type_are_accepted() -> None:
    assert safe(None) == "null"
    assert safe(12.5) == "12.5"
    assert len(safe("x" * 1_000_000)) == MAX_LENGTH
    assert len(safe("é" * 1_000_000)) == MAX_LENGTH


@given(st.text(), st.integers(0, 40))
def test_a_shortened_text_has_the_width_and_both_ends(text: str, width: int) -> None:
    short = shorten(text, width)
    assert len(short) <= width
    if len(text) <= width:
        assert short == text
    elif width >= 3:
        assert short[0] == text[0]
        assert short[-1] == text[-1]
        assert "…" in short


def test_addresses_are_shortened_to_both_ends() -> None:
    assert shorten("0xbF394748301603f18d953C90F0b087CBEC0E1834", 11) == "0xbF39…1834"


@given(st.text(st.characters(codec=None)))
def test_clipboard_text_contains_only_text_tabs_and_newlines(text: str) -> None:
    clean = without_controls(text)
    assert not [char for char in clean if unicodedata.category(char) == "Cc" and char not in "\t\n"]
    assert without_controls(clean) == clean
    assert [c for c in text if unicodedata.category(c) != "Cc"] == [c for c in clean if unicodedata.category(c) != "Cc"]


@pytest.mark.parametrize(
    ("count", "names", "text"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (2000, ("row",), "2,000 rows"),
        (2, ("entry", "entries"), "2 entries"),
    ],
)
def test_a_quantity_has_its_noun(count: int, names: tuple[str, ...], text: str) -> None:
    assert quantity(count, *names) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (None, "null"),
        ({"on": False, "names": ["é", None]}, '{"on": false, "names": ["é", null]}'),
        (["a", True], '["a", true]'),
        (1.5, "1.5"),
        ("True", "True"),
    ],
)
def test_a_value_that_is_no_text_is_shown_as_json(value: object, expected: str) -> None:
    assert json_text(value) == safe(value) == expected
