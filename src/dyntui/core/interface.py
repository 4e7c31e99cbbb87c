"""What texts call a key or an option: the console names the key of an action, the command line the option.

Texts of the layers below the console name a key as `{SCOPE.NAME}`, by the id of its action; `with_keys` puts in the key
that the user has for it. `by_interface` declares both ways where the two interfaces differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["by_interface", "use_command_line", "use_console", "with_keys"]

_KEY = r"\{([a-z][a-z-]*\.[a-z][a-z_-]*)\}"

_SENTENCE_END = r"(?<=\.)\s"

_key_of: Callable[[str], str] | None = None
"""Returns the label of the key of an action of the console; None on the command line."""


def use_console(key_of: Callable[[str], str]) -> None:
    """Make texts for the console from now on. key_of: returns the label of the key of an action, by its id."""
    global _key_of
    _key_of = key_of


def use_command_line() -> None:
    """Make texts for the command line from now on, as at the start of the process."""
    global _key_of
    _key_of = None


def with_keys(text: str) -> str:
    """Return `text` with the key of the user in place of each `{SCOPE.NAME}`.

    On the command line the sentences that name a key are left out.
    """
    key_of = _key_of
    if key_of is None:
        return " ".join(sentence for sentence in re.split(_SENTENCE_END, text) if not re.search(_KEY, sentence))
    return re.sub(_KEY, lambda found: key_of(found[1]), text)


def by_interface(command_line: str, console: str) -> str:
    """Return the text of the interface that runs. console: may name keys as `{SCOPE.NAME}`."""
    return command_line if _key_of is None else with_keys(console)
