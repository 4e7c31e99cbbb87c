"""The documented facts of presets: the rows of their table in docs/import.md, and the samples that these link."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
SAMPLES = DOCS / "samples"
IMPORT_GUIDE = (DOCS / "import.md").read_text("utf-8")


def table_rows(heading: str) -> dict[str, str]:
    """Return the rows of the table below a heading of docs/import.md: the other cells by the first one."""
    part = re.split(r"^#+ ", IMPORT_GUIDE.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", part, flags=re.M))


PRESET_ROWS = table_rows("Exports of other systems")
PRESET_SAMPLES = [
    (preset, name) for preset, row in PRESET_ROWS.items() for name in re.findall(r"\(samples/([^)]+)\)", row)
]
"""Preset and file name of each sample."""
