"""The last guard between a control character and the terminal: whoever forgot `safe()` shows U+FFFD instead.

Rich and Textual drop only five control codes from text; an ESC goes through every widget. Both keep what they drop in a
table, private but shared; more is put into it here. A test guards the two names, and shows that no widget leaks.
"""

from __future__ import annotations

import re
from typing import cast

__all__ = ["install", "replace_controls"]

_CODES = [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)]
_REPLACEMENT = "\ufffd"
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def install() -> None:
    """Extend the tables of rich and textual. Harmless when done twice."""
    from rich import control
    from textual import content

    for table in (control._CONTROL_STRIP_TRANSLATE, content._CONTROL_STRIP_TRANSLATE):
        cast(dict[int, str], table).update(dict.fromkeys(_CODES, _REPLACEMENT))


def replace_controls(text: str) -> str:
    """`text` for a segment of our own, without any control code: the same guard where neither library looks."""
    return text if text.isprintable() else _CONTROLS.sub(_REPLACEMENT, text)
