"""Users, and their wallets across the environment."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import ActionTarget, NoChange, ResourceAction, create_action, delete_action, edit_action
from dyntui.resources.cell_formats import item_count, short_id, time, yes_no
from dyntui.resources.columns import time_column
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource, Row
from dyntui.resources.undo import (
    irreversible,
    restored,
    undone_as_entries,
    undone_as_job,
    undone_by,
    undone_by_deletion,
)

__all__ = ["FILTER_COLUMNS", "PROFILE_FIELDS", "UPDATABLE", "USERS", "WALLETS", "full_name"]

FILTER_COLUMNS = (
    *("all", "id", "walletPublicKey", "email", "alias", "firstName", "lastName", "phoneNumber", "jobTitle"),
    *("wallet", "username", "accountId"),
)
"""The columns that the server can search for a text."""
PROFILE_FIELDS = (
    *("firstName", "lastName", "alias", "username", "phoneNumber", "country", "jobTitle", "team", "tShirtSize"),
    "policiesConsent",
)
"""The fields of a user's profile."""

UPDATABLE = (
    *PROFILE_FIELDS,
    "emailNotification",
    "discordNotification",
    "newsletterNotification",
    *("btcWallet", "kdaWallet", "ltcWallet", "ckbWallet", "kasWallet", "dogeWallet"),
    "metadata",
)
"""The fields that PUT user accepts. The email is not among them: the API cannot change it.

Source: docs/vendor-api.md#create-update-and-delete.
"""


def full_name(row: Row) -> str:
    """Return first and last name, else the alias."""
    return " ".join(str(row[key]) for key in ("firstName", "lastName") if row.get(key)) or str(row.get("alias") or "")


def _user_label(row: Row) -> str:
    return str(row.get("email") or row.get("username") or full_name(row) or row.get("phoneNumber") or "")


def _revoke_disabled_reason(row: Row) -> str | None:
    """Return why there is no delegated access to revoke; None when there may be some.

    Only the list operation returns who may sign for a wallet; the detail operation does not.
    """
    is_known = "delegatedAccessWalletApiKeys" in row
    return (
        NoChange("No other party may sign for this wallet.")
        if is_known and not row["delegatedAccessWalletApiKeys"]
        else None
    )


_PREGENERATED = irreversible("The API cannot remove an embedded wallet from its user permanently.")

