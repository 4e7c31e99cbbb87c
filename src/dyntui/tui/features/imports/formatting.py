"""Format cells, file sizes, paths and progress for the screen."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["cell_text", "draw_bar", "format_size", "short_path"]

_FULL, _EMPTY = "█", "░"


def cell_text(cell: object) -> str:
    """Return a cell as raw text; values that are not text are formatted as JSON."""
    return cell if isinstance(cell, str) else "" if cell is None else json.dumps(cell, ensure_ascii=False, default=str)


def format_size(size_bytes: int) -> str:
    """Format a size in bytes: `137 B`, `1.5 KB`, `12 MB`."""
    amount = float(size_bytes)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def short_path(path: str) -> str:
    """Return a path with the home folder as `~`."""
    home = str(Path.home())
    return f"~{path[len(home) :]}" if path == home or path.startswith(f"{home}/") else path


def draw_bar(done: int, total: int | None, width: int = 40) -> str:
    """Return a bar in `width` cells: at least one full cell when something is done, one empty when not all is."""
    share = max(0.0, min(1.0, done / total)) if total else 0.0
    full = round(share * width)
    if share > 0:
        full = max(1, full)
    if share < 1:
        full = min(width - 1, full)
    return _FULL * full + _EMPTY * (width - full)
