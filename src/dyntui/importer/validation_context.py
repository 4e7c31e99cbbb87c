"""The context of transforms and checks, and their common type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dyntui.core.times import now_iso
from dyntui.importer.problems import Problem

__all__ = ["Step", "ValidationContext"]

Step = Callable[[object, list[Problem]], object]
"""A transform or check of one value. It returns the value, None to omit it, and adds problems to the list."""


@dataclass(frozen=True, slots=True)
class ValidationContext:
    """The parts of the validation that differ between environments and calls."""

    region: str | None = None
    """ISO code for phone numbers without one."""
    live: bool = False
    now: str = field(default_factory=now_iso)
    """Time as RFC 3339."""
