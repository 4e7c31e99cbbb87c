"""The users that sessions and social accounts belong to, so that prompts, results and the audit log name them.

The API changes these objects by their ids alone and does not say whose they are. So the user is known only where it is
given: with `--of` on the command line, and on the screen of a user.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dyntui.core.errors import AmbiguousTarget, TargetNotFound
from dyntui.core.json_types import Row, as_objects
from dyntui.resources.action import ResourceAction
from dyntui.resources.resource import Resource
from dyntui.resources.users import USERS
from dyntui.services.actions.target_lookup import read_object
from dyntui.services.actions.write_types import Target
from dyntui.services.lists.row_match import identified_rows

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["find_owner", "look_up_items", "with_owner"]

_IDENTIFIED_BY = ("provider", "accountUsername")
"""What identifies a social account of a user, besides its id."""


async def find_owner(client: Client, record: Resource, action: ResourceAction, text: str) -> Row | None:
    """Read the user that the targets of an action belong to; None when they belong to none or `text` is empty.

    text: what identifies the user. Raises as `read_object`.
    """
    return await read_object(client, USERS, text) if text and record.belongs_to_user(action) else None


def with_owner(target: Target, owner: Row) -> Target:
    """Return a target with the user in its label: `google ada of ada@example.com`."""
    return replace(target, label=f"{target.label} of {USERS.label_of(owner)}".strip())


def look_up_items(action: ResourceAction, texts: Sequence[str], owner: Row) -> tuple[Target, ...]:
    """Return the targets among the items of a user, such as its social accounts.

    texts: ids, providers or names. Raises TargetNotFound or AmbiguousTarget for a text without exactly one item.
    """
    items = as_objects(owner.get(action.items))
    targets = []
    for text in texts:
        found = identified_rows(items, text, "id", _IDENTIFIED_BY)
        if len(found) != 1:
            raise _problem(action, text, owner, found or items, is_missing=not found)
        targets.append(with_owner(_make_target(found[0]), owner))
    return tuple(targets)


def _make_target(item: Row) -> Target:
    return Target(str(item.get("id")), " ".join(str(item[name]) for name in _IDENTIFIED_BY if item.get(name)))


def _problem(
    action: ResourceAction, text: str, owner: Row, items: Sequence[Row], *, is_missing: bool
) -> TargetNotFound | AmbiguousTarget:
    """Return the error for a text without exactly one item, with the items that it could be."""
    named = ", ".join(f"{target.id} ({target.label})" for target in map(_make_target, items))
    name = USERS.label_of(owner)
    if is_missing:
        hint = f"Give one of these: {named}." if named else ""
        return TargetNotFound(f"{name} has no {action.noun} {text!r}.", hint=hint)
    return AmbiguousTarget(f"{text!r} identifies {len(items)} {action.noun}s of {name}.", hint=f"Give an id: {named}.")
