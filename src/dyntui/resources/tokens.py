"""API tokens of the environment and of the member. A raw token is shown one time, when it is created."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dyntui.resources.action import ResourceAction, create_action, delete_action
from dyntui.resources.cell_formats import comma_list
from dyntui.resources.columns import label_from, time_column
from dyntui.resources.resource import Column, ListOperation, Resource
from dyntui.resources.undo import irreversible, undone_by_deletion

__all__ = ["RECORDS", "TOKENS", "USER_TOKENS", "is_own_token", "own_token_column"]

_RAW = ("token.rawToken", "token")


def is_own_token(row: Mapping[str, object], hint: str) -> bool:
    """Return whether a row is the token in use: its checksum is the last six characters of the token.

    Source: docs/vendor-api.md#checksum.
    """
    checksum = str(row.get("checksum") or "")
    return len(checksum) >= 4 and hint.endswith(checksum)


def own_token_column(hint: str) -> Column:
    """Return the column that marks the token in use. hint: the token as it is displayed, `dyn_…abc123`."""
    return Column(
        title="in use",
        width=8,
        pick=lambda row: "yes" if is_own_token(row, hint) else "",
        priority=0,
        former_titles=("used",),
    )


def _actions(create: str, delete: str) -> tuple[ResourceAction, ...]:
    return (
        create_action(create, "Create a token. It is shown one time and is not saved.", fields=("note", "scopes"), undo=undone_by_deletion(), reveals=_RAW, typed_in_live=True,
            warning="Anyone who has the token can do all that its scopes allow."),
        delete_action(delete, "Delete the token.", undo=irreversible("A token cannot be restored; create another one."),
            warning="Programs that use the token stop working immediately."),
    )  # fmt: skip


TOKENS = Resource(
    name="tokens",
    identified_by=("note", "checksum"),
    description="API tokens of the environment, with their scopes",
    aliases=("token",),
    title="API Tokens",
    command="tokens",
    list=ListOperation("getTokens", "tokens"),
    columns=(
        Column("checksum", "ends in", 8, priority=0),
        Column("note", "note", 24, grow=True, priority=0),
        Column("scopes", "scopes", 30, grow=True, format=comma_list, priority=2),
        time_column("createdAt", "created", priority=1),
        Column("createdBy.email", "created by", 22, grow=True, priority=3, former_titles=("by",)),
    ),
    route="detail",
    empty="There are no API tokens.",
    not_configuration="Tokens are secrets, and each belongs to one environment.",
    cached=False,
    label=label_from("note", "checksum"),
    actions=_actions("postToken", "deleteTokenById"),
)

USER_TOKENS = replace(
    TOKENS,
    name="user-tokens",
    description="Your personal API tokens",
    aliases=("my-tokens",),
    title="My API Tokens",
    command="",
    list=ListOperation("getUserApiTokens", "tokens"),
    empty="You have no API tokens.",
    not_configuration="Tokens are secrets, and each belongs to one person.",
    actions=_actions("createUserApiToken", "deleteUserApiToken"),
)

RECORDS = (TOKENS, USER_TOKENS)
