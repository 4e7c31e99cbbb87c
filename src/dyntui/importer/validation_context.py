"""The context of transforms and checks, and their common types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dyntui.core.times import now_iso
from dyntui.importer.fields import ImportField
from dyntui.importer.problems import Problem

__all__ = ["FieldStep", "Step", "ValidationContext", "bind_step"]

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


FieldStep = Callable[[object, ImportField, ValidationContext, list[Problem]], object]
"""A transform or check for the values of any field."""


def bind_step(step: FieldStep, field: ImportField, rules: ValidationContext) -> Step:
    """Return the step for the values of one field."""
    return lambda value, problems: step(value, field, rules, problems)
