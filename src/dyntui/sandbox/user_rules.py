"""Rules for the rows of requests, and functions that create and change the records of users."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import orjson

from dyntui.sandbox.addresses import wallet_key
from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.replies import RequestRefused, invalid
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import PROFILE, Record

__all__ = [
    "add_oauth",
    "add_wallet",
    "apply_profile",
    "check_row",
    "is_email",
    "new_record",
    "refuse_duplicates",
    "with_empty_texts",
]

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@(?:[^\s@.<>()\[\],;:\\\"]+\.)+[^\s@.<>()\[\],;:\\\"]{2,}\Z")
_USERNAME = re.compile(r"[\w.-]+\Z")
_CONFLICTS: Mapping[str, tuple[str, str]] = {
    "e": ("email_already_exists", "A user with this email already exists"),
    "p": ("user_has_already_account_with_phone_number", "A user with this phone number already exists"),
    "u": ("username_already_exists", "A user with this username already exists"),
    "w": ("reassign_wallet_error", "This wallet is linked to another user"),
    "o": ("social_account_already_exists", "This social account is linked to another user"),
    "x": ("duplicate_exists", "A user with this external id already exists"),
}
_PROFILE = frozenset(PROFILE)


def is_email(text: str) -> bool:
    """Return whether a text has the form of an email address."""
    return _EMAIL.match(text) is not None


def with_empty_texts(row: Document, flags: BehaviorFlags) -> Document:
    """Return a row with null for each empty text of the profile, unless the behavior flag says to store them."""
    if flags["empty-text"] == "store":
        return row
    return {name: None if value == "" and name in _PROFILE else value for name, value in row.items()}


def check_row(row: Document, flags: BehaviorFlags, *, update: bool = False) -> None:
    """Check the rules that have an error code of their own. Raises RequestRefused (422)."""
    if not row and not update:
        raise invalid("invalid_user", "At least one field is required")
    email = row.get("email")
    if email and not is_email(email):
        raise invalid("invalid_email", "The email is not valid", {"email": email})
    username = row.get("username")
    if username and not _USERNAME.match(username):
        raise invalid("invalid_username", "The username may have letters, digits, dot, dash and underscore")
    phone = row.get("phoneNumber")
    if phone and not any(map(str.isdigit, phone)):
        raise invalid("invalid_phone", "The phone number has no digits")
    if metadata := row.get("metadata"):
        check_metadata(metadata, flags)


def check_metadata(metadata: Document, flags: BehaviorFlags) -> None:
    """Check the size and the values of metadata. Raises RequestRefused (422)."""
    limit = flags.number("metadata-max-bytes")
    if 0 < limit < len(orjson.dumps(metadata)):
        raise invalid("metadata_size_exceeded", f"Metadata may have {limit} bytes")
    if flags["metadata-values"] == "flat" and any(isinstance(value, (dict, list)) for value in metadata.values()):
        raise invalid("invalid_metadata_value", "Metadata values may be texts, numbers, booleans and null")


def refuse_duplicates(record: Record, keys: Sequence[str], owners: Mapping[str, int], position: int) -> None:
    """Raise RequestRefused for a record with a unique key of another user. `keys` are those of the record."""
    for key in keys:
        if owners.get(key, position) != position:
            raise conflict_refusal(key, record)
    if len(set(keys)) != len(keys):
        raise invalid("duplicate_exists", "The same wallet or social account is given twice")


def conflict_refusal(key: str, record: Record) -> RequestRefused:
    """Return the refusal for a unique key that another user has."""
    code, message = _CONFLICTS[key[0]]
    return invalid(code, message, {"email": record["profile"]["email"]} if key[0] == "e" else None)


def new_record(row: Document, position: int, ids: Ids, now: int, *, id: str | None = None) -> Record:
    """Return the record of a new user for a checked row. `now` is in ms since 1970."""
    profile = {name: value for name, value in row.items() if name in _PROFILE and value is not None}
    record: Record = {
        "id": id or ids.uuid(f"user {position}"),
        "createdAt": now,
        "updatedAt": now,
        "firstVisit": None,
        "lastVisit": None,
        "profile": profile,
        "wallets": [],
        "oauth": [],
    }
    if (verified := row.get("emailVerifiedAt")) is not None and "email" in profile:
        record["emailVerifiedAt"] = verified
    for wallet in row.get("wallets") or ():
        add_wallet(record, wallet, position, ids, now)
    for account in row.get("oauthAccounts") or ():
        add_oauth(record, account, position, ids)
    return record


def add_wallet(record: Record, body: Document, position: int, ids: Ids, now: int) -> Document:
    """Add a wallet to a record. Its id is made from its number, so wallets are never removed from a record."""
    wallet = {
        "id": ids.child(position, f"wallet {len(record['wallets'])}"),
        "chain": body["chain"],
        "address": body["publicWalletAddress"],
        "name": body["walletName"],
        "provider": body["walletProvider"],
        "createdAt": now,
        "updatedAt": now,
        "lastSelectedAt": None,
        "deletedAt": None,
        "additional": body.get("additionalWalletAddresses") or [],
    }
    record["wallets"].append(wallet)
    return wallet


def add_oauth(record: Record, body: Document, position: int, ids: Ids) -> None:
    """Add a social account to a record."""
    record["oauth"].append(
        {
            "id": ids.child(position, f"oauth {body['provider']} {body['accountId']}"),
            "provider": body["provider"],
            "accountId": body["accountId"],
            "username": body.get("username"),
            "displayName": body.get("displayName"),
            "emails": body.get("emails") or [],
            "photos": body.get("photos") or [],
            "profile": body.get("profile") or {},
        }
    )


def apply_profile(record: Record, row: Document, *, replace_metadata: bool) -> None:
    """Change the given profile fields. Null removes a value, other fields stay."""
    profile = record["profile"]
    for name, value in row.items():
        if name not in _PROFILE:
            continue
        if name == "metadata" and value is not None and not replace_metadata:
            profile[name] = {**(profile.get(name) or {}), **value}
        elif value is None:
            profile.pop(name, None)
        else:
            profile[name] = value


def merge_row(record: Record, row: Document, position: int, ids: Ids, now: int, flags: BehaviorFlags) -> None:
    """Change an existing user by the row of an upsert request, as the behavior flags decide."""
    fields = {
        name: value
        for name, value in row.items()
        if name != "email" or flags["upsert-email"] == "change" or "email" not in record["profile"]
    }
    apply_profile(record, fields, replace_metadata=flags["upsert-metadata"] == "replace")
    if (
        row.get("emailVerifiedAt") is not None
        and flags["upsert-email-verified"] == "change"
        and record["profile"].get("email")
    ):
        record["emailVerifiedAt"] = row["emailVerifiedAt"]
    if row.get("wallets") is not None:
        if flags["upsert-wallets"] == "replace":
            for wallet in record["wallets"]:
                wallet["deletedAt"] = wallet["deletedAt"] or now
        have = {
            wallet_key(wallet["chain"], wallet["address"]) for wallet in record["wallets"] if not wallet["deletedAt"]
        }
        for wallet in row["wallets"]:
            if wallet_key(wallet["chain"], wallet["publicWalletAddress"]) not in have:
                add_wallet(record, wallet, position, ids, now)
    if row.get("oauthAccounts") is not None:
        if flags["upsert-oauth"] == "replace":
            record["oauth"] = []
        known = {(account["provider"], account["accountId"]) for account in record["oauth"]}
        for account in row["oauthAccounts"]:
            if (account["provider"], account["accountId"]) not in known:
                add_oauth(record, account, position, ids)
    record["updatedAt"] = now
