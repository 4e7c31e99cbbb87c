"""What an admin does to users and their wallets: every action, for the console and the command line alike."""

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
"""The fields that PUT user takes. The e-mail is not among them: the API cannot change it.

Source: docs/vendor-api.md#create-update-and-delete.
"""


def user_target(row: Mapping[str, Any], **data: Any) -> Target:
    """A user from a list or a detail, as the target of an action."""
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
    if wrong := [name for name in fields if name not in UPDATABLE]:
        raise UsageError(
            f"The API cannot change {', '.join(wrong)} of a user.", hint="Delete the user and create it anew."
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
    warning="This cannot be undone, and the users' wallet records stay behind.",
)
REVOKE_SESSIONS = WriteAction(
    "user.revoke-sessions",
    "Revoke all sessions of",
    "user",
    "revokeUserSessions",
    _revoke_sessions,
    effect=Effect.DESTRUCTIVE,
    reread=_reread_user,
    warning="They are signed out everywhere and have to sign in again.",
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
    warning="The devices have to be registered again. Be sure that it is really this person who asks.",
)
RESET_MFA = WriteAction(
    "user.reset-mfa",
    "Reset the MFA methods of",
    "user",
    "resetUserMfa",
    _reset_mfa,
    effect=Effect.DESTRUCTIVE,
    reread=_reread_user,
    warning="Be sure that it is really this person who asks.",
)
REVEAL_SOCIAL_TOKEN = WriteAction(
    "social.reveal-token",
    "Reveal the access token of",
    "social account",
    "getUserOauthAccessToken",
    _reveal,
    effect=Effect.READ,
    sensitive=True,
    warning="It lets whoever has it act as this person at the provider. It is shown once and kept nowhere.",
)
DELETE_WALLET = WriteAction(
    "wallet.delete",
    "Delete",
    "wallet",
    "deleteWalletById",
    _delete_wallet,
    effect=Effect.DESTRUCTIVE,
    warning="A deleted wallet can be brought back with recover.",
)
RECOVER_WALLETS = WriteAction(
    "wallet.recover", "Bring back the deleted wallets of", "user", "recoverDeletedWalletsWithEnvironment", _recover
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
"""The actions on users and what they have; their demands hold for their operations (services.actions.write_rules)."""


def set_metadata_field(key: str, value: Any) -> WriteAction:
    """Set one field of the metadata: the user is read first, because whether PUT merges metadata is undocumented."""

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        user = await _reread_user(client, target)
        metadata = {**(user.get("metadata") or {}), key: value}
        return await client.call("updateUser", path={"userId": target.id}, body={"metadata": metadata}, permit=permit)

    return WriteAction("user.set-metadata", f"Set metadata {key} of", "user", "updateUser", call, reread=_reread_user)


def add_to_allowlist(allowlist_id: str, name: str) -> WriteAction:
    """Put a user on a list by its e-mail, else by its first wallet; being on it already counts as done."""

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        from dyntui.api.errors import Invalid

        user = await _reread_user(client, target)
        wallets = [credential.get("address") for credential in user.get("verifiedCredentials") or ()]
        wallet = next((address for address in (user.get("walletPublicKey"), *wallets) if address), None)
        if not (user.get("email") or wallet):
            raise UsageError(f"{target.label or target.id} has neither e-mail nor wallet to be listed by.")
        entry = {"email": user["email"]} if user.get("email") else {"walletPublicKey": wallet}
        try:
            return await client.call(
                "postEntryByAllowlistId", path={"allowlistId": allowlist_id}, body=entry, permit=permit
            )
        except Invalid as error:
            if error.code != "allowlist_entry_already_exists":
                raise
            return entry

    async def weigh(client: Client, targets: Sequence[Target]) -> Impact:
        from dyntui.services.access.impact import assess_entries

        return await assess_entries(client, allowlist_id, adding=len(targets))

    return WriteAction(
        "user.add-to-allowlist", f"Add to {name}:", "user", "postEntryByAllowlistId", call, assess_impact=weigh
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
        warning="Ownership is proven at the first sign-in with it. Fails if the user has an embedded wallet.",
    )


def wallet_chains(chains: Iterable[str], *, legacy: bool) -> list[str]:
    """Chain names as the endpoint wants them: Solana is SVM for waas/create and SOL for the older forms.

    Source: docs/vendor-api.md#wallets.
    """
    solana = "SOL" if legacy else "SVM"
    return [solana if chain.upper() in ("SOL", "SVM", "SOLANA") else chain.upper() for chain in chains]


PREGENERATE_TYPES = ("email", "phoneNumber", "externalUserId", "id", "socialUsername", "socialAccountId")
"""What can identify somebody who has not signed in yet."""
PREGENERATE_CHAINS = ("EVM", "SVM", "SUI", "BTC", "TON")
"""The chains of waas/create; the legacy forms call SVM SOL."""


def pregeneration(
    identifier: str,
    kind: str,
    chains: Iterable[str],
    *,
    social: str = "",
    legacy: bool = False,
    farcaster_fid: int | None = None,
) -> tuple[str, dict[str, Any]]:
    """The operation and the body that make embedded wallets for `identifier`, chains named as that operation wants
    them. Raises Usage for what it could not take."""
    legacy = legacy or farcaster_fid is not None
    named = list(dict.fromkeys(wallet_chains(chains, legacy=legacy)))
    if not identifier.strip():
        raise UsageError("Say for whom: an e-mail, a phone number, an id.")
    if not named:
        raise UsageError("Name a chain.", hint=f"There are: {', '.join(PREGENERATE_CHAINS)}.")
    identifier = identifier.strip()
    if farcaster_fid is not None:
        body = {"email": identifier, "fid": farcaster_fid, "chains": named}
        return "createEmbeddedWalletFromFarcaster", body
    body = {"identifier": identifier, "type": kind, "chains": named}
    if kind == "phoneNumber":
        body["identifier"], body["smsCountryCode"] = _phone(identifier)
    if kind in ("socialUsername", "socialAccountId") and not social:
        raise UsageError("Say at which social provider: google, github, ...")
    if social:
        body["socialProvider"] = social
    return "createEmbeddedWallet" if legacy else "createWaasWallet", body


def _phone(text: str) -> tuple[str, dict[str, str]]:
    """An international number as the endpoint wants it: the rest, and the country's codes."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise UsageError(f"{text} is no phone number with its country, as in +14155550100.") from None
    region = phonenumbers.region_code_for_number(number)
    if not region:
        raise UsageError(f"{text} is in no country that is known.")
    rest = phonenumbers.national_significant_number(number)
    return rest, {"isoCountryCode": region, "phoneCountryCode": str(number.country_code)}


def pregenerate(operation: str, body: Mapping[str, Any]) -> WriteAction:
    """Make embedded wallets ahead of sign-in; the person claims them by signing in. operation: createWaasWallet
    (current; Solana is SVM), createEmbeddedWallet or createEmbeddedWalletFromFarcaster (legacy; Solana is SOL)."""

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        document = await client.call(operation, body=dict(body), permit=permit)
        return document.get("user", document) if isinstance(document, dict) else document

    return WriteAction(
        "wallet.pregenerate",
        "Pre-generate wallets for",
        "user",
        operation,
        call,
        warning="A user is created when the identifier is not known yet.",
    )
