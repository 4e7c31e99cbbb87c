"""Presets for Cognito, Keycloak, Okta, Stytch, WorkOS, FusionAuth, SuperTokens and Descope."""

from __future__ import annotations

from dyntui.importer.preset_types import (
    FALSE,
    FILLED,
    NO_PASSWORDS,
    ONE_EMAIL,
    TRUE,
    VERIFIED_HINT,
    ExclusionRule,
    Maps,
    Preset,
    map_fields,
    signature,
    to_metadata,
)

__all__ = ["PLATFORM_PRESETS"]


def _cognito_fields(path: str) -> Maps:
    """Return the maps of the attributes of Cognito. path: where an attribute is, with `{}` for its name."""
    return map_fields(
        email=path.format("email"),
        phoneNumber=path.format("phone_number"),
        firstName=path.format("given_name"),
        lastName=path.format("family_name"),
        alias=path.format("nickname"),
        username_or_email=path.format("preferred_username"),
        oauthAccounts=path.format("identities"),
    )


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
            **_cognito_fields("Attributes[Name={}].Value"),
            **_cognito_fields("UserAttributes[Name={}].Value"),
            **_cognito_fields("{}"),
        },
        hints={
            "Username": "is often an id that Cognito made; map to username if people sign in with it",
            "cognito:username": "is often an id that Cognito made; map to username if people sign in with it",
            "Attributes": "split into the fields below",
            "UserAttributes": "split into the fields below",
            "Attributes[Name=email_verified].Value": VERIFIED_HINT,
            "UserAttributes[Name=email_verified].Value": VERIFIED_HINT,
            "email_verified": VERIFIED_HINT,
            "name": "maybe firstName+lastName, when given_name and family_name are empty",
        },
        exclusions=(ExclusionRule("disabled", "Enabled", FALSE, "are disabled in Cognito"),),
    ),
    Preset(
        "keycloak",
        "Keycloak (realm export; users of the admin API)",
        (
            signature("username =emailVerified enabled", without="localId loginIds registrations"),
            signature("username enabled", some="createdTimestamp realmRoles federatedIdentities requiredActions"),
            signature("username serviceAccountClientId"),
        ),
        map_fields(
            email="email",
            phoneNumber="attributes.phoneNumber.0|attributes.phone.0|attributes.mobile.0",
            firstName="firstName",
            lastName="lastName",
            username_or_email="username",
            oauthAccounts="federatedIdentities",
        ),
        hints={
            "emailVerified": VERIFIED_HINT,
            "id": to_metadata("keycloakId"),
            "attributes": "map to metadata to import all of them",
            "credentials": NO_PASSWORDS,
            "realmRoles": "map to metadata.roles to import them",
            "groups": "map to metadata.groups to import them",
        },
        exclusions=(
            ExclusionRule("service-accounts", "serviceAccountClientId", FILLED, "are service accounts of a client"),
            ExclusionRule("service-accounts", "username", "service-account-.+", "are service accounts of a client"),
            ExclusionRule("disabled", "enabled", FALSE, "are disabled in Keycloak"),
        ),
    ),
    Preset(
        "okta",
        "Okta (users of the API; CSV of the people)",
        (
            signature("profile.login profile.email"),
            signature("login email", some="secondEmail primaryPhone honorificPrefix honorificSuffix profileUrl"),
            signature("login email =firstName =lastName", some="=mobilePhone =nickName =displayName =userType"),
            signature("id~okta", some="email primaryemail login username"),
            signature("user_id~okta", some="email primaryemail login username"),
        ),
        map_fields(
            email="profile.email|Primary email|email",
            phoneNumber="profile.mobilePhone|mobilePhone",
            firstName="profile.firstName|firstName",
            lastName="profile.lastName|lastName",
            jobTitle="profile.title|title",
            country="profile.countryCode|countryCode",
        ),
        hints={
            "profile": "split into the fields below",
            "profile.login": "is usually the email; map to username if it is not",
            "login": "is usually the email; map to username if it is not",
            "Username": "is the login, usually the email; map to username if it is not",
            "secondEmail": ONE_EMAIL,
            "Secondary email": ONE_EMAIL,
            "primaryPhone": "maybe phoneNumber, when mobilePhone is empty",
            "id": to_metadata("oktaId"),
            "User Id": to_metadata("oktaId"),
            "credentials": NO_PASSWORDS,
        },
        exclusions=(
            ExclusionRule("disabled", "status", "suspended|deprovisioned|deactivated", "are deactivated in Okta"),
        ),
    ),
    Preset(
        "stytch",
        "Stytch (search of users)",
        (
            signature("user_id emails.email_id"),
            signature("user_id phone_numbers.phone_id"),
            signature("user_id crypto_wallets", some="webauthn_registrations totps providers emails phone_numbers"),
        ),
        map_fields(
            email="emails.0.email",
            phoneNumber="phone_numbers.0.phone_number",
            firstName="name.first_name",
            lastName="name.last_name",
            oauthAccounts="providers",
            wallets="crypto_wallets",
        ),
        hints={
            "name": "split into the fields below",
            "emails": "the first email is imported; a user has one",
            "phone_numbers": "the first number is imported; a user has one",
            "emails.0.verified": VERIFIED_HINT,
            "user_id": to_metadata("stytchId"),
            "external_id": to_metadata("externalId"),
            "trusted_metadata": to_metadata(),
            "untrusted_metadata": to_metadata(),
            "password": NO_PASSWORDS,
        },
        exclusions=(ExclusionRule("deleted", "status", "deleted", "are deleted in Stytch"),),
    ),
    Preset(
        "workos",
        "WorkOS (users of User Management)",
        (
            signature("id~workos"),
            signature("email email_verified profile_picture_url", some="object first_name last_sign_in_at external_id"),
            signature("object email email_verified first_name", without="user_id"),
        ),
        map_fields(email="email", firstName="first_name", lastName="last_name"),
        hints={
            "email_verified": VERIFIED_HINT,
            "id": to_metadata("workosId"),
            "external_id": to_metadata("externalId"),
            "metadata": to_metadata(),
        },
    ),
    Preset(
        "fusionauth",
        "FusionAuth (search of users)",
        (
            signature("tenantId", some="registrations insertInstant usernameStatus twoFactor memberships", at_least=2),
            signature("registrations.applicationId", some="active username usernameStatus insertInstant"),
        ),
        map_fields(
            email="email",
            phoneNumber="phoneNumber|mobilePhone",
            firstName="firstName",
            lastName="lastName",
            full_name="fullName",
            username_or_email="username",
        ),
        hints={
            "verified": VERIFIED_HINT,
            "id": to_metadata("fusionauthId"),
            "data": to_metadata(),
            "identities": "the email, phone number and username again",
            "password": NO_PASSWORDS,
        },
        exclusions=(ExclusionRule("disabled", "active", FALSE, "are deactivated in FusionAuth"),),
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
            **map_fields(
                email="emails.0", phoneNumber="phoneNumbers.0", oauthAccounts="loginMethods[recipeId=thirdparty]"
            ),
            **map_fields(email="loginMethods[email=*@*].email", phoneNumber="loginMethods[phoneNumber=+*].phoneNumber"),
            **map_fields(email="user.email", phoneNumber="user.phoneNumber"),
        },
        hints={
            "emails": "the first email is imported; a user has one",
            "phoneNumbers": "the first number is imported; a user has one",
            "loginMethods": "split into the fields below; verified, or isVerified, shows which emails are verified",
            "thirdParty": "taken from loginMethods",
            "id": to_metadata("supertokensId"),
            "externalUserId": to_metadata("supertokensId"),
            "userMetadata": to_metadata(),
        },
    ),
    Preset(
        "descope",
        "Descope (search of users)",
        (
            signature("loginIds", some="userId verifiedEmail userTenants roleNames"),
            signature("verifiedEmail verifiedPhone", some="userTenants roleNames loginId"),
        ),
        map_fields(email="email", phoneNumber="phone", firstName="givenName", lastName="familyName", full_name="name"),
        hints={
            "verifiedEmail": VERIFIED_HINT,
            "loginIds": "are emails, phone numbers or usernames; map loginIds.0 to username if they are",
            "userId": to_metadata("descopeId"),
            "customAttributes": to_metadata(),
            "OAuth": "is not imported: Descope does not export the ids of social accounts",
        },
        exclusions=(
            ExclusionRule("disabled", "status", "disabled", "are disabled in Descope"),
            ExclusionRule("test-users", "test", TRUE, "are test users of Descope"),
        ),
    ),
)
