"""Error hints for the console: the key of the profile form instead of a shell command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError, join_sentences
from dyntui.tui.kit.action_registry import key_of

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["concerns_environment", "error_hint", "error_message", "errors_shown"]

_COMMAND = r"dyntui (auth|env)\b"


def concerns_environment(error: DyntuiError | None) -> bool:
    """Whether the profile in use may be the cause: its token, environment id or address."""
    return error is not None and re.search(_COMMAND, error.hint) is not None


def error_hint(error: DyntuiError) -> str:
    """What to do next; the key of the environment's form instead of a shell command."""
    from dyntui.api.errors import Forbidden

    if not concerns_environment(error):
        return error.hint
    return join_sentences(
        f"Press {key_of('app.environment')} to edit the token, id or address of the environment.",
        "Or the token lacks the scope, or the plan does not include the feature."
        if isinstance(error, Forbidden)
        else "",
    )


def error_message(error: DyntuiError) -> str:
    """Return what failed and what to do, in one line."""
    return join_sentences(error.message, error_hint(error))


@contextmanager
def errors_shown(console: ConsoleApp) -> Iterator[None]:
    """Show an error of the block as a notification instead of raising it."""
    try:
        yield
    except DyntuiError as error:
        console.notify_error(error)
