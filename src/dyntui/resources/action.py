"""The actions of a resource record. The console's keys, `dyntui do` and the documentation are made from them.

An action without an effect is a write. Its form fields and their options come from the schema of its operation
(services.forms).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from dyntui.core.effect import Effect
from dyntui.core.json_types import Row
from dyntui.resources.undo import Undo

__all__ = [
    "ALL",
    "ActionTarget",
    "NoChange",
    "ResourceAction",
    "create_action",
    "delete_action",
    "disable_action",
    "edit_action",
    "enable_action",
    "past_participle",
    "while_disabled",
    "while_enabled",
]

Values = Mapping[str, object]

ALL = ("*",)
"""The form asks for every field of the body of the operation."""


class NoChange(str):
    """The reason why an action is not possible for a row: the row is already as the action would make it."""

    __slots__ = ()


def past_participle(verb: str) -> str:
    """Return the past participle of a regular verb: `enable` gives `enabled`, `Reject` gives `rejected`."""
    verb = verb.lower()
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"


class ActionTarget(StrEnum):
    """What an action is done to: rows, or the list as a whole, as when an object is created."""

    ROWS = "rows"
    LIST = "list"


@dataclass(frozen=True, slots=True, eq=False)
class ResourceAction:
    """An action on a resource, for console, command line and documentation."""

    name: str
    """Name on the command line. `RECORD.NAME` is its name in the audit log."""
    operation: str
    """Catalog id."""
    help: str
    """One sentence."""
    title: str = ""
    """Text in the footer; "" takes the name."""
    effect: Effect = Effect.WRITE
    """What it does to the environment."""
    target: ActionTarget = ActionTarget.ROWS
    """Rows, or the list as a whole."""
    key: str = ""
    """Key in the console; without one it is only in the action menu."""
    query: tuple[tuple[str, object], ...] = ()
    """Query parameters that are always sent."""
    fields: tuple[str, ...] = ()
    """The fields that the form asks for, from the body (ALL: each of them) or the path parameters."""
    values_path: str = ""
    """Dot path of the row where the current values of the fields are."""
    replaces_all: bool = False
    """Whether the body replaces the whole object, so that fields that are not asked for are sent unchanged."""
    body: Callable[[Row, Values], object] | None = None
    """Makes the body from the row and the form values, where it is not simply the values."""
    body_list: str = ""
    """The name of the list in the body, where the values are its only element; "" when they are the body."""
    disabled_reason: Callable[[Row], str | None] | None = None
    """Returns why the action is not possible for a row; None when it is possible."""
    single_row: bool = False
    """Whether it is only possible for one row at a time."""
    reveals: tuple[str, str] = ("", "")
    """Dot path of a value in the response that is shown one time and not saved, and its name."""
    problem: Callable[[Row], str] | None = None
    """Returns what a response says that was not done, as a sentence, although its status is that of success; "" for nothing."""
    sensitive: bool = False
    """Whether the response contains a secret."""
    warning: str = ""
    """What to know before it is confirmed. It begins with what `undo` says."""
    decides_access: bool = False
    """Whether it can decide who may sign in, so that its impact is assessed before the confirmation."""
    typed_in_live: bool = False
    """Whether a live environment requires typing its name although nothing is destroyed."""
    variant_of: str = ""
    """The action that declares the operation, as `RECORD.NAME`, when this one calls it for a narrower purpose."""
    extra_operations: tuple[str, ...] = ()
    """Further operations that it may write with."""
    command: str = ""
    """The command and the screen that run it, such as `users set-metadata`, when it needs more than ids and fields: its call is made by a
    function of the services. "" for an action that any list, `dyntui do` and a generated command run."""
    undo: Undo | None = None
    """How it is undone, or why it cannot be; only an action that reads has none."""
    in_parallel: bool = False
    """Whether it is done to several rows at a time: each row is an object of its own, and their order does not matter."""

    items: str = ""
    """The field of a row whose items are the targets, such as `oauthAccounts`; "" when rows are."""
    noun: str = ""
    """Noun for a target; "" takes that of the record."""
    plural: str = ""
    """Plural of `noun`; "" takes that of the record, or adds an s."""
    question: str = ""
    """The start of the confirmation question, such as `Revoke all sessions of`; "" derives it from the name."""
    past: str = ""
    """Past participle for the result, such as `withdrawn`; "" derives it from the name."""
    result_subject: str = ""
    """What of the target is changed, for the result: `Sessions of`; "" when it is the target itself."""

    def __post_init__(self) -> None:
        """Raise ValueError for a write that does not say how it is undone."""
        if (self.undo is None) is not (self.effect is Effect.READ):
            raise ValueError(f"{self.name} of {self.operation} has to say how it is undone, if it is a write")
        if self.undo is not None:
            object.__setattr__(self, "warning", f"{self.undo.sentence} {self.warning}".strip())

    @property
    def result_verb(self) -> str:
        """The past participle for the result: `deleted` (services.actions.result_sentence)."""
        return self.past or past_participle(self.name)

    @property
    def label(self) -> str:
        """Text in the footer and the menu."""
        return self.title or self.verb_phrase

    @property
    def verb_phrase(self) -> str:
        """The action in lower case: `delete`, `reveal secret`."""
        return self.name.replace("-", " ").replace("mfa", "MFA")

    @property
    def verb(self) -> str:
        """The start of the confirmation question: `Delete` (webhook ...), `Reveal secret of` (webhook ...)."""
        if self.question:
            return self.question
        words = self.verb_phrase
        return words[:1].upper() + words[1:] + (" of" if "-" in self.name else "")


def while_disabled(field: str = "enabledAt") -> Callable[[Row], str | None]:
    """Return the `disabled_reason` of an action that enables an object. field: what is set while it is enabled."""
    return lambda row: NoChange("It is already enabled.") if row.get(field) else None


def while_enabled(field: str = "enabledAt") -> Callable[[Row], str | None]:
    """Return the `disabled_reason` of an action that disables an object. field: what is set while it is enabled."""
    return lambda row: None if row.get(field) else NoChange("It is already disabled.")


create_action = partial(ResourceAction, "create", title="new", key="plus", target=ActionTarget.LIST, fields=ALL)
edit_action = partial(ResourceAction, "edit", key="e", single_row=True, fields=ALL)
delete_action = partial(ResourceAction, "delete", key="d", effect=Effect.DESTRUCTIVE)
enable_action = partial(ResourceAction, "enable", disabled_reason=while_disabled())
disable_action = partial(ResourceAction, "disable", disabled_reason=while_enabled())
"""Make the actions with these names from their operation and help. A record gives or changes the rest by keyword."""
