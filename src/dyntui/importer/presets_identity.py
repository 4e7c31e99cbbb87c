"""Presets for Auth0, Clerk, Firebase and Supabase."""

from __future__ import annotations

from dyntui.importer.preset_types import (
    FILLED,
    NO_PASSWORDS,
    TRUE,
    VERIFIED_HINT,
    ExclusionRule,
    Maps,
    Preset,
    map_fields,
    signature,
    to_metadata,
)

__all__ = ["FIREBASE_COLUMNS", "IDENTITY_PRESETS"]

_FIREBASE_ACCOUNT = {"accountId": "id", "emails": "email", "displayName": "displayName", "photos": "photoUrl"}
"""The column of each field of an account, after the name of the provider."""
_FIREBASE_PROVIDERS = ("google", "facebook", "twitter", "github")
FIREBASE_COLUMNS = (
    *("localId", "email", "emailVerified", "passwordHash", "salt", "displayName", "photoUrl"),
    *(f"{provider} {column}" for provider in _FIREBASE_PROVIDERS for column in _FIREBASE_ACCOUNT.values()),
    *("createdAt", "lastSignedInAt", "phoneNumber", "disabled", "customAttributes"),
)
"""The columns of `firebase auth:export` as CSV, which has no header row; each row ends with a comma."""


def _supabase_profile(column: str) -> Maps:
    return map_fields(firstName=f"{column}.first_name", lastName=f"{column}.last_name", full_name=f"{column}.full_name")


IDENTITY_PRESETS: tuple[Preset, ...] = (
    Preset(
        "supabase",
        "Supabase (users of the admin API; dump of auth.users)",
        (
            signature("app_metadata user_metadata identities.identity_data"),
            signature("app_metadata user_metadata", some="aud email_confirmed_at is_anonymous confirmation_sent_at"),
            signature("raw_user_meta_data"),
            signature("encrypted_password email_confirmed_at", some="instance_id is_super_admin"),
        ),
        {
            **map_fields(email="email", oauthAccounts="identities", wallets="identities[provider=web3]"),
            "phone": ("phoneNumber", ("trim", "prefix:+", "phone")),
            **_supabase_profile("user_metadata"),
            **_supabase_profile("raw_user_meta_data"),
            **map_fields(wallets="raw_user_meta_data.custom_claims"),
        },
        hints={
            "email_confirmed_at": VERIFIED_HINT,
            "confirmed_at": "the first confirmation of email or phone; email_confirmed_at is exact",
            "id": to_metadata("supabaseId"),
            "user_metadata": "map to metadata to import all of it",
            "raw_user_meta_data": "map to metadata with the transform json to import all of it",
            "app_metadata": "is internal to Supabase; map to metadata to import it",
            "raw_app_meta_data": "is internal to Supabase; map to metadata with the transform json to import it",
            "encrypted_password": NO_PASSWORDS,
        },
        exclusions=(
            ExclusionRule("deleted", "deleted_at", FILLED, "are deleted in Supabase"),
            ExclusionRule("disabled", "banned_until", FILLED, "are banned in Supabase", is_until=True),
        ),
    ),
    Preset(
        "auth0",
        "Auth0 (export of users: NDJSON, CSV)",
        (
            signature("user_id~auth0"),
            signature("id~auth0"),
            signature(
                "user_id",
                some="identities.isSocial logins_count last_ip app_metadata user_metadata last_login",
                at_least=2,
                without="identities.identity_data emails.email_id",
            ),
            signature("id connection email_verified", some="nickname given_name picture"),
        ),
        map_fields(
            email="email",
            phoneNumber="phone_number",
            firstName="given_name",
            lastName="family_name",
            alias="nickname",
            username="username",
            oauthAccounts="identities",
        ),
        hints={
            "email_verified": VERIFIED_HINT,
            "user_id": to_metadata("auth0Id"),
            "id": to_metadata("auth0Id"),
            "name": "often the email again; map by hand",
            "user_metadata": to_metadata(),
            "app_metadata": to_metadata(),
        },
        exclusions=(ExclusionRule("disabled", "blocked", TRUE, "are blocked in Auth0"),),
    ),
    Preset(
        "clerk",
        "Clerk (dashboard CSV; CLI and Backend API JSON)",
        (
            signature("primary_email_address_id"),
            signature(
                "primary_email_address",
                some="verified_email_addresses unverified_email_addresses password_digest password_hasher totp_secret",
            ),
        ),
        map_fields(
            email="primary_email_address|email_addresses[id=@primary_email_address_id].email_address",
            phoneNumber="primary_phone_number|phone_numbers[id=@primary_phone_number_id].phone_number",
            firstName="first_name",
            lastName="last_name",
            username="username",
            oauthAccounts="external_accounts",
            wallets="web3_wallets",
        ),
        hints={
            "verified_email_addresses": "lists verified emails; choose whether the emails are verified",
            "id": to_metadata("clerkId"),
            "public_metadata": to_metadata(),
            "unsafe_metadata": to_metadata(),
            "email_addresses": "the primary address is imported; a user has one email",
            "phone_numbers": "the primary number is imported; a user has one phone number",
            "password_digest": NO_PASSWORDS,
        },
        exclusions=(ExclusionRule("disabled", "banned", TRUE, "are banned in Clerk"),),
    ),
    Preset(
        "firebase",
        "Firebase (firebase auth:export, JSON and CSV; users of the Admin SDK)",
        (signature("localId"), signature("uid", some="providerData tokensValidAfterTime customClaims")),
        {
            **map_fields(
                email="email",
                phoneNumber="phoneNumber",
                full_name="displayName",
                oauthAccounts="providerUserInfo|providerData",
            ),
            **map_fields(
                **{
                    f"oauthAccounts.{place}.{name}": f"{provider} {column}"
                    for place, provider in enumerate(_FIREBASE_PROVIDERS)
                    for name, column in _FIREBASE_ACCOUNT.items()
                }
            ),
        },
        {f"oauthAccounts.{place}.provider": provider for place, provider in enumerate(_FIREBASE_PROVIDERS)},
        {
            "emailVerified": VERIFIED_HINT,
            "localId": to_metadata("firebaseId"),
            "uid": to_metadata("firebaseId"),
            "metadata": "is not imported: it has the times of Firebase",
            "customClaims": to_metadata(),
            "customAttributes": "map to metadata with the transform json to import it",
            "passwordHash": NO_PASSWORDS,
        },
        (ExclusionRule("disabled", "disabled", TRUE, "are disabled in Firebase"),),
    ),
)
