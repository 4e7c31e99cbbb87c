"""The last guard against control characters in texts that were not passed through `safe()`: they become U+FFFD.

Rich and Textual remove only five control codes from text, so ESC passes through every widget. Both have the codes in a
private table, which is extended here. A test checks the two names, and that no widget lets a control code through.
"""

from __future__ import annotations

import re
from typing import cast

__all__ = ["install", "replace_controls"]

_CODES = [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)]
_REPLACEMENT = "\ufffd"
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def install() -> None:
    """Extend the tables of Rich and Textual. Calling it again has no effect."""
    from rich import control
    from textual import content

    for table in (control._CONTROL_STRIP_TRANSLATE, content._CONTROL_STRIP_TRANSLATE):
        cast(dict[int, str], table).update(dict.fromkeys(_CODES, _REPLACEMENT))


def replace_controls(text: str) -> str:
    """Return `text` with control codes replaced, for segments that a widget makes without Rich or Textual."""
    return text if text.isprintable() else _CONTROLS.sub(_REPLACEMENT, text)
