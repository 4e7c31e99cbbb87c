"""The actions on users and their wallets, for console and command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.services.actions.write_types import Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_types import Impact

__all__ = [
    "CREATE_USER",
    "DELETE_USER",
    "DELETE_WALLET",
    "PREGENERATE_CHAINS",
    "PREGENERATE_TYPES",
    "RECOVER_WALLETS",
    "REMOVE_MFA_DEVICES",
    "RESET_MFA",
    "REVEAL_SOCIAL_TOKEN",
    "REVOKE_SESSION",
    "REVOKE_SESSIONS",
    "UPDATABLE",
    "UPDATE_USER",
    "add_to_allowlist",
    "link_wallet",
    "pregenerate",
    "pregeneration",
    "set_metadata_field",
    "user_target",
    "wallet_chains",
]

UPDATABLE = (
    "firstName",
    "lastName",
    "alias",
    "username",
    "phoneNumber",
    "country",
    "jobTitle",
    "team",
    "tShirtSize",
    "policiesConsent",
    "emailNotification",
    "discordNotification",
    "newsletterNotification",
    "btcWallet",
    "kdaWallet",
    "ltcWallet",
    "ckbWallet",
    "kasWallet",
    "dogeWallet",
    "metadata",
)
"""The fields that PUT user accepts. The email is not among them: the API cannot change it.

