"""The base errors of dyntui and the exit codes; every layer derives its own errors from these.

DyntuiError
├── UsageError       exit 2: the input is wrong; nothing was sent
├── NotAuthorized    exit 3: no usable token
├── TargetNotFound   exit 1: no object has the id or the value
├── AmbiguousTarget  exit 1: several objects have the value
├── StoppedError     exit 5: work was stopped and can be resumed
└── (dyntui.api.errors.ApiProblem, dyntui.config.errors.ConfigError, ...)
"""

from __future__ import annotations

from typing import ClassVar

__all__ = ["EXIT_DONE", "EXIT_NOT_AUTHORIZED", "EXIT_SOME_FAILED", "EXIT_STOPPED", "EXIT_UNREACHABLE", "EXIT_USAGE"]
__all__ += [
    "EXIT_ACCEPTED",
    "EXIT_SERVER_FAILED",
    "AmbiguousTarget",
    "DyntuiError",
    "NotAuthorized",
    "StoppedError",
    "TargetNotFound",
]
__all__ += ["UsageError", "join_sentences"]

EXIT_DONE, EXIT_SOME_FAILED, EXIT_USAGE, EXIT_NOT_AUTHORIZED, EXIT_UNREACHABLE, EXIT_STOPPED = range(6)
EXIT_SERVER_FAILED = 6
"""The server failed or refuses more requests: the same command may succeed later."""
EXIT_ACCEPTED = 7
"""The server accepted the write and had not done it when it responded."""


def join_sentences(*sentences: str) -> str:
    """Join sentences with spaces; add a full stop to each but the last that lacks one, as server messages often do."""
    *before, last = [part for part in sentences if part] or [""]
    return " ".join([*(part if part.endswith((".", "!", "?", ":")) else f"{part}." for part in before), last])


class DyntuiError(Exception):
    """An error with a message for the user and what to do next."""

    exit_code: ClassVar[int] = EXIT_SOME_FAILED
    """The exit code of a command that ends with this error."""
    is_temporary: ClassVar[bool] = False
    """Whether the same request may succeed a moment later."""
    message: str
    """What failed, in one sentence; raw, so pass it through `safe()` before display."""
    hint: str
    """What to do next; empty when the message says it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return join_sentences(self.message, self.hint)

    def for_command_line(self) -> tuple[str, str]:
        """Return message and hint as the command line prints them, where the hint may name options."""
        return self.message, self.hint


class UsageError(DyntuiError):
    """The input is wrong; nothing was sent."""

    exit_code = EXIT_USAGE
    field: str = ""
    """The name of the field that the error is about, below which a form shows it; "" for several."""

    def __init__(self, message: str, *, hint: str = "", field: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field


class TargetNotFound(DyntuiError):
    """No object has the id or the value."""


class AmbiguousTarget(DyntuiError):
    """Several objects have the value."""


class NotAuthorized(DyntuiError):
    """There is no token, or the server does not accept it."""

    exit_code = EXIT_NOT_AUTHORIZED


class StoppedError(DyntuiError):
    """Work was stopped and can be resumed."""

    exit_code = EXIT_STOPPED
