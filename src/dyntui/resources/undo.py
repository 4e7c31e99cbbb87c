"""How each write is undone, as data: the action that reverses it, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


class UndoMethod(StrEnum):
    """How a write is undone."""

    ACTION = "action"
    """By another action on the same object."""
    DELETE = "delete"
    """By deleting what it created."""
    RESTORE = "restore"
    """By sending the values before."""
    CREATE_AGAIN = "create again"
    """By creating an object with the values of the deleted one."""
    ENTRIES = "entries"
    """By deleting the allowlist entries that it added and adding those that it deleted."""
    JOB = "job"
    """By the undo of the import job."""
    NONE = "none"
    """It cannot be undone."""


@dataclass(frozen=True, slots=True)
class Undo:
    """How a write is undone."""

    method: UndoMethod
    action: str = ""
    """The action that does it: of the same record, or `RECORD.NAME`."""
    reason: str = ""
    """Why it cannot be undone, in a sentence."""
    note: str = ""
    """What is not as it was before, to follow `You can undo this; `."""
    owner: str = ""
    """Dot path of the row to the id of the object that the action is done to, when it is another one."""
    added: str = ""
    """Dot path of the row to a list: the action is done to the objects that the write added to it."""
    limit: str = ""
    """When it can be undone, to follow `You can undo this `; "" for always."""
    needs: str = ""
    """A field without which it cannot be undone: the audit log has it within the limit."""
    then: tuple[str, str] = ("", "")
    """A further action for an object that is created again, and the field that was set if it is needed."""
    compares: tuple[str, ...] = ()
    """Fields of a new object that show that it is in use, besides those that it is created with."""

    @property
    def is_possible(self) -> bool:
        return self.method is not UndoMethod.NONE

    def describe(self) -> str:
        """Return how it is undone in a few words, or that it cannot be."""
        match self.method:
            case UndoMethod.NONE:
                return "not possible"
            case UndoMethod.RESTORE:
                return "the values before"
            case UndoMethod.CREATE_AGAIN:
                return f"`{self.action}`, with the values before" + (f", then `{self.then[0]}`" if self.then[0] else "")
            case UndoMethod.ENTRIES:
                return "deleting the added entries and adding the deleted ones"
            case UndoMethod.JOB:
                return "`dyntui jobs undo`"
        return f"`{self.action}`"

    @property
    def sentence(self) -> str:
        """What a person reads before the write; "" when it can be undone completely."""
        if not self.is_possible:
            return "This cannot be undone."
        start = f"You can undo this {self.limit}".rstrip()
        return f"{start}; {self.note}." if self.note else ""


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
    *, note: str = "it then gets another id", then: tuple[str, str] = ("", ""), limit: str = "", needs: str = ""
) -> Undo:
    """Undo by creating an object with the values of the deleted one."""
    return Undo(UndoMethod.CREATE_AGAIN, "create", note=note, then=then, limit=limit, needs=needs)


def undone_as_entries(*, note: str = "") -> Undo:
    """Undo by deleting the allowlist entries that were added and adding those that were deleted."""
    return Undo(UndoMethod.ENTRIES, "allowlists.undo", note=note)


def undone_as_job(action: str = "import-undo") -> Undo:
    """Undo from the import job."""
    return Undo(UndoMethod.JOB, action)


def irreversible(reason: str) -> Undo:
    """Say that a write cannot be undone. reason: a sentence."""
    return Undo(UndoMethod.NONE, reason=reason)