USERS = Resource(
    name="users",
    identified_by=("email", "phoneNumber", "walletPublicKey", "username", "externalUserId"),
    description="People who signed up: profile, sign-ins, wallets",
    also_changes=("wallets", "statistics", "analytics", "visitors"),
    aliases=("u", "user"),
    list=ListOperation("getEnvironmentUsers", "users", Paging.OFFSET, order="createdAt-desc"),
    filter=Filter(
        "filter",
        "filterValue",
        "filterColumn",
        columns=FILTER_COLUMNS,
        other_keys=("chain", "filterSocialProvider"),
        name_columns=("firstName", "lastName"),
    ),
    columns=(
        Column("email", "email", 30, grow=True, priority=0, order="email"),
        Column(title="name", width=22, pick=full_name, priority=1, order="firstName"),
        Column("username", "username", 14, priority=4, order="username"),
        Column("wallets", "wallets", 7, right=True, format=item_count, priority=3),
        time_column("lastVisit", "last visit", priority=2, order="lastVisit"),
        time_column("createdAt", "created", priority=5, order="createdAt"),
        Column("country", "country", 7, priority=6, order="country"),
        Column("phoneNumber", "phone", 16, wide=True, order="phoneNumber"),
        Column("alias", "alias", 18, wide=True),
        Column("id", "id", 11, wide=True),
        Column("team", "team", 12, wide=True),
        Column("jobTitle", "job title", 18, wide=True),
    ),
    detail="getUser",
    route="user",
    empty="There are no users in this environment. Press {app.import} to import some.",
    not_configuration="Users are data. Move them with an export and an import.",
    label=_user_label,
    command="users",
    actions=(
        create_action("createUser", "Create a user.", undo=undone_by_deletion(compares=("lastVisit", "verifiedCredentials", "sessions"))),
        edit_action("updateUser", "Edit the profile and metadata of the user. The email cannot be changed.", fields=UPDATABLE, undo=restored()),
        ResourceAction("set-metadata", "updateUser", "Set one metadata field of the user.", key="m", variant_of="users.edit", command="users set-metadata",
            past="set", undo=restored(), in_parallel=True),
        ResourceAction("revoke-sessions", "revokeUserSessions", "Revoke all sessions of the user.", key="X", effect=Effect.DESTRUCTIVE,
            question="Revoke all sessions of", past="revoked", result_subject="Sessions of",
            undo=irreversible("Sessions that were revoked cannot be opened again; the user has to sign in."),
            warning="All devices are signed out. A new sign-in is required.", in_parallel=True),
        ResourceAction("revoke-all-sessions", "revokeAllEnvironmentSessions", "Revoke the sessions of all users of the environment.", key="vertical_line", effect=Effect.DESTRUCTIVE,
            target=ActionTarget.LIST, typed_in_live=True, noun="environment", question="Revoke the sessions of all users of the", past="revoked", result_subject="Sessions of the",
            undo=irreversible("Sessions that were revoked cannot be opened again; the users have to sign in."),
            warning="All users are signed out on all devices. The server does it after its response, and does not tell when it is done."),
        ResourceAction("reset-mfa", "resetUserMfa", "Reset the MFA methods of the user.", key="equals_sign", effect=Effect.DESTRUCTIVE,
            question="Reset the MFA methods of", past="reset", result_subject="MFA methods of", undo=irreversible("The user has to set up MFA again."),
            warning="Verify that the request comes from the user.", in_parallel=True),
        ResourceAction("remove-mfa-devices", "resetAllMfaDevices", "Remove all MFA devices of the user.", key="ctrl+x", effect=Effect.DESTRUCTIVE,
            question="Remove all MFA devices of", past="removed", result_subject="MFA devices of", undo=irreversible("The user has to register the devices again."),
            warning="The devices have to be registered again. Verify that the request comes from the user.", in_parallel=True),
        ResourceAction("recover-wallets", "recoverDeletedWalletsWithEnvironment", "Recover all deleted wallets of the user.", key="u",
            question="Recover the deleted wallets of", past="recovered", result_subject="Deleted wallets of",
            undo=undone_by("wallets.delete", added="verifiedCredentials"), body=lambda row, values: {"userId": row.get("id")}, in_parallel=True),
        ResourceAction("reveal-social-token", "getUserOauthAccessToken", "Show the access token of a social account one time.", "reveal token", key="K",
            effect=Effect.READ, sensitive=True, single_row=True, items="oauthAccounts", noun="social account", reveals=("accessToken", "access token"),
            question="Reveal the access token of", past="revealed", result_subject="Access token of",
            warning="Anyone who has the token can act as this user at the provider. It is shown one time and is not saved."),
        ResourceAction("add-to-allowlist", "postEntryByAllowlistId", "Add the user to an allowlist.", key="A", variant_of="allowlist-entries.create",
            command="users add-to-allowlist", question="Add", past="added", undo=undone_as_entries(), in_parallel=True),
        ResourceAction("import", "bulkCreateUser", "Import users from a file.", key="i", target=ActionTarget.LIST, command="import", extra_operations=("createUser",),
            noun="file", past="imported", typed_in_live=True, undo=undone_as_job(),
            warning="An import can be undone only by deleting what it created."),
        ResourceAction("import-undo", "deleteUser", "Delete the users that an import created.", target=ActionTarget.LIST, command="jobs undo", effect=Effect.DESTRUCTIVE,
            variant_of="users.delete", noun="import", question="Undo", past="undone", undo=irreversible("A deleted user cannot be restored."),
            warning="Deleting a user leaves its wallet records behind."),
        delete_action("deleteUser", "Delete the user permanently.", undo=irreversible("The API cannot restore a deleted user."), warning="Wallet records are not deleted.", in_parallel=True),
    ),
)  # fmt: skip

