"""The identifiers of a user, as allowlist entries contain them."""

from __future__ import annotations

from collections.abc import Iterator

from dyntui.core.json_types import Row, as_objects
from dyntui.importer.allowlist import IDENTIFIERS
from dyntui.services.access.drafts import key_of

__all__ = ["entries_for", "keys_for", "with_domain"]

Entry = dict[str, object]


def with_domain(entry: Row) -> list[Entry]:
    """Return the entries that match an identifier: itself and, for an email, its domain."""
    bare = {name: entry[name] for name in IDENTIFIERS if entry.get(name) not in (None, "")}
    email = str(bare.get("email") or "")
    return [bare, {"emailDomain": email.rpartition("@")[2]}] if "@" in email else [bare]


def entries_for(user: Row) -> list[Entry]:
    """Return all entries that match a user, without duplicates."""
    found: dict[str, Entry] = {}
    for identifier in _identifiers_of(user):
        for entry in with_domain(identifier):
            found.setdefault(key_of(entry), entry)
    found.pop("", None)
    return list(found.values())


def keys_for(user: Row) -> set[str]:
    """Return the keys of the entries that match a user."""
    return {key_of(entry) for entry in entries_for(user)}


def _identifiers_of(user: Row) -> Iterator[Entry]:
    yield {"email": user.get("email")}
    yield {"phoneNumber": user.get("phoneNumber")}
    yield {"walletPublicKey": user.get("walletPublicKey")}
    yield {"externalUserId": user.get("externalUserId")}
    for wallet in as_objects(user.get("wallets")):
        yield {"walletPublicKey": wallet.get("publicKey")}
    for credential in as_objects(user.get("verifiedCredentials")):
        yield from _identifiers_of_credential(credential)


def _identifiers_of_credential(credential: Row) -> Iterator[Entry]:
    """Yield the entries of a verified credential, in snake_case (docs/vendor-api.md#credential-field-names)."""
    identifier = credential.get("public_identifier")
    match credential.get("format"):
        case "email":
            yield {"email": credential.get("email") or identifier}
        case "phoneNumber":
            number = str(identifier or "")
            country = str(credential.get("phoneCountryCode") or "").lstrip("+")
            national_number = str(credential.get("phoneNumber") or "")
            yield {"phoneNumber": number if number.startswith("+") or not country else f"+{country}{national_number}"}
        case "blockchain":
            yield {"walletPublicKey": credential.get("address") or identifier}
        case "externalUser":
            yield {"externalUserId": identifier}
        case "oauth":
            provider, name = credential.get("oauth_provider"), credential.get("oauth_username")
            if provider in ("discord", "twitter", "farcaster") and name:
                yield {f"{provider}Username": name}
            if provider == "farcaster":
                yield {"farcasterFid": credential.get("oauth_account_id")}
