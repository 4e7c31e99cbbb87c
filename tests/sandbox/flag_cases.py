"""The registry of the functions that show the effect of a behavior flag."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Check = Callable[[Any, str], Awaitable[Any]]
CHECKS: dict[str, tuple[Check, dict[str, Any]]] = {}


def shows(**expected: Any) -> Callable[[Check], Check]:
    """Register a function as the case of the behavior flag with its name.

    Each keyword is a value of the flag (`-` written `__`, a leading digit `_7`), with what the function then returns.
    """

    def register(check: Check) -> Check:
        CHECKS[check.__name__.replace("_", "-")] = (
            check,
            {k.replace("__", "-").removeprefix("_"): v for k, v in expected.items()},
        )
        return check

    return register