WALLETS = Resource(
    name="wallets",
    identified_by=("publicKey",),
    description="Linked and embedded wallets of all users",
    also_changes=("users", "analytics"),
    aliases=("w", "wallet"),
    list=ListOperation("getWalletsByEnvironmentId", "wallets", Paging.OFFSET),
    filter=Filter("address", owner_column="walletPublicKey"),
    columns=(
        Column("publicKey", "address", 14, grow=True, priority=0),
        Column("chain", "chain", 8, priority=0),
        Column("name", "wallet", 16, priority=1),
        Column("provider", "provider", 17, priority=2),
        Column("userId", "user", 26, format=short_id, names="users", priority=1),
        Column("signInEnabled", "sign-in", 7, format=yes_no, priority=5),
        time_column("deletedAt", "deleted", priority=4),
        time_column("createdAt", "created", priority=3),
        Column("lastSelectedAt", "last used", 12, wide=True, format=time),
        Column("id", "id", 11, wide=True),
        Column("properties.version", "version", 8, wide=True),
    ),
    detail="getWalletById",
    route="wallet",
    empty="There are no wallets in this environment.",
    not_configuration="Wallets are data of users.",
    label=lambda row: str(row.get("publicKey") or ""),
    command="wallets",
    extra_operations=("getWalletsByUserId",),
    actions=(
        ResourceAction("link", "createWallet", "Link an external wallet to a user.", "link wallet", key="J", command="wallets link", noun="user",
            question="Link a wallet to", past="linked", result_subject="Wallet of", undo=undone_by_deletion(),
            warning="Ownership is verified at the first sign-in with it. This fails if the user has an embedded wallet."),
        ResourceAction("pregenerate", "createWaasWallet", "Create embedded wallets that the user gets at the next sign-in.", "pre-generate wallets", key="plus",
            target=ActionTarget.LIST, command="wallets pregenerate", noun="user",
            question="Pre-generate wallets for", past="pre-generated", result_subject="Wallets for", undo=_PREGENERATED,
            warning="A user is created if no user has this identifier."),
        ResourceAction("pregenerate-legacy", "createEmbeddedWallet", "Create embedded wallets with the older operation.", target=ActionTarget.LIST,
            command="wallets pregenerate --legacy", noun="user", undo=_PREGENERATED, question="Pre-generate wallets for", past="pre-generated", result_subject="Wallets for",
            warning="A user is created if no user has this identifier."),
        ResourceAction("pregenerate-farcaster", "createEmbeddedWalletFromFarcaster", "Create embedded wallets for a Farcaster id.", target=ActionTarget.LIST,
            command="wallets pregenerate --farcaster-fid", noun="user", undo=_PREGENERATED, question="Pre-generate wallets for", past="pre-generated", result_subject="Wallets for",
            warning="A user is created if no user has this identifier."),
        ResourceAction("revoke-delegated-access", "deleteDelegatedAccess", "Revoke the delegated access to this wallet.",
            "revoke access", key="X", past="revoked", result_subject="Delegated access to", effect=Effect.DESTRUCTIVE, disabled_reason=_revoke_disabled_reason,
            undo=irreversible("The owner has to delegate the access again."), warning="The owner has to delegate the access again.", in_parallel=True),
        delete_action("deleteWalletById", "Delete the wallet.",
            disabled_reason=lambda row: NoChange("The wallet is already deleted.") if row.get("deletedAt") else None,
            undo=undone_by("users.recover-wallets", owner="userId", note="recovers all deleted wallets of the user"), in_parallel=True),
    ),
)  # fmt: skip
