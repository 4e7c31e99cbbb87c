"""Users, and their wallets across the environment."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.core.text import shorten
from dyntui.resources.action import ResourceAction
from dyntui.resources.cell_formats import age, item_count, short_id, text, yes_no
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource, Row

__all__ = ["USERS", "WALLETS"]


def _name(row: Row) -> str:
    return " ".join(str(row[key]) for key in ("firstName", "lastName") if row.get(key)) or str(row.get("alias") or "")


def _user_label(row: Row) -> str:
    return str(row.get("email") or row.get("username") or _name(row) or row.get("phoneNumber") or "")


def _not_delegated(row: Row) -> str | None:
    """Where the server tells who may sign for a wallet (the list does, the detail does not)."""
    known = "delegatedAccessWalletApiKeys" in row
    return "Nobody else may sign for this wallet." if known and not row["delegatedAccessWalletApiKeys"] else None


def _deleted(row: Row) -> str | None:
    return "It is deleted already." if row.get("deletedAt") else None


USERS = Resource(
    name="users",
    also_changes=("wallets", "statistics", "analytics", "visitors"),
    aliases=("u", "user"),
    title="Users",
    singular="user",
    group="Users",
    list=ListOperation("getEnvironmentUsers", "users", Paging.OFFSET, order="createdAt-desc"),
    filter=Filter(
        "filter",
        "filterValue",
        "filterColumn",
        columns=(
            "all",
            "id",
            "walletPublicKey",
            "email",
            "alias",
            "firstName",
            "lastName",
            "phoneNumber",
            "jobTitle",
            "wallet",
            "username",
            "accountId",
        ),
        other_keys=("chain", "filterSocialProvider"),
    ),
    columns=(
        Column("email", "email", 30, grow=True, priority=0, order="email"),
        Column(title="name", width=22, pick=_name, priority=1, order="firstName"),
        Column("username", "username", 14, priority=4, order="username"),
        Column("wallets", "wallets", 7, right=True, format=item_count, priority=3),
        Column("lastVisit", "last visit", 12, format=age, priority=2, order="lastVisit"),
        Column("createdAt", "created", 12, format=age, priority=5, order="createdAt"),
        Column("country", "country", 7, priority=6, order="country"),
    ),
    detail="getUser",
    detail_path="userId",
    route="user",
    empty="There are no users in this environment yet. Press i to import some.",
    label=_user_label,
    command="users",
    extra_operations=("createUser", "updateUser", "bulkCreateUser", "getUserOauthAccessToken"),
    actions=(
        ResourceAction("revoke-sessions", "revokeUserSessions", "Sign the user out everywhere.", effect=Effect.DESTRUCTIVE,
            warning="They are signed out everywhere and have to sign in again."),
        ResourceAction("reset-mfa", "resetUserMfa", "Reset the MFA methods.", effect=Effect.DESTRUCTIVE,
            warning="Be sure that it is really this person who asks."),
        ResourceAction("remove-mfa-devices", "resetAllMfaDevices", "Remove all MFA devices.", effect=Effect.DESTRUCTIVE,
            warning="The devices have to be registered again. Be sure that it is really this person who asks."),
        ResourceAction("recover-wallets", "recoverDeletedWalletsWithEnvironment", "Bring the deleted wallets back.",
            body=lambda row, values: {"userId": row.get("id")}),
        ResourceAction("delete", "deleteUser", "Delete the user for good.", effect=Effect.DESTRUCTIVE,
            warning="This cannot be undone, and the users' wallet records stay behind."),
    ),
)  # fmt: skip

WALLETS = Resource(
    name="wallets",
    also_changes=("users", "analytics"),
    aliases=("w", "wallet"),
    title="Wallets",
    singular="wallet",
    group="Wallets",
    list=ListOperation("getWalletsByEnvironmentId", "wallets", Paging.OFFSET),
    columns=(
        Column("publicKey", "address", 14, grow=True, priority=0, format=text),
        Column("chain", "chain", 8, priority=0),
        Column("name", "wallet", 16, priority=1),
        Column("provider", "provider", 17, priority=2),
        Column("userId", "user", 11, format=short_id, priority=1),
        Column("signInEnabled", "sign-in", 7, format=yes_no, priority=5),
        Column("deletedAt", "deleted", 12, format=age, priority=4),
        Column("createdAt", "created", 12, format=age, priority=3),
    ),
    detail="getWalletById",
    detail_path="walletId",
    route="wallet",
    empty="There are no wallets in this environment yet.",
    label=lambda row: shorten(str(row.get("publicKey") or ""), 13),
    command="wallets",
    extra_operations=(
        "getWalletsByUserId",
        "createWallet",
        "createWaasWallet",
        "createEmbeddedWallet",
        "createEmbeddedWalletFromFarcaster",
    ),
    actions=(
        ResourceAction("revoke-delegated-access", "deleteDelegatedAccess", "Let nobody sign for this wallet any more.",
            "revoke access", key="x", effect=Effect.DESTRUCTIVE, disabled_reason=_not_delegated,
            warning="What the owner delegated has to be delegated again."),
        ResourceAction("delete", "deleteWalletById", "Delete the wallet; it can be brought back.", key="d",
            effect=Effect.DESTRUCTIVE, disabled_reason=_deleted,
            warning="A deleted wallet can be brought back with recover."),
    ),
)  # fmt: skip
