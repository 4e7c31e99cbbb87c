"""Text for screen readers: without box drawing, signs and alignment, which are replaced by words and commas."""

from __future__ import annotations

import re

__all__ = ["join_texts", "plain_text"]

_WORDS = {
    "✓": "done",
    "✕": "error:",
    "▾": "unfolded",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "to",
    "‹": "left",
    "›": "right",
}
_SIGN = f"\\s?([{''.join(_WORDS)}])\\s?"
_REPLACED = str.maketrans({"—": "-", "…": "...", "·": ", ", "▸": " ", "\N{LEFT-TO-RIGHT MARK}": ""})
_DRAWING = "[\u2500-\u25ff\u2800-\u28ff\u21f5\u29d6•⇅⧖]"
"""Lines, blocks, geometric shapes, Braille patterns, and the bullet of a marked row."""
_NOT_LOADED = "·(?: ?·)+"
_GAP = r"[\s\xa0]{2,},?|\s,"
_COMMAS = r",(?:\s*,)+\s*"
_WARNING = "! "
_REQUIRED = " *"
"""The sign after the label of a field that has to be filled in."""
_CHECKED, _UNCHECKED = "[x] ", "[ ] "


def plain_text(text: str) -> str:
    """Return `text` as it should be read: columns separated by commas, signs as words, drawing removed."""
    text = text.strip()
    if text.startswith(_WARNING):
        return f"warning: {plain_text(text[len(_WARNING) :])}"
    if text.endswith(_REQUIRED):
        return f"{plain_text(text.removesuffix(_REQUIRED))}, required"
    if text.isascii() and "  " not in text and "[" not in text:
        return text
    if text == "—":
        return "none"
    if "‹" not in text:  # between breadcrumbs
        text = text.replace(" › ", ", ")
    text = re.sub(_SIGN, lambda sign: f" {_WORDS[sign[1]]} ", re.sub(_NOT_LOADED, "", text).translate(_REPLACED))
    text = re.sub(_DRAWING, "  ", text).strip()
    if text.startswith((_CHECKED, _UNCHECKED)):
        text = ("selected, " if text.startswith(_CHECKED) else "not selected, ") + text[len(_CHECKED) :].strip()
    return " ".join(re.sub(_COMMAS, ", ", re.sub(_GAP, ", ", text)).split()).strip(" ,")


def join_texts(*texts: str) -> str:
    """Return the texts that are not empty, separated by commas."""
    return ", ".join(text for text in texts if text)
