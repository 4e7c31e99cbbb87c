"""API tokens: of the environment, and of the person who asks. A raw token is shown once, when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dyntui.core.effect import Effect
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.cell_formats import age, comma_list
from dyntui.resources.resource import Column, ListOperation, Resource

__all__ = ["RECORDS", "TOKENS", "USER_TOKENS", "is_own_token", "own_token_column"]

_RAW = ("token.rawToken", "token")


def is_own_token(row: Mapping[str, Any], hint: str) -> bool:
    """Whether a row is the token that is used here: its checksum is the last six characters (docs/vendor-api.md#checksum)."""
    checksum = str(row.get("checksum") or "")
    return len(checksum) >= 4 and hint.endswith(checksum)


def own_token_column(hint: str) -> Column:
    """The column that marks the token that is used here. hint: the token as it is shown, `dyn_…abc123`."""
    return Column(title="used", width=8, pick=lambda row: "here" if is_own_token(row, hint) else "", priority=0)


def _actions(create: str, delete: str) -> tuple[ResourceAction, ...]:
    return (
        ResourceAction(
            "create",
            create,
            "Make a token; it is shown once and kept nowhere.",
            "new",
            target=ActionTarget.LIST,
            key="n",
            fields=("note", "scopes"),
            reveals=_RAW,
            typed_in_live=True,
            warning="Whoever has the token can do all that its scopes name.",
        ),
        ResourceAction(
            "delete",
            delete,
            "Delete the token.",
            key="d",
            effect=Effect.DESTRUCTIVE,
            warning="What uses it stops working at once, and it cannot be brought back.",
        ),
    )


_COLUMNS = (
    Column("checksum", "ends in", 8, priority=0),
    Column("note", "note", 24, grow=True, priority=0),
    Column("scopes", "scopes", 30, format=comma_list, priority=2),
    Column("createdAt", "created", 12, format=age, priority=1),
    Column("createdBy.email", "by", 22, priority=3),
)

TOKENS = Resource(
    name="tokens",
    aliases=("token",),
    title="API tokens",
    singular="API token",
    command="tokens",
    group="Tokens",
    list=ListOperation("getTokens", "tokens"),
    columns=_COLUMNS,
    route="detail",
    empty="The server lists no tokens.",
    cached=False,
    label=lambda row: str(row.get("note") or row.get("checksum") or ""),
    actions=_actions("postToken", "deleteTokenById"),
)

USER_TOKENS = Resource(
    name="user-tokens",
    aliases=("my-tokens",),
    title="Your own API tokens",
    singular="API token",
    group="UserApiTokens",
    list=ListOperation("getUserApiTokens", "tokens"),
    columns=_COLUMNS,
    route="detail",
    empty="You have no token of your own.",
    cached=False,
    label=lambda row: str(row.get("note") or row.get("checksum") or ""),
    actions=_actions("createUserApiToken", "deleteUserApiToken"),
)

RECORDS = (TOKENS, USER_TOKENS)
