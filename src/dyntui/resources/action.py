"""What can be done with a kind of thing, said once: the console's keys, `dyntui do` and the documentation read it.

REVOKE = Action("revoke", "revokeSessionById", "Sign the device out.", effect=Effect.DESTRUCTIVE, key="x")
CREATE = Action("create", "addOrigin", "Allow another origin.", on=On.LIST, fields=("origin",), key="n")

An action that declares no effect is a write. What it asks for, and what may be chosen, comes from the schema of its
operation (services.forms).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dyntui.core.effect import Effect

__all__ = ["ALL", "ActionTarget", "ResourceAction"]

Row = Mapping[str, Any]
Values = Mapping[str, Any]

ALL = ("*",)
"""Every field of the operation's body is asked for."""


class ActionTarget(StrEnum):
    """What an action is done to: rows, or the list as a whole (making something)."""

    ROWS = "rows"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class ResourceAction:
    """One thing that can be done.

    name: for the command line. operation: its catalog id. help: one sentence. title: on the bottom line.
    key: in the console; without one it is in the menu of actions only.
    path: path parameters and the dot path of the row that fills each; the last one of the path takes the row's key
    when nothing is said, the parent's parameter the parent's id.
    query: always sent. fields: what is asked for, of the body's (ALL: each of them) or of the path's parameters.
    at: the dot path of the row where their present values are. whole: the body replaces everything, so what is not
    asked for is sent as it is. body: makes the body from the row and what was filled in, where it is not simply that.
    when: why it cannot be done with a row, None when it can. one: not with many rows at once.
    shows: the dot path of something in the answer that is shown once and kept nowhere, and its name.
    sensitive: reads what must not be shown by accident.
    """

    name: str
    operation: str
    help: str
    title: str = ""
    effect: Effect = Effect.WRITE
    target: ActionTarget = ActionTarget.ROWS
    key: str = ""
    path_fields: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, object], ...] = ()
    fields: tuple[str, ...] = ()
    values_path: str = ""
    replaces_all: bool = False
    body: Callable[[Row, Values], Any] | None = None
    disabled_reason: Callable[[Row], str | None] | None = None
    single_row: bool = False
    reveals: tuple[str, str] = ("", "")
    sensitive: bool = False
    warning: str = ""
    typed_in_live: bool = False
    also_changes: tuple[str, ...] = ()
    """Further resources that it changes, besides those of its record (services.actions.resource_changes)."""

    @property
    def label(self) -> str:
        """What the console calls it."""
        return self.title or self.verb_phrase

    @property
    def verb_phrase(self) -> str:
        """What is done, in a word or two: `delete`, `reveal secret`."""
        return self.name.replace("-", " ").replace("mfa", "MFA")

    @property
    def verb(self) -> str:
        """How the question that confirms it begins: `Delete` (webhook ...), `Reveal secret of` (webhook ...)."""
        words = self.verb_phrase
        return words[:1].upper() + words[1:] + (" of" if "-" in self.name else "")
