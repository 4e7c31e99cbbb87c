"""Cells, sizes and paths as people write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["cell_text", "short_path", "size_words"]


def cell_text(cell: Any) -> str:
    """A cell as text, raw: what is no text in the file is written as JSON writes it."""
    return cell if isinstance(cell, str) else "" if cell is None else json.dumps(cell, ensure_ascii=False, default=str)


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
