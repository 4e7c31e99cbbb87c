"""The registry of the functions that show the effect of a behavior flag."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Case = Callable[[Any, str], Awaitable[Any]]
CASES: dict[str, tuple[Case, dict[str, Any]]] = {}


def flag_case(**expected: Any) -> Callable[[Case], Case]:
    """Register a function as the case of the behavior flag with its name.

    Each keyword is a value of the flag (`-` written `__`, a leading digit `_7`), with what the function then returns.
    """

    def register(case: Case) -> Case:
        CASES[case.__name__.replace("_", "-")] = (
            case,
            {k.replace("__", "-").removeprefix("_"): v for k, v in expected.items()},
        )
        return case

    return register
