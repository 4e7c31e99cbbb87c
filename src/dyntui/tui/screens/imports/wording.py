"""Sizes and paths as people say them."""

from __future__ import annotations

from pathlib import Path

__all__ = ["short_path", "size_words"]


def size_words(size: int) -> str:
    """Bytes as people say them: `137 B`, `1.5 KB`, `12 MB`."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def short_path(path: str) -> str:
    """A path with the home folder as `~`."""
    home = str(Path.home())
    return f"~{path[len(home) :]}" if path == home or path.startswith(f"{home}/") else path
