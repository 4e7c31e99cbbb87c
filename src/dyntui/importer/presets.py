"""Mappings for exports of other systems, which are recognized by their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dyntui.importer.fields import USER_FIELDS
from dyntui.importer.source_types import Cell, normalize_name
from dyntui.importer.text_detection import looks_like_data

__all__ = ["FIREBASE_COLUMNS", "PRESETS", "Preset", "firebase_without_names", "recognize_preset"]

_VERIFIED = 'shows which emails are verified; use --map "{column}=emailVerifiedAt"'
_BLOCKED = "blocked users are imported too; remove them from the file first"


@dataclass(frozen=True, slots=True)
class Preset:
    """The export of one system."""

    name: str
    title: str
    every: frozenset[str]
    """Columns that the file must have."""
    any_of: frozenset[str]
    """Columns of which the file must have one (normalized names)."""
    maps: dict[str, tuple[str, tuple[str, ...]]]
    """Field and transformations by column or path."""
    constants: dict[str, str] = field(default_factory=dict)
    """Values for rows that have none, as in `Mapping`."""
    hints: dict[str, str] = field(default_factory=dict)
    """What to do with columns that are not mapped, by column."""


def _names(text: str) -> frozenset[str]:
    return frozenset(normalize_name(name) for name in text.split())


_TRIM = ("trim",)
_PHONE = ("trim", "phone")
_FIREBASE_PROVIDERS = ("google", "facebook", "twitter", "github")
FIREBASE_COLUMNS = (
    *("localId", "email", "emailVerified", "passwordHash", "salt", "displayName", "photoUrl"),
    *(f"{each} {what}" for each in _FIREBASE_PROVIDERS for what in ("id", "email", "displayName", "photoUrl")),
    *("createdAt", "lastSignedInAt", "phoneNumber", "disabled", "customAttributes"),
)
"""The columns of `firebase auth:export` as CSV, which has no header row; each row ends with a comma."""

PRESETS: tuple[Preset, ...] = (
    Preset(
        "dynamic",
        "Dynamic (own exports and API responses)",
        _names("projectEnvironmentId"),
        frozenset(),
        {
            "verifiedCredentials[format=blockchain]": ("wallets", ("wallets",)),
            "verifiedCredentials[format=oauth]": ("oauthAccounts", ("accounts",)),
        },
        {},
        {
            "walletPublicKey": "taken from verifiedCredentials",
            "wallet": "",
            "chain": "",
        },
    ),
    Preset(
        "dyntui",
        "dyntui (users exported as CSV or NDJSON)",
        _names("id createdAt"),
        frozenset(),
        {},
        {},
        {
            "id": "map to metadata.formerId to keep it",
            "walletPublicKey": "map to wallets.0.publicWalletAddress, and set walletName and walletProvider",
            "chain": "map to wallets.0.chain together with walletPublicKey",
        },
    ),
    Preset(
        "auth0",
        "Auth0 (users export job: NDJSON, CSV; import/export extension)",
        frozenset(),
        _names("identities logins_count email_verified nickname app_metadata user_metadata last_login"),
        {
            "email": ("email", _TRIM),
            "given_name": ("firstName", _TRIM),
            "family_name": ("lastName", _TRIM),
            "nickname": ("alias", _TRIM),
            "username": ("username", _TRIM),
            "phone_number": ("phoneNumber", _PHONE),
            "identities": ("oauthAccounts", ("json", "accounts")),
        },
        {},
        {
            "email_verified": _VERIFIED,
            "user_id": "map to metadata.auth0Id to keep it",
            "id": "map to metadata.auth0Id to keep it",
            "name": "often the email again; map by hand",
            "user_metadata": "map to metadata to import it",
            "app_metadata": "map to metadata to import it",
            "blocked": _BLOCKED,
        },
    ),
    Preset(
        "clerk",
        "Clerk (dashboard CSV; CLI and Backend API JSON)",
        frozenset(),
        _names("primary_email_address primary_email_address_id"),
        {
            "primary_email_address": ("email", _TRIM),
            "email_addresses[id=@primary_email_address_id].email_address": ("email", _TRIM),
            "primary_phone_number": ("phoneNumber", _PHONE),
            "phone_numbers[id=@primary_phone_number_id].phone_number": ("phoneNumber", _PHONE),
            "first_name": ("firstName", _TRIM),
            "last_name": ("lastName", _TRIM),
            "username": ("username", _TRIM),
            "external_accounts": ("oauthAccounts", ("json", "accounts")),
            "web3_wallets": ("wallets", ("json", "wallets")),
        },
        {},
        {
            "verified_email_addresses": "lists verified emails; use --set emailVerifiedAt=now or unverified",
            "id": "map to metadata.clerkId to keep it",
            "public_metadata": "map to metadata to import it",
            "banned": _BLOCKED,
        },
    ),
    Preset(
        "firebase",
        "Firebase (firebase auth:export, JSON and CSV)",
        _names("localId"),
        frozenset(),
        {
            "email": ("email", _TRIM),
            "displayName": ("firstName+lastName", ("trim", "split")),
            "phoneNumber": ("phoneNumber", _PHONE),
            "providerUserInfo": ("oauthAccounts", ("json", "accounts")),
            **{
                f"{each} {column}": (f"oauthAccounts.{place}.{name}", transforms)
                for place, each in enumerate(_FIREBASE_PROVIDERS)
                for column, name, transforms in (
                    ("id", "accountId", _TRIM),
                    ("email", "emails", ("list",)),
                    ("displayName", "displayName", _TRIM),
                    ("photoUrl", "photos", ("list",)),
                )
            },
        },
        {f"oauthAccounts.{place}.provider": each for place, each in enumerate(_FIREBASE_PROVIDERS)},
        {
            "emailVerified": _VERIFIED,
            "localId": "map to metadata.firebaseId to keep it",
            "customAttributes": "map to metadata with the transform json to import it",
            "disabled": _BLOCKED,
        },
    ),
    Preset(
        "privy",
        "Privy (users of the REST API or the server SDK, JSON)",
        _names("linked_accounts"),
        frozenset(),
        {
            f"{column}[type={kind}]{path}": (target, transforms)
            for column in ("linked_accounts", "linkedAccounts")
            for kind, path, target, transforms in (
                ("email", ".address", "email", _TRIM),
                ("phone", ".number", "phoneNumber", _PHONE),
                ("wallet|smart_wallet", "", "wallets", ("wallets",)),
                ("*_oauth|farcaster|telegram", "", "oauthAccounts", ("accounts",)),
            )
        },
        {},
        {
            "id": "map to metadata.privyId to keep it",
            "custom_metadata": "map to metadata to import it",
            "linked_accounts": "split into the fields below",
            "linkedAccounts": "split into the fields below",
        },
    ),
)


def recognize_preset(columns: Sequence[str]) -> str | None:
    """Return the name of the preset for these columns; None when there is none."""
    names = frozenset(normalize_name(column) for column in columns)
    for preset in PRESETS:
        if (
            preset.every <= names
            and (not preset.any_of or preset.any_of & names)
            and _is_certain(preset.name, names, columns)
        ):
            return preset.name
    return None


def _is_certain(name: str, names: frozenset[str], columns: Sequence[str]) -> bool:
    """Return whether a preset with usual column names (dyntui, Auth0) is certain: several of its columns exist."""
    if name == "dyntui":
        return "createdAt" in columns and len(set(columns) & USER_FIELDS.keys()) >= 3
    if name != "auth0":
        return True
    own = _names(
        "identities logins_count email_verified app_metadata user_metadata last_login last_ip updated_at picture"
    )
    return bool(names & {"userid", "id"}) and len(names & own) >= 2 and "primaryemailaddressid" not in names


def firebase_without_names(head: Sequence[Sequence[Cell]]) -> bool:
    """Return whether most records without a header are Firebase's: 28 columns and an empty one, a boolean in the third.

    A single odd record, such as a name with a line break, does not change the format of the file.
    """
    records = [record for record in head if any(record)]
    return sum(map(_is_firebase_record, records)) * 2 > len(records)


def _is_firebase_record(record: Sequence[Cell]) -> bool:
    width = len(FIREBASE_COLUMNS)
    return (
        width - 1 <= len(record) <= width + 1
        and str(record[2]) in ("true", "false")
        and (record[23] in ("", "undefined") or looks_like_data(record[23]))
    )
