"""How each write is undone, as data: the action that reverses it, or the reason why there is none."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

__all__ = [
    "Undo",
    "UndoMethod",
    "created_again",
    "irreversible",
    "restored",
    "undone_as_entries",
    "undone_as_job",
    "undone_by",
    "undone_by_deletion",
]


class Undo(NamedTuple):
    """How a write is undone."""

    method: UndoMethod
    action: str = ""
    """The action that does it: of the same record, or `RECORD.NAME`."""
    reason: str = ""
    """Why it cannot be undone, in a sentence."""
    compares: tuple[str, ...] = ()
    """Fields of a new object that show that it is in use, besides those that it is created with."""
    note: str = ""
    """What the undo does that is not as it was before, to follow `An undo `."""
    limit: tuple[str, str] = ("", "")
    """A field that the audit log has to have, and when it has it, to follow `You can undo this `."""
    owner: str = ""
    """Dot path of the row to the id of the object that the action is done to, when it is another one."""
    added: str = ""
    """Dot path of the row to a list: the action is done to the objects that the write added to it."""
    then: tuple[str, str] = ("", "")
    """A further action for an object that is created again, and the field that was set if it is needed."""

    @property
    def is_possible(self) -> bool:
        return self.method is not UndoMethod.NONE

    def describe(self) -> str:
        """Return what undoes it in a few words, to follow `undone by`."""
        if self.method in (UndoMethod.ACTION, UndoMethod.DELETE):
            return f"`{self.action}`"
        follows = f", then `{self.then[0]}`" if self.then[0] else ""
        return f"{self.method}{follows}{self.limit[1] and ', '}{self.limit[1]}"

    @property
    def sentence(self) -> str:
        """What a person reads before the write; "" when it can be undone completely."""
        if not self.is_possible:
            return "This cannot be undone."
        limit = f"You can undo this {self.limit[1]}. " if self.limit[1] else ""
        return f"{limit}An undo {self.note}." if self.note else ""


class UndoMethod(StrEnum):
    """How a write is undone. The values are for people, after `undone by`."""

    ACTION = "another action on the same object"
    DELETE = "deleting what it created"
    RESTORE = "sending the values before"
    CREATE_AGAIN = "creating it again with the values before"
    ENTRIES = "deleting the added entries and adding the deleted ones"
    JOB = "`dyntui jobs undo`"
    NONE = "nothing"


def undone_by(action: str, *, note: str = "", owner: str = "", added: str = "") -> Undo:
    """Undo by another action on the same object."""
    return Undo(UndoMethod.ACTION, action, note=note, owner=owner, added=added)


def undone_by_deletion(action: str = "delete", *, compares: tuple[str, ...] = ()) -> Undo:
    """Undo by deleting what was created."""
    return Undo(UndoMethod.DELETE, action, compares=compares)


def restored(action: str = "edit") -> Undo:
    """Undo by sending the values before."""
    return Undo(UndoMethod.RESTORE, action)


def created_again(
    *,
    note: str = "creates it again, with another id",
    then: tuple[str, str] = ("", ""),
    limit: tuple[str, str] = ("", ""),
) -> Undo:
    """Undo by creating an object with the values of the deleted one."""
    return Undo(UndoMethod.CREATE_AGAIN, "create", note=note, then=then, limit=limit)


def undone_as_entries(*, note: str = "") -> Undo:
    """Undo by deleting the allowlist entries that were added and adding those that were deleted."""
    return Undo(UndoMethod.ENTRIES, "allowlists.undo", note=note)


def undone_as_job(action: str = "import-undo") -> Undo:
    """Undo from the import job."""
    return Undo(UndoMethod.JOB, action)


def irreversible(reason: str) -> Undo:
    """Say that a write cannot be undone. reason: a sentence."""
    return Undo(UndoMethod.NONE, reason=reason)
