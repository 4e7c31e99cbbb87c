"""What every error of dyntui carries, so that a person always learns what to do next.

DyntuiError
├── Usage            exit 2: the request itself makes no sense; nothing was sent
├── NotAuthorised    exit 3: no usable token
├── Stopped          exit 5: work was stopped and can be resumed
└── (dyntui.api.errors.ApiError and its kin, dyntui.config errors, ...)
"""

from __future__ import annotations

from typing import ClassVar

__all__ = ["EXIT_DONE", "EXIT_NOT_AUTHORISED", "EXIT_SOME_FAILED", "EXIT_STOPPED", "EXIT_UNREACHABLE", "EXIT_USAGE"]
__all__ += ["DyntuiError", "NotAuthorized", "StoppedError", "UsageError", "told"]

EXIT_DONE, EXIT_SOME_FAILED, EXIT_USAGE, EXIT_NOT_AUTHORISED, EXIT_UNREACHABLE, EXIT_STOPPED = range(6)


def told(*sentences: str) -> str:
    """Sentences on one line; what servers say often has no full stop."""
    *before, last = [part for part in sentences if part] or [""]
    return " ".join([*(part if part.endswith((".", "!", "?", ":")) else f"{part}." for part in before), last])


class DyntuiError(Exception):
    """A failure that a person can act on.

    message: what failed, in one sentence, raw (not yet safe for display).
    hint: what to do next; empty when the message says it.
    """

    exit_code: ClassVar[int] = EXIT_SOME_FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return told(self.message, self.hint)


class UsageError(DyntuiError):
    """The request itself makes no sense; nothing was sent."""

    exit_code = EXIT_USAGE


class NotAuthorized(DyntuiError):
    """There is no token, or the server does not accept it."""

    exit_code = EXIT_NOT_AUTHORISED


class StoppedError(DyntuiError):
    """Work was stopped and can be resumed."""

    exit_code = EXIT_STOPPED
