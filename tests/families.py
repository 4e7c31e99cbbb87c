"""Families of tests: many parameters of which `make test` runs a few and `make test-all` all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

T = TypeVar("T")

__all__ = ["slow_except"]


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
