"""Collect what a command prints instead of printing it, for `--watch`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

__all__ = ["CapturedLine", "captured", "captured_output"]


class CapturedLine(NamedTuple):
    """A line that was not printed yet."""

    text: str
    """Safe for the terminal, with its colors."""
    err: bool
    """Whether it is a message for standard error."""


_captured: list[CapturedLine] | None = None
"""Where lines go instead of the terminal or pipe; None while they are printed."""


@contextmanager
def captured_output() -> Iterator[list[CapturedLine]]:
    """Collect what is printed within the block, instead of printing it."""
    global _captured
    lines: list[CapturedLine] = []
    _captured = lines
    try:
        yield lines
    finally:
        _captured = None


def captured() -> list[CapturedLine] | None:
    """Return where lines go instead of the terminal or pipe; None while they are printed."""
    return _captured
