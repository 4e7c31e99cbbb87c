"""Actions on users and their wallets that take more than ids and fields, for console and command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import UsageError
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.write_types import Target
from dyntui.services.metadata import metadata_of

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_types import Impact, WriteAction

__all__ = [
    "PREGENERATE_CHAINS",
    "PREGENERATE_TYPES",
    "add_to_allowlist",
    "link_wallet",
    "pregenerate",
    "pregeneration",
    "pregeneration_operation",
    "set_metadata_field",
    "user_target",
    "wallet_chains",
]


def user_target(row: Mapping[str, object], **data: object) -> Target:
    return Target(str(row.get("id", "")), RESOURCES["users"].label_of(row), data)


async def _reread_user(client: Client, target: Target) -> Any:
    return await client.users.get_raw(target.id)


def set_metadata_field(key: str, value: object) -> WriteAction:
    """Set one metadata field. The user is read first, because it is not documented whether PUT merges metadata."""

    users: dict[str, Mapping[str, object]] = {}
    """The users as they were read for the audit log, by id."""

    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        user = users.pop(target.id, None) or await _reread_user(client, target)
        metadata = {**metadata_of(user), key: value}
        return await client.call("updateUser", path={"userId": target.id}, body={"metadata": metadata}, permit=permit)

    async def before(client: Client, target: Target) -> object:
        from dyntui.services.actions.undo_state import saved_values

        user = users[target.id] = await _reread_user(client, target)
        return saved_values({"metadata": metadata_of(user)})

    async def after(client: Client, target: Target, value: object, before: object) -> object:
        from dyntui.services.actions.undo_state import saved_values

        user = value.get("user", value) if isinstance(value, Mapping) else {}
        return saved_values(
            {"metadata": metadata_of(user if "metadata" in user else await _reread_user(client, target))}
        )

    return declared_write(
        "users.set-metadata",
        call,
        before=before,
        after=after,
        verb=f"Set metadata {key} of",
        reread=_reread_user,
        result_subject=f"Metadata {key} of",
    )


def add_to_allowlist(allowlist_id: str, name: str) -> WriteAction:
    """Add a user to an allowlist by email, else by the first wallet. An entry that exists counts as done."""

    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        from dyntui.services.access.entries import post_entry

        user = await _reread_user(client, target)
        wallets = [credential.get("address") for credential in user.get("verifiedCredentials") or ()]
        wallet = next((address for address in (user.get("walletPublicKey"), *wallets) if address), None)
        if not (user.get("email") or wallet):
            raise UsageError(f"{target.label or target.id} has no email and no wallet for an allowlist entry.")
        entry = {"email": user["email"]} if user.get("email") else {"walletPublicKey": wallet}
        return await post_entry(client, allowlist_id, entry, permit)

    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        from dyntui.services.access.impact import assess_entries

        return await assess_entries(client, allowlist_id, adding=len(targets))

    from dyntui.services.access.entries import audited_entry, new_job

    return declared_write(
        "users.add-to-allowlist",
        call,
        assess_impact=assess,
        after=audited_entry,
        job=new_job(),
        complement=f"to {name}",
    )


def link_wallet(fields: Mapping[str, object]) -> WriteAction:
    """Link an external wallet to a user; fields as CreateWalletRequest."""

    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        return await client.call("createWallet", path={"userId": target.id}, body=dict(fields), permit=permit)

    async def after(client: Client, target: Target, value: object, before: object) -> object:
        from dyntui.services.actions.resource_actions import find_created_id

        created_id = find_created_id(RESOURCES["wallets"], value)
        return {"id": created_id} if created_id else None

    return declared_write("wallets.link", call, reread=_reread_user, after=after)


def wallet_chains(chains: Iterable[str], *, legacy: bool) -> list[str]:
    """Return chain names for the endpoint: Solana is SVM for waas/create and SOL for the older endpoints.

    Source: docs/vendor-api.md#wallets.
    """
    solana = "SOL" if legacy else "SVM"
    return [solana if chain.upper() in ("SOL", "SVM", "SOLANA") else chain.upper() for chain in chains]


PREGENERATE_TYPES = ("email", "phoneNumber", "externalUserId", "id", "socialUsername", "socialAccountId")
"""Identifier kinds of users who have not signed in."""
PREGENERATE_CHAINS = ("EVM", "SVM", "SUI", "BTC", "TON", "TRON", "STELLAR", "ALEO", "TEMPO", "MIDNIGHT")
"""The known chains of waas/create. The legacy endpoints call SVM SOL."""


def pregeneration(
    identifier: str,
    kind: str,
    chains: Iterable[str],
    *,
    social: str = "",
    legacy: bool = False,
    farcaster_fid: int | None = None,
    more: Mapping[str, object] | None = None,
) -> tuple[str, dict[str, object]]:
    """Return the operation and the body that pre-generate wallets for `identifier`. Raises UsageError for invalid
    values.

    more: further fields of the body. With the country of a phone number in them, `identifier` is its national number.
    """
    more = more or {}
    operation = pregeneration_operation(legacy=legacy, is_farcaster=farcaster_fid is not None)
    legacy = legacy or farcaster_fid is not None
    chain_names = list(dict.fromkeys(wallet_chains(chains, legacy=legacy)))
    if not identifier.strip():
        raise UsageError("An identifier is required: an email, a phone number or an id.", field="identifier")
    if not chain_names:
        raise UsageError("A chain is required.", hint=f"Available: {', '.join(PREGENERATE_CHAINS)}.", field="chains")
    identifier = identifier.strip()
    if farcaster_fid is not None:
        return operation, {"email": identifier, "fid": farcaster_fid, "chains": chain_names, **more}
    body: dict[str, object] = {"identifier": identifier, "type": kind, "chains": chain_names}
    if kind == "phoneNumber" and "smsCountryCode" not in more:
        body["identifier"], body["smsCountryCode"] = _phone(identifier)
    if kind in ("socialUsername", "socialAccountId") and not social:
        raise UsageError("The social provider is required: google, github, ...", field="social")
    if social:
        body["socialProvider"] = social
    return operation, {**body, **more}


def pregeneration_operation(*, legacy: bool, is_farcaster: bool) -> str:
    """Return the operation that pre-generates wallets. legacy: use the older endpoint, as Farcaster does."""
    if is_farcaster:
        return "createEmbeddedWalletFromFarcaster"
    return "createEmbeddedWallet" if legacy else "createWaasWallet"


def _phone(text: str) -> tuple[str, dict[str, str]]:
    """Split an international phone number into the national number and the country codes."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise UsageError(
            f"{text} is not an international phone number such as +14155550100.", field="identifier"
        ) from None
    region = phonenumbers.region_code_for_number(number)
    if not region:
        raise UsageError(f"{text} has an unknown country code.", field="identifier")
    rest = phonenumbers.national_significant_number(number)
    return rest, {"isoCountryCode": region, "phoneCountryCode": str(number.country_code)}


def pregenerate(operation: str, body: Mapping[str, object]) -> WriteAction:
    """Pre-generate embedded wallets, which the user gets at the first sign-in.

    operation: createWaasWallet, or the legacy createEmbeddedWallet or createEmbeddedWalletFromFarcaster.
    """

    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        document = await client.call(operation, body=dict(body), permit=permit)
        return document.get("user", document) if isinstance(document, dict) else document

    return declared_write(_PREGENERATE_ACTIONS[operation], call)


_PREGENERATE_ACTIONS = {
    "createWaasWallet": "wallets.pregenerate",
    "createEmbeddedWallet": "wallets.pregenerate-legacy",
    "createEmbeddedWalletFromFarcaster": "wallets.pregenerate-farcaster",
}
