"""Presets for Auth0, Clerk, Firebase and Supabase."""

from __future__ import annotations

from dyntui.importer.preset_types import FILLED, PHONE, TRIM, VERIFIED_HINT, ExclusionRule, Preset, signature

__all__ = ["FIREBASE_COLUMNS", "IDENTITY_PRESETS"]

_TO_METADATA = "map to metadata to import it"
_FIREBASE_PROVIDERS = ("google", "facebook", "twitter", "github")
FIREBASE_COLUMNS = (
    *("localId", "email", "emailVerified", "passwordHash", "salt", "displayName", "photoUrl"),
    *(f"{provider} {what}" for provider in _FIREBASE_PROVIDERS for what in ("id", "email", "displayName", "photoUrl")),
    *("createdAt", "lastSignedInAt", "phoneNumber", "disabled", "customAttributes"),
)
"""The columns of `firebase auth:export` as CSV, which has no header row; each row ends with a comma."""

IDENTITY_PRESETS: tuple[Preset, ...] = (
    Preset(
        "supabase",
        "Supabase (users of the admin API; dump of auth.users)",
        (
            signature("app_metadata user_metadata identities.identity_data"),
            signature("app_metadata user_metadata", some="aud email_confirmed_at is_anonymous confirmation_sent_at"),
            signature("raw_app_meta_data raw_user_meta_data"),
            signature("encrypted_password email_confirmed_at", some="raw_user_meta_data instance_id is_super_admin"),
        ),
        {
            "email": ("email", TRIM),
            "phone": ("phoneNumber", ("trim", "prefix:+", "phone")),
            **{
                f"{column}.{key}": (field, transforms)
                for column in ("user_metadata", "raw_user_meta_data")
                for key, field, transforms in (
                    ("first_name", "firstName", TRIM),
                    ("last_name", "lastName", TRIM),
                    ("full_name", "firstName+lastName", ("trim", "not_email", "split")),
                )
            },
            "identities": ("oauthAccounts", ("json", "accounts")),
        },
        hints={
            "email_confirmed_at": VERIFIED_HINT,
            "confirmed_at": "the first confirmation of email or phone; email_confirmed_at is exact",
            "id": "map to metadata.supabaseId to keep it",
            "user_metadata": "map to metadata to import all of it",
            "raw_user_meta_data": "map to metadata with the transform json to import all of it",
            "app_metadata": "is internal to Supabase; map to metadata to import it",
            "raw_app_meta_data": "is internal to Supabase; map to metadata with the transform json to import it",
            "encrypted_password": "is not imported: Dynamic has no passwords",
        },
        exclusions=(
            ExclusionRule("deleted", "deleted_at", FILLED, "are deleted in Supabase"),
            ExclusionRule("disabled", "banned_until", FILLED, "are banned in Supabase", is_until=True),
        ),
        export=(
            "`supabase.auth.admin.listUsers()`, or in SQL `\\copy (SELECT * FROM auth.users) TO 'users.csv' CSV HEADER`"
        ),
        transferred="email, phone, name, social accounts (from the admin API only)",
        left_out="passwords; deleted and banned users (`--include deleted`, `--include disabled`)",
        samples=("supabase.json", "supabase-auth-users.csv"),
    ),
    Preset(
        "auth0",
        "Auth0 (users export job: NDJSON, CSV; import/export extension)",
        (
            signature(
                "user_id",
                some="identities logins_count email_verified nickname app_metadata user_metadata last_login last_ip "
                "updated_at picture",
                at_least=2,
                without="primary_email_address_id identities.identity_data emails.email_id",
            ),
            signature(
                "id",
                some="identities logins_count email_verified nickname app_metadata user_metadata last_login",
                at_least=2,
                without="primary_email_address_id identities.identity_data aud",
            ),
        ),
        {
            "email": ("email", TRIM),
            "given_name": ("firstName", TRIM),
            "family_name": ("lastName", TRIM),
            "nickname": ("alias", TRIM),
            "username": ("username", TRIM),
            "phone_number": ("phoneNumber", PHONE),
            "identities": ("oauthAccounts", ("json", "accounts")),
        },
        hints={
            "email_verified": VERIFIED_HINT,
            "user_id": "map to metadata.auth0Id to keep it",
            "id": "map to metadata.auth0Id to keep it",
            "name": "often the email again; map by hand",
            "user_metadata": _TO_METADATA,
            "app_metadata": _TO_METADATA,
        },
        exclusions=(ExclusionRule("disabled", "blocked", "true", "are blocked in Auth0"),),
        export="a job of `POST /api/v2/jobs/users-exports` (JSON or CSV), or the User Import / Export extension",
        transferred="email, name, nickname, username, phone, social accounts",
        left_out="passwords and MFA; database and SMS identities; blocked users (`--include disabled`)",
        samples=("auth0.ndjson", "auth0.csv"),
    ),
    Preset(
        "clerk",
        "Clerk (dashboard CSV; CLI and Backend API JSON)",
        (signature(some="primary_email_address primary_email_address_id"),),
        {
            "primary_email_address": ("email", TRIM),
            "email_addresses[id=@primary_email_address_id].email_address": ("email", TRIM),
            "primary_phone_number": ("phoneNumber", PHONE),
            "phone_numbers[id=@primary_phone_number_id].phone_number": ("phoneNumber", PHONE),
            "first_name": ("firstName", TRIM),
            "last_name": ("lastName", TRIM),
            "username": ("username", TRIM),
            "external_accounts": ("oauthAccounts", ("json", "accounts")),
            "web3_wallets": ("wallets", ("json", "wallets")),
        },
        hints={
            "verified_email_addresses": "lists verified emails; use --set emailVerifiedAt=now or unverified",
            "id": "map to metadata.clerkId to keep it",
            "public_metadata": _TO_METADATA,
            "unsafe_metadata": _TO_METADATA,
            "email_addresses": "the primary address is imported; a user has one email",
            "phone_numbers": "the primary number is imported; a user has one phone number",
            "password_digest": "is not imported: Dynamic has no passwords",
        },
        exclusions=(ExclusionRule("disabled", "banned", "true", "are banned in Clerk"),),
        export="Settings > User exports in the dashboard (CSV), or `GET https://api.clerk.com/v1/users` (JSON)",
        transferred="the primary email and phone, name, username, social accounts, wallets",
        left_out="other addresses: a user has one; passwords and TOTP; banned users (`--include disabled`)",
        samples=("clerk.csv", "clerk.json"),
    ),
    Preset(
        "firebase",
        "Firebase (firebase auth:export, JSON and CSV)",
        (signature("localId"),),
        {
            "email": ("email", TRIM),
            "displayName": ("firstName+lastName", ("trim", "split")),
            "phoneNumber": ("phoneNumber", PHONE),
            "providerUserInfo": ("oauthAccounts", ("json", "accounts")),
            **{
                f"{provider} {column}": (f"oauthAccounts.{place}.{name}", transforms)
                for place, provider in enumerate(_FIREBASE_PROVIDERS)
                for column, name, transforms in (
                    ("id", "accountId", TRIM),
                    ("email", "emails", ("list",)),
                    ("displayName", "displayName", TRIM),
                    ("photoUrl", "photos", ("list",)),
                )
            },
        },
        {f"oauthAccounts.{place}.provider": provider for place, provider in enumerate(_FIREBASE_PROVIDERS)},
        {
            "emailVerified": VERIFIED_HINT,
            "localId": "map to metadata.firebaseId to keep it",
            "customAttributes": "map to metadata with the transform json to import it",
            "passwordHash": "is not imported: Dynamic has no passwords",
        },
        (ExclusionRule("disabled", "disabled", "true", "are disabled in Firebase"),),
        export="`firebase auth:export users.json` or `firebase auth:export users.csv`",
        transferred="email, name, phone, social accounts",
        left_out="passwords; disabled users (`--include disabled`)",
        samples=("firebase.json", "firebase.csv"),
    ),
)
