"""What an undo does now: the draft that each method of undo fills in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from dyntui.services.actions.write_types import Target, WriteAction, WriteResults

__all__ = ["NAMED", "UndoDraft", "with_names"]

NAMED = 5
"""The number of objects that the lines name."""


@dataclass
class UndoDraft:
    """What an undo does now."""

    write: WriteAction
    targets: list[Target] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """What it does, for people."""
    changed: list[str] = field(default_factory=list)
    """What has changed since, in sentences."""
    skipped: list[str] = field(default_factory=list)
    """What it does not do and why, in sentences."""
    then: Callable[[WriteResults], Awaitable[UndoDraft | None]] | None = None
    """As in `ChangeUndoPlan`."""


def with_names(draft: UndoDraft, verb: str) -> UndoDraft:
    """Add a line that names the targets. verb: what is done to them."""
    names = [target.label or target.id for target in draft.targets[:NAMED]]
    more = len(draft.targets) - NAMED
    if names:
        draft.lines.append(f"{verb} {', '.join(names)}{f' and {more:,} more' if more > 0 else ''}")
    return draft
