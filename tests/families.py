"""Families of tests: many parameters or examples, of which `make test` runs a few and `make test-all` all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet
from hypothesis import settings

T = TypeVar("T")

__all__ = ["FAST_EXAMPLES", "examples", "slow_except"]

FAST_EXAMPLES = 15
"""The examples of a property in `make test`, of the 100 in `make test-all`."""


def slow_except(values: Iterable[T], *fast: T) -> list[ParameterSet]:
    """Return the values, or tuples of values, as parameters; all but the `fast` ones, which must be there, are slow."""
    found = list(values)
    missing = [value for value in fast if value not in found]
    assert not missing, f"no such parameters: {missing}"
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)), marks=() if value in fast else pytest.mark.slow
        )
        for value in found
    ]


def examples(number: int) -> int:
    """Return the examples of a property that has `number` of them in `make test-all`."""
    assert settings.default is not None
    return max(5, number * settings.default.max_examples // 100)
