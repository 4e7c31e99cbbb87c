"""Allowlists and their entries; records for `dyntui.resources.RESOURCES`."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.core.effect import Effect
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.cell_formats import enabled_since, short_id
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource, Row, Scope

__all__ = ["ALLOWLISTS", "ALLOWLIST_ENTRIES", "ENTRY_ORDERS", "IDENTIFIER_TITLES", "access_actions"]

IDENTIFIER_TITLES: Mapping[str, str] = {
    "email": "email",
    "emailDomain": "email domain",
    "walletPublicKey": "wallet",
    "phoneNumber": "phone",
    "discordUsername": "Discord",
    "twitterUsername": "Twitter",
    "farcasterUsername": "Farcaster name",
    "farcasterFid": "Farcaster id",
    "externalUserId": "external user id",
}
"""Names of the identifiers for people. An entry has exactly one identifier."""

ENTRY_ORDERS: Mapping[str, str] = {"createdAt": "time added", "alias": "alias", **IDENTIFIER_TITLES}
"""Orders of entries: the name in the API and the name for people. Which of them a server accepts is not documented."""


def access_actions(
    noun: str, create: str, update: str, enable: str, disable: str, delete: str
) -> tuple[ResourceAction, ...]:
    """Return the actions of an allowlist or a gate. `services.access` runs them, because it assesses their impact."""
    fields = ("name", "outcome", "scope", "rules") if noun == "gate" else ("name", "outcome", "scope")
    return (
        ResourceAction(
            "create",
            create,
            f"Create the {noun}. It is disabled until you enable it.",
            target=ActionTarget.LIST,
            fields=fields,
        ),
        ResourceAction("edit", update, f"Edit the {noun}.", single_row=True, fields=fields),
        ResourceAction("enable", enable, f"Enable the {noun}. It applies from the next sign-in."),
        ResourceAction("disable", disable, f"Disable the {noun}."),
        ResourceAction("delete", delete, f"Delete the {noun}.", effect=Effect.DESTRUCTIVE),
    )


def _identifier_type(row: Row) -> str:
    return next((title for field, title in IDENTIFIER_TITLES.items() if row.get(field) not in (None, "")), "")


def _identifier(row: Row) -> str:
    return next((str(row[field]) for field in IDENTIFIER_TITLES if row.get(field) not in (None, "")), "")


ALLOWLISTS = Resource(
    name="allowlists",
    aliases=("al", "lists", "access"),
    title="Allowlists",
    singular="allowlist",
    group="Allowlists",
    list=ListOperation("getAllowlistsByEnvironmentId"),
    columns=(
        Column("name", "name", 24, grow=True, priority=0),
        Column("outcome", "outcome", 12, priority=0),
        Column("scope", "scope", 20, priority=2),
        Column("enabledAt", "enabled", 18, format=enabled_since, priority=1),
        Column("id", "id", 11, format=short_id, priority=3),
    ),
    detail="getAllowlistsById",
    detail_path="allowlistId",
    route="allowlist-entries",
    empty="There are no allowlists in this environment, so everyone may sign in.",
    label=lambda row: str(row.get("name") or ""),
    command="allowlists",
    actions=access_actions(
        "allowlist",
        "createAllowlistByEnvironmentId",
        "updateAllowlistById",
        "enableAllowlistById",
        "disableAllowlistById",
        "deleteAllowlistById",
    ),
)

ALLOWLIST_ENTRIES = Resource(
    name="allowlist-entries",
    title="Allowlist Entries",
    singular="allowlist entry",
    group="Allowlists",
    scope=Scope.PARENT,
    parent="allowlistId",
    parent_resource="allowlists",
    list=ListOperation("getEntriesByAllowlistId", "entries", Paging.OFFSET),
    filter=Filter("query", searched_locally=("alias", *IDENTIFIER_TITLES)),
    columns=(
        Column(title="identifier", width=34, grow=True, pick=_identifier, priority=0),
        Column(title="type", width=16, pick=_identifier_type, priority=1, former_titles=("kind",)),
        Column("alias", "alias", 20, priority=2),
        Column("id", "id", 11, format=short_id, priority=3),
    ),
    empty="This allowlist has no entries.",
    label=_identifier,
    command="allowlists",
    extra_operations=("postEntryByAllowlistId", "deleteAllowlistEntryById"),
)
