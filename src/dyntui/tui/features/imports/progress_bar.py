"""A bar of text, for a share of something: it reads without colour."""

from __future__ import annotations

__all__ = ["bar"]

_FULL, _EMPTY = "█", "░"


def bar(share: float, width: int) -> str:
    """`share` from 0 to 1 in `width` cells; what is not nothing shows, and what is not all leaves some room."""
    share = max(0.0, min(1.0, share))
    full = round(share * width)
    if share > 0:
        full = max(1, full)
    if share < 1:
        full = min(width - 1, full)
    return _FULL * full + _EMPTY * (width - full)