Source: docs/vendor-api.md#create-update-and-delete.
"""


def user_target(row: Mapping[str, Any], **data: Any) -> Target:
    """Make a target from the row or the document of a user."""
    label = row.get("email") or row.get("username") or row.get("alias") or row.get("phoneNumber") or row.get("id")
    return Target(str(row.get("id", "")), str(label or ""), data)


async def _reread_user(client: Client, target: Target) -> Any:
    document = await client.users.get_raw(target.id)
    return document.get("user", document) if isinstance(document, dict) else document


async def _create_user(client: Client, target: Target, permit: WritePermit) -> Any:
    document = await client.call("createUser", body=dict(target.data["fields"]), permit=permit)
    return document.get("user", document) if isinstance(document, dict) else document


async def _update_user(client: Client, target: Target, permit: WritePermit) -> Any:
    fields = dict(target.data["fields"])
    if fixed := [name for name in fields if name not in UPDATABLE]:
        raise UsageError(
            f"The API cannot change {', '.join(fixed)} of a user.", hint="Delete the user and create a new one."
        )
    return await client.call("updateUser", path={"userId": target.id}, body=fields, permit=permit)


async def _delete_user(client: Client, target: Target, permit: WritePermit) -> None:
    await client.users.delete(target.id, permit)


async def _revoke_sessions(client: Client, target: Target, permit: WritePermit) -> None:
    await client.users.revoke_sessions(target.id, permit)


async def _revoke_session(client: Client, target: Target, permit: WritePermit) -> Any:
    return await client.call("revokeSessionById", path={"sessionId": target.id}, permit=permit)


async def _remove_mfa(client: Client, target: Target, permit: WritePermit) -> None:
    await client.call("resetAllMfaDevices", path={"userId": target.id}, permit=permit)


async def _reset_mfa(client: Client, target: Target, permit: WritePermit) -> None:
    await client.call("resetUserMfa", path={"userId": target.id}, permit=permit)


async def _reveal(client: Client, target: Target, permit: WritePermit) -> Any:
    return await client.call("getUserOauthAccessToken", path={"oauthAccountId": target.id}, permit=permit)


async def _delete_wallet(client: Client, target: Target, permit: WritePermit) -> None:
    await client.wallets.delete(target.id, permit)


async def _recover(client: Client, target: Target, permit: WritePermit) -> Any:
    return await client.wallets.recover(target.id, permit)


CREATE_USER = WriteAction("user.create", "Create", "user", "createUser", _create_user)
UPDATE_USER = WriteAction("user.update", "Save", "user", "updateUser", _update_user, reread=_reread_user)
DELETE_USER = WriteAction(
    "user.delete",
    "Delete",
    "user",
    "deleteUser",
    _delete_user,
    effect=Effect.DESTRUCTIVE,
    warning="This cannot be undone. Wallet records are not deleted.",
)
REVOKE_SESSIONS = WriteAction(
    "user.revoke-sessions",
    "Revoke all sessions of",
    "user",
    "revokeUserSessions",
    _revoke_sessions,
    effect=Effect.DESTRUCTIVE,
    reread=_reread_user,
    past="revoked",
    result_subject="Sessions of",
    warning="All devices are signed out. A new sign-in is required.",
)
REVOKE_SESSION = WriteAction(
    "session.revoke",
    "Revoke",
    "session",
    "revokeSessionById",
    _revoke_session,
    effect=Effect.DESTRUCTIVE,
    warning="The device is signed out.",
)
REMOVE_MFA_DEVICES = WriteAction(
    "user.remove-mfa-devices",
    "Remove all MFA devices of",
    "user",
    "resetAllMfaDevices",
    _remove_mfa,
    effect=Effect.DESTRUCTIVE,
    reread=_reread_user,
    past="removed",
    result_subject="MFA devices of",
    warning="The devices have to be registered again. Verify that the request comes from this user.",
)
RESET_MFA = WriteAction(
    "user.reset-mfa",
    "Reset the MFA methods of",
    "user",
    "resetUserMfa",
    _reset_mfa,
    effect=Effect.DESTRUCTIVE,
    reread=_reread_user,
    past="reset",
    result_subject="MFA methods of",
    warning="Verify that the request comes from this user.",
)
REVEAL_SOCIAL_TOKEN = WriteAction(
    "social.reveal-token",
    "Reveal the access token of",
    "social account",
    "getUserOauthAccessToken",
    _reveal,
    effect=Effect.READ,
    sensitive=True,
    past="revealed",
    result_subject="Access token of",
    warning="Anyone who has the token can act as this user at the provider. It is shown one time and is not saved.",
)
DELETE_WALLET = WriteAction(
    "wallet.delete",
    "Delete",
    "wallet",
    "deleteWalletById",
    _delete_wallet,
    effect=Effect.DESTRUCTIVE,
    warning="A deleted wallet can be recovered.",
)
RECOVER_WALLETS = WriteAction(
    "wallet.recover",
    "Recover the deleted wallets of",
    "user",
    "recoverDeletedWalletsWithEnvironment",
    _recover,
    past="recovered",
    result_subject="Deleted wallets of",
)


USER_ACTIONS = (
    CREATE_USER,
    UPDATE_USER,
    DELETE_USER,
    REVOKE_SESSIONS,
    REVOKE_SESSION,
    REMOVE_MFA_DEVICES,
    RESET_MFA,
    REVEAL_SOCIAL_TOKEN,
    DELETE_WALLET,
    RECOVER_WALLETS,
)
"""The actions on users and their objects. Write rules are made from them (services.actions.write_rules)."""


def set_metadata_field(key: str, value: Any) -> WriteAction:
    """Set one metadata field. The user is read first, because it is not documented whether PUT merges metadata."""

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        user = await _reread_user(client, target)
        metadata = {**(user.get("metadata") or {}), key: value}
        return await client.call("updateUser", path={"userId": target.id}, body={"metadata": metadata}, permit=permit)

    return WriteAction(
        "user.set-metadata",
        f"Set metadata {key} of",
        "user",
        "updateUser",
        call,
        reread=_reread_user,
        past="set",
        result_subject=f"Metadata {key} of",
    )


def add_to_allowlist(allowlist_id: str, name: str) -> WriteAction:
    """Add a user to an allowlist by email, else by the first wallet. An entry that exists counts as done."""

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        from dyntui.api.errors import Invalid

        user = await _reread_user(client, target)
        wallets = [credential.get("address") for credential in user.get("verifiedCredentials") or ()]
        wallet = next((address for address in (user.get("walletPublicKey"), *wallets) if address), None)
        if not (user.get("email") or wallet):
            raise UsageError(f"{target.label or target.id} has no email and no wallet for an allowlist entry.")
        entry = {"email": user["email"]} if user.get("email") else {"walletPublicKey": wallet}
        try:
            return await client.call(
                "postEntryByAllowlistId", path={"allowlistId": allowlist_id}, body=entry, permit=permit
            )
        except Invalid as error:
            if error.code != "allowlist_entry_already_exists":
                raise
            return {**entry, "exists": True}

    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        from dyntui.services.access.impact import assess_entries

        return await assess_entries(client, allowlist_id, adding=len(targets))

    return WriteAction(
        "user.add-to-allowlist",
        "Add",
        "user",
        "postEntryByAllowlistId",
        call,
        assess_impact=assess,
        complement=f"to {name}",
    )


def link_wallet(fields: Mapping[str, Any]) -> WriteAction:
    """Link an external wallet to a user; fields as CreateWalletRequest."""

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        return await client.call("createWallet", path={"userId": target.id}, body=dict(fields), permit=permit)

    return WriteAction(
        "wallet.link",
        "Link a wallet to",
        "user",
        "createWallet",
        call,
        reread=_reread_user,
        past="linked",
        result_subject="Wallet of",
        warning="Ownership is verified at the first sign-in with it. This fails if the user has an embedded wallet.",
    )


def wallet_chains(chains: Iterable[str], *, legacy: bool) -> list[str]:
    """Return chain names for the endpoint: Solana is SVM for waas/create and SOL for the older endpoints.

    Source: docs/vendor-api.md#wallets.
    """
    solana = "SOL" if legacy else "SVM"
    return [solana if chain.upper() in ("SOL", "SVM", "SOLANA") else chain.upper() for chain in chains]


PREGENERATE_TYPES = ("email", "phoneNumber", "externalUserId", "id", "socialUsername", "socialAccountId")
"""Identifier kinds of users who have not signed in."""
PREGENERATE_CHAINS = ("EVM", "SVM", "SUI", "BTC", "TON")
"""The chains of waas/create. The legacy endpoints call SVM SOL."""


def pregeneration(
    identifier: str,
    kind: str,
    chains: Iterable[str],
    *,
    social: str = "",
    legacy: bool = False,
    farcaster_fid: int | None = None,
) -> tuple[str, dict[str, Any]]:
    """Return the operation and the body that pre-generate wallets for `identifier`. Raises UsageError for invalid
    values."""
    legacy = legacy or farcaster_fid is not None
    chain_names = list(dict.fromkeys(wallet_chains(chains, legacy=legacy)))
    if not identifier.strip():
        raise UsageError("An identifier is required: an email, a phone number or an id.")
    if not chain_names:
        raise UsageError("A chain is required.", hint=f"Available: {', '.join(PREGENERATE_CHAINS)}.")
    identifier = identifier.strip()
    if farcaster_fid is not None:
        body = {"email": identifier, "fid": farcaster_fid, "chains": chain_names}
        return "createEmbeddedWalletFromFarcaster", body
    body = {"identifier": identifier, "type": kind, "chains": chain_names}
    if kind == "phoneNumber":
        body["identifier"], body["smsCountryCode"] = _phone(identifier)
    if kind in ("socialUsername", "socialAccountId") and not social:
        raise UsageError("The social provider is required: google, github, ...")
    if social:
        body["socialProvider"] = social
    return "createEmbeddedWallet" if legacy else "createWaasWallet", body


def _phone(text: str) -> tuple[str, dict[str, str]]:
    """Split an international phone number into the national number and the country codes."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise UsageError(f"{text} is not an international phone number such as +14155550100.") from None
    region = phonenumbers.region_code_for_number(number)
    if not region:
        raise UsageError(f"{text} has an unknown country code.")
    rest = phonenumbers.national_significant_number(number)
    return rest, {"isoCountryCode": region, "phoneCountryCode": str(number.country_code)}


def pregenerate(operation: str, body: Mapping[str, Any]) -> WriteAction:
    """Pre-generate embedded wallets, which the user gets at the first sign-in.

    operation: createWaasWallet, or the legacy createEmbeddedWallet or createEmbeddedWalletFromFarcaster.
    """

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        document = await client.call(operation, body=dict(body), permit=permit)
        return document.get("user", document) if isinstance(document, dict) else document

    return WriteAction(
        "wallet.pregenerate",
        "Pre-generate wallets for",
        "user",
        operation,
        call,
        past="pre-generated",
        result_subject="Wallets for",
        warning="A user is created if no user has this identifier.",
    )
