"""Presets for Cognito, Keycloak, Okta, Stytch, WorkOS, FusionAuth, SuperTokens and Descope."""

from __future__ import annotations

from dyntui.importer.preset_types import FILLED, PHONE, TRIM, VERIFIED_HINT, ExclusionRule, Preset, signature

__all__ = ["PLATFORM_PRESETS"]

_NO_PASSWORDS = "is not imported: Dynamic has no passwords"
_OFTEN_EMAIL = ("trim", "not_email")


def _attribute(column: str, name: str) -> str:
    """Return the path of an attribute of Cognito."""
    return f"{column}[Name={name}].Value"


PLATFORM_PRESETS: tuple[Preset, ...] = (
    Preset(
        "cognito",
        "Amazon Cognito (list-users JSON; CSV of the user import)",
        (
            signature("Attributes.Name Attributes.Value", some="Username UserStatus Enabled UserCreateDate"),
            signature("UserAttributes.Name UserAttributes.Value", some="Username UserStatus"),
            signature("cognito:username"),
        ),
        {
            **{
                _attribute(column, name): (field, transforms)
                for column in ("Attributes", "UserAttributes")
                for name, field, transforms in (
                    ("email", "email", TRIM),
                    ("phone_number", "phoneNumber", PHONE),
                    ("given_name", "firstName", TRIM),
                    ("family_name", "lastName", TRIM),
                    ("nickname", "alias", TRIM),
                    ("preferred_username", "username", _OFTEN_EMAIL),
                    ("identities", "oauthAccounts", ("json", "accounts")),
                )
            },
            "email": ("email", TRIM),
            "phone_number": ("phoneNumber", PHONE),
            "given_name": ("firstName", TRIM),
            "family_name": ("lastName", TRIM),
            "nickname": ("alias", TRIM),
            "preferred_username": ("username", _OFTEN_EMAIL),
        },
        hints={
            "Username": "is often an id that Cognito made; map to username if people sign in with it",
            "cognito:username": "is often an id that Cognito made; map to username if people sign in with it",
            "Attributes": "split into the fields below",
            "UserAttributes": "split into the fields below",
            _attribute("Attributes", "email_verified"): "shows which emails are verified: maybe emailVerifiedAt",
            _attribute("UserAttributes", "email_verified"): "shows which emails are verified: maybe emailVerifiedAt",
            "email_verified": VERIFIED_HINT,
            "name": "maybe firstName+lastName, when given_name and family_name are empty",
        },
        exclusions=(ExclusionRule("disabled", "Enabled", "false", "are disabled in Cognito"),),
        export="`aws cognito-idp list-users --user-pool-id POOL > users.json`, or a CSV in the form of the user import",
        transferred="email, phone, name, nickname, preferred username, social accounts of `identities`",
        left_out="passwords and MFA; the generated username; disabled users (`--include disabled`)",
        samples=("cognito.json", "cognito.csv"),
    ),
    Preset(
        "keycloak",
        "Keycloak (realm export; users of the admin API)",
        (
            signature("username emailVerified enabled", without="localId loginIds registrations"),
            signature("username enabled", some="createdTimestamp totp realmRoles federatedIdentities requiredActions"),
            signature("username serviceAccountClientId"),
        ),
        {
            "email": ("email", TRIM),
            "firstName": ("firstName", TRIM),
            "lastName": ("lastName", TRIM),
            "username": ("username", _OFTEN_EMAIL),
            "attributes.phoneNumber.0|attributes.phone_number.0|attributes.phone.0": ("phoneNumber", PHONE),
            "federatedIdentities": ("oauthAccounts", ("accounts",)),
        },
        hints={
            "emailVerified": VERIFIED_HINT,
            "id": "map to metadata.keycloakId to keep it",
            "attributes": "map to metadata to import all of them",
            "credentials": _NO_PASSWORDS,
            "realmRoles": "map to metadata.roles to import them",
            "groups": "map to metadata.groups to import them",
        },
        exclusions=(
            ExclusionRule("service-accounts", "serviceAccountClientId", FILLED, "are service accounts of a client"),
            ExclusionRule("service-accounts", "username", "service-account-.+", "are service accounts of a client"),
            ExclusionRule("disabled", "enabled", "false", "are disabled in Keycloak"),
        ),
        export="`kc.sh export --realm REALM --users realm_file --file realm.json`, or `GET /admin/realms/REALM/users`",
        transferred="email, name, username that is no email, phone attribute, social accounts (identity providers)",
        left_out=(
            "passwords, roles and groups; disabled users and service accounts "
            "(`--include disabled`, `--include service-accounts`)"
        ),
        samples=("keycloak-realm.json", "keycloak-users.json"),
    ),
    Preset(
        "okta",
        "Okta (users of the API; CSV of the people)",
        (
            signature("profile.login profile.email"),
            signature("login email", some="secondEmail mobilePhone primaryPhone honorificPrefix nickName profileUrl"),
            signature("user.login user.email"),
        ),
        {
            "profile.email": ("email", TRIM),
            "profile.firstName": ("firstName", TRIM),
            "profile.lastName": ("lastName", TRIM),
            "profile.mobilePhone": ("phoneNumber", PHONE),
            "profile.title": ("jobTitle", TRIM),
            "profile.countryCode": ("country", ("trim", "country")),
            "email": ("email", TRIM),
            "firstName": ("firstName", TRIM),
            "lastName": ("lastName", TRIM),
            "mobilePhone": ("phoneNumber", PHONE),
            "title": ("jobTitle", TRIM),
            "countryCode": ("country", ("trim", "country")),
        },
        hints={
            "profile": "split into the fields below",
            "profile.login": "is usually the email; map to username if it is not",
            "login": "is usually the email; map to username if it is not",
            "secondEmail": "is not imported: a user has one email",
            "primaryPhone": "maybe phoneNumber, when mobilePhone is empty",
            "id": "map to metadata.oktaId to keep it",
            "credentials": _NO_PASSWORDS,
        },
        exclusions=(
            ExclusionRule("disabled", "status", "suspended|deprovisioned|deactivated", "are deactivated in Okta"),
        ),
        export="`GET https://DOMAIN.okta.com/api/v1/users`, or a CSV of Directory > People (also by rockstar)",
        transferred="email, name, mobile phone, job title, country",
        left_out="passwords and MFA; the login, usually the email again; deactivated users (`--include disabled`)",
        samples=("okta.json", "okta.csv"),
    ),
    Preset(
        "stytch",
        "Stytch (search of users)",
        (
            signature("user_id emails.email_id"),
            signature("user_id phone_numbers.phone_id"),
            signature("user_id crypto_wallets"),
        ),
        {
            "emails.0.email": ("email", TRIM),
            "phone_numbers.0.phone_number": ("phoneNumber", PHONE),
            "name.first_name": ("firstName", TRIM),
            "name.last_name": ("lastName", TRIM),
            "providers": ("oauthAccounts", ("accounts",)),
            "crypto_wallets": ("wallets", ("wallets",)),
        },
        hints={
            "name": "split into the fields below",
            "emails": "the first email is imported; a user has one",
            "phone_numbers": "the first number is imported; a user has one",
            "emails.0.verified": "shows which emails are verified: maybe emailVerifiedAt",
            "user_id": "map to metadata.stytchId to keep it",
            "trusted_metadata": "map to metadata to import it",
            "untrusted_metadata": "map to metadata to import it",
            "password": _NO_PASSWORDS,
        },
        exclusions=(ExclusionRule("deleted", "status", "deleted", "are deleted in Stytch"),),
        export="`POST https://api.stytch.com/v1/users/search`, with all pages of `results`",
        transferred="the first email and phone, name, social accounts, wallets",
        left_out="other addresses: a user has one; passwords, TOTP, WebAuthn and biometric registrations",
        samples=("stytch.json",),
    ),
    Preset(
        "workos",
        "WorkOS (users of User Management)",
        (
            signature("email email_verified profile_picture_url", without="user_id"),
            signature("object email_verified first_name", without="primary_email_address_id user_id"),
        ),
        {"email": ("email", TRIM), "first_name": ("firstName", TRIM), "last_name": ("lastName", TRIM)},
        hints={
            "email_verified": VERIFIED_HINT,
            "id": "map to metadata.workosId to keep it",
            "external_id": "map to metadata.externalId to keep it",
            "metadata": "map to metadata to import it",
        },
        export="`GET https://api.workos.com/user_management/users`, with all pages of `data`",
        transferred="email, name",
        left_out="passwords, organizations and social accounts: the list of users does not have them",
        samples=("workos.json",),
    ),
    Preset(
        "fusionauth",
        "FusionAuth (search of users)",
        (
            signature("tenantId", some="registrations insertInstant usernameStatus twoFactor memberships", at_least=2),
            signature("registrations active", some="email username"),
        ),
        {
            "email": ("email", TRIM),
            "username": ("username", _OFTEN_EMAIL),
            "firstName": ("firstName", TRIM),
            "lastName": ("lastName", TRIM),
            "fullName": ("firstName+lastName", ("trim", "split")),
            "mobilePhone": ("phoneNumber", PHONE),
        },
        hints={
            "verified": VERIFIED_HINT,
            "id": "map to metadata.fusionauthId to keep it",
            "data": "map to metadata to import it",
            "password": _NO_PASSWORDS,
        },
        exclusions=(ExclusionRule("disabled", "active", "false", "are deactivated in FusionAuth"),),
        export="`GET /api/user/search?queryString=*&numberOfResults=500`, with all pages of `users`",
        transferred="email, username, name, mobile phone",
        left_out="passwords, registrations and identity provider links; deactivated users (`--include disabled`)",
        samples=("fusionauth.json",),
    ),
    Preset(
        "supertokens",
        "SuperTokens (users of the core)",
        (
            signature("loginMethods.recipeId"),
            signature("recipeId user.id user.timeJoined"),
            signature("timeJoined", some="emails phoneNumbers tenantIds isPrimaryUser thirdParty", at_least=2),
        ),
        {
            "emails.0": ("email", TRIM),
            "phoneNumbers.0": ("phoneNumber", PHONE),
            "loginMethods[email=*@*].email": ("email", TRIM),
            "loginMethods[phoneNumber=+*].phoneNumber": ("phoneNumber", PHONE),
            "loginMethods[recipeId=thirdparty]": ("oauthAccounts", ("accounts",)),
            "user.email": ("email", TRIM),
            "user.phoneNumber": ("phoneNumber", PHONE),
        },
        hints={
            "emails": "the first email is imported; a user has one",
            "phoneNumbers": "the first number is imported; a user has one",
            "loginMethods": "split into the fields below",
            "loginMethods.0.verified": "shows which emails are verified: maybe emailVerifiedAt",
            "thirdParty": "taken from loginMethods",
            "id": "map to metadata.supertokensId to keep it",
            "userMetadata": "map to metadata to import it",
        },
        export="`GET CORE_URI/users`, with all pages of `users`, or the file of a bulk import",
        transferred="the first email and phone, social accounts",
        left_out="passwords, roles and TOTP devices; other addresses: a user has one",
        samples=("supertokens.json",),
    ),
    Preset(
        "descope",
        "Descope (search of users)",
        (
            signature("loginIds", some="userId verifiedEmail userTenants roleNames"),
            signature("verifiedEmail verifiedPhone", some="userTenants roleNames loginId"),
        ),
        {
            "email": ("email", TRIM),
            "phone": ("phoneNumber", PHONE),
            "givenName": ("firstName", TRIM),
            "familyName": ("lastName", TRIM),
            "name": ("firstName+lastName", ("trim", "not_email", "split")),
        },
        hints={
            "verifiedEmail": VERIFIED_HINT,
            "loginIds": "are emails, phone numbers or usernames; map loginIds.0 to username if they are",
            "userId": "map to metadata.descopeId to keep it",
            "customAttributes": "map to metadata to import it",
            "OAuth": "is not imported: Descope does not export the ids of social accounts",
        },
        exclusions=(
            ExclusionRule("disabled", "status", "disabled", "are disabled in Descope"),
            ExclusionRule("test-users", "test", "true", "are test users of Descope"),
        ),
        export="`POST https://api.descope.com/v1/mgmt/user/search` with `{}`, or Export CSV on the page of users",
        transferred="email, phone, name",
        left_out=(
            "passwords and MFA; social accounts: their ids are not exported; disabled and test users "
            "(`--include disabled`, `--include test-users`)"
        ),
        samples=("descope.json",),
    ),
)
