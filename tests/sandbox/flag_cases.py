"""The register of what shows that a switch does what it says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Check = Callable[[Any, str], Awaitable[Any]]
CHECKS: dict[str, tuple[Check, dict[str, Any]]] = {}


def shows(**expected: Any) -> Callable[[Check], Check]:
    """The check of the switch it is named after: value (`-` as `_`, numbers as `_7`) to what the check then returns."""

    def register(check: Check) -> Check:
        CHECKS[check.__name__.replace("_", "-")] = (
            check,
            {k.replace("__", "-").removeprefix("_"): v for k, v in expected.items()},
        )
        return check

    return register
