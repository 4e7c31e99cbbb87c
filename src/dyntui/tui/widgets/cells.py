"""Text measured in terminal cells: cut with a sign, padded to a width."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

__all__ = ["cut", "fit", "width_of"]


def width_of(text: str) -> int:
    """How many cells `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` cells; what is cut off is shown by `…`."""
    if width_of(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells."""
    text = cut(text, width)
    space = " " * (width - width_of(text))
    return space + text if right else text + space
