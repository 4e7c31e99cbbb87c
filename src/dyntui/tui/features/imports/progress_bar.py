"""A progress bar as text, readable without color."""

from __future__ import annotations

__all__ = ["draw_bar"]

_FULL, _EMPTY = "█", "░"


def draw_bar(share: float, width: int) -> str:
    """Return a bar for `share`, 0 to 1, in `width` cells: at least one full cell above 0, one empty below 1."""
    share = max(0.0, min(1.0, share))
    full = round(share * width)
    if share > 0:
        full = max(1, full)
    if share < 1:
        full = min(width - 1, full)
    return _FULL * full + _EMPTY * (width - full)
