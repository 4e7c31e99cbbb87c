"""Make text safe for display. All text from outside passes `safe` before it reaches a terminal.

Raw ESC, OSC and C1 bytes in a user's name reach the terminal through every Textual widget,
`markup=False` or not, and through any plain print; bidi controls reorder what a person reads.
`safe()` makes all of them visible. The model keeps the raw value: only the display goes through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

__all__ = [
    "MAX_COMBINING",
    "MAX_LENGTH",
    "display_width",
    "json_text",
    "plain_json",
    "quantity",
    "safe",
    "shorten",
    "spaced_words",
    "title_case",
    "visible_controls",
    "without_controls",
    "without_surrogates",
]

MAX_LENGTH = 4096
MAX_COMBINING = 4

_C0_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)}
# DEL, C1, soft hyphen, bidi controls, zero width and invisible operators, line/paragraph separators, variation
# selectors, BOM, interlinear annotation, format controls of hieroglyphs, shorthand and music, tag
# characters, surrogates.
_HIDDEN_RANGES = (
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB),
    (0xFFFE, 0xFFFF),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
_SUSPECT = re.compile("[\x00-\x1f" + "".join(f"{chr(low)}-{chr(high)}" for low, high in _HIDDEN_RANGES) + "]")
_COMBINING_RUN = re.compile(rf"[^\x00-\u02ff]{{{MAX_COMBINING + 1},}}")
_SURROGATES = "[\ud800-\udfff]"
_CONTROLS = "[\x00-\x08\x0b-\x1f\x7f-\x9f]"
_CONTROLS_BUT_CR = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return _C0_PICTURES.get(code) or f"<{code:x}>"


def _cap_combining(match: re.Match[str]) -> str:
    out: list[str] = []
    run = 0
    for char in match.group():
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if run <= MAX_COMBINING:
            out.append(char)
    return "".join(out)


def safe(text: object, limit: int = MAX_LENGTH) -> str:
    """Return `text` as one line with all characters visible and none that controls the terminal.

    C0 controls become control pictures (␛), DEL, C1, bidi, zero-width, BOM, tag characters and surrogates become
    `<hex>`; at most MAX_COMBINING combining marks stay in a row; more than `limit` characters end in `…`.
    A value that is no text is written as JSON.
    """
    value = json_text(text)
    longer = len(value) > limit
    if longer:
        value = value[: max(0, limit)]
    if not (value.isascii() and value.isprintable()):
        value = _COMBINING_RUN.sub(_cap_combining, value)
        value = _SUSPECT.sub(_visible, value)
    if longer or len(value) > limit:
        value = value[: limit - 1] + "…" if limit > 0 else ""
    return value


def json_text(value: object) -> str:
    """Return a value as text: a text unchanged, another JSON value as JSON, such as `true`, `null` or `{"a": 1}`."""
    if value is None or isinstance(value, (bool, list, tuple, Mapping)):
        import json

        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def display_width(text: str) -> int:
    """Return the number of columns that a terminal uses for a text without control characters."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def quantity(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 row`, `2,000 rows`. plural: when it is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def compose(text: str) -> str:
    """Return a text for a comparison without regard to how an accented letter is encoded."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return a text for a comparison without regard to case and to how an accented letter is encoded."""
    return compose(text.casefold())


def shorten(text: str, width: int) -> str:
    """Return `text` cut in the middle to `width` characters, for ids and addresses: `0xbF39…1834`."""
    if len(text) <= width:
        return text
    if width < 3:
        return text[:width]
    tail = min(4, (width - 1) // 2)
    return f"{text[: width - 1 - tail]}…{text[-tail:]}"


def spaced_words(name: str) -> str:
    """Return a name of the API as words: `phone number` for `phoneNumber`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def title_case(text: str) -> str:
    """Return a text of the console with the first letter of each word in upper case: `API Tokens` for `API tokens`."""
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


def _escaped(match: re.Match[str]) -> str:
    # JSON escapes have four digits; characters beyond U+FFFF need two of them.
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def plain_json(text: str) -> str:
    """Return JSON for editing: characters that a terminal hides or interprets are written as `\\uNNNN`."""
    return "\n".join(_SUSPECT.sub(_escaped, line) for line in text.split("\n"))


def without_surrogates(text: str) -> str:
    """Return `text` with lone surrogates as `<hex>`, which can be encoded as UTF-8 for a file or a database."""
    return text if text.isascii() else re.sub(_SURROGATES, _visible, text)


def visible_controls(text: str) -> str:
    """Return `text` with control characters made visible, except tab and line breaks."""
    return text if text.isprintable() else re.sub(_CONTROLS_BUT_CR, _visible, text)


def without_controls(text: str) -> str:
    """Return `text` without control characters, except tab and newline."""
    return re.sub(_CONTROLS, "", text)
