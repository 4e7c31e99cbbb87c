"""Users, and their wallets across the environment."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.core.text import shorten
from dyntui.resources.action import ResourceAction
from dyntui.resources.cell_formats import age, item_count, short_id, text, yes_no
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource, Row

__all__ = ["USERS", "WALLETS"]


def _full_name(row: Row) -> str:
    return " ".join(str(row[key]) for key in ("firstName", "lastName") if row.get(key)) or str(row.get("alias") or "")


def _user_label(row: Row) -> str:
    return str(row.get("email") or row.get("username") or _full_name(row) or row.get("phoneNumber") or "")


def _revoke_disabled_reason(row: Row) -> str | None:
    """Return why there is no delegated access to revoke; None when there may be some.

    Only the list operation returns who may sign for a wallet; the detail operation does not.
    """
    is_known = "delegatedAccessWalletApiKeys" in row
    return "No other party may sign for this wallet." if is_known and not row["delegatedAccessWalletApiKeys"] else None


def _delete_disabled_reason(row: Row) -> str | None:
    return "The wallet is already deleted." if row.get("deletedAt") else None


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
        Column(title="name", width=22, pick=_full_name, priority=1, order="firstName"),
        Column("username", "username", 14, priority=4, order="username"),
        Column("wallets", "wallets", 7, right=True, format=item_count, priority=3),
        Column("lastVisit", "last visit", 12, format=age, priority=2, order="lastVisit"),
        Column("createdAt", "created", 12, format=age, priority=5, order="createdAt"),
        Column("country", "country", 7, priority=6, order="country"),
    ),
    detail="getUser",
    detail_path="userId",
    route="user",
    empty="There are no users in this environment. Press i to import some.",
    label=_user_label,
    command="users",
    extra_operations=("createUser", "updateUser", "bulkCreateUser", "getUserOauthAccessToken"),
    actions=(
        ResourceAction("revoke-sessions", "revokeUserSessions", "Revoke all sessions of the user.", effect=Effect.DESTRUCTIVE,
            past="revoked", result_subject="Sessions of",
            warning="All devices are signed out. A new sign-in is required."),
        ResourceAction("reset-mfa", "resetUserMfa", "Reset the MFA methods of the user.", effect=Effect.DESTRUCTIVE,
            past="reset", result_subject="MFA methods of",
            warning="Verify that the request comes from this user."),
        ResourceAction("remove-mfa-devices", "resetAllMfaDevices", "Remove all MFA devices of the user.", effect=Effect.DESTRUCTIVE,
            past="removed", result_subject="MFA devices of",
            warning="The devices have to be registered again. Verify that the request comes from this user."),
        ResourceAction("recover-wallets", "recoverDeletedWalletsWithEnvironment", "Recover the deleted wallets of the user.",
            past="recovered", result_subject="Deleted wallets of",
            body=lambda row, values: {"userId": row.get("id")}),
        ResourceAction("delete", "deleteUser", "Delete the user permanently.", effect=Effect.DESTRUCTIVE,
            warning="This cannot be undone. Wallet records are not deleted."),
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
    empty="There are no wallets in this environment.",
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
        ResourceAction("revoke-delegated-access", "deleteDelegatedAccess", "Revoke the delegated access to this wallet.",
            "revoke access", key="x", past="revoked", result_subject="Delegated access to", effect=Effect.DESTRUCTIVE, disabled_reason=_revoke_disabled_reason,
            warning="The owner has to delegate the access again."),
        ResourceAction("delete", "deleteWalletById", "Delete the wallet. It can be recovered.", key="d",
            effect=Effect.DESTRUCTIVE, disabled_reason=_delete_disabled_reason,
            warning="A deleted wallet can be recovered."),
    ),
)  # fmt: skip
