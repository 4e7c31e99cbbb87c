"""Presets for directories: users of SCIM services, and users and contacts of Google."""

from __future__ import annotations

from dyntui.importer.preset_types import (
    FALSE,
    NO_PASSWORDS,
    ONE_EMAIL,
    ONE_PHONE,
    TRUE,
    ExclusionRule,
    Preset,
    map_fields,
    signature,
    to_metadata,
)

__all__ = ["CONTACT_PRESETS"]

CONTACT_PRESETS: tuple[Preset, ...] = (
    Preset(
        "scim",
        "SCIM 2.0 (users of a directory: Entra ID, Okta, JumpCloud, AWS IAM Identity Center, GitHub, Slack)",
        (
            signature("userName emails.value", some="schemas meta.resourceType name.givenName active externalId"),
            signature("userName schemas", some="name.givenName name.formatted active displayName"),
        ),
        map_fields(
            email="emails[primary=true].value|emails[type=work].value|emails.0.value",
            phoneNumber="phoneNumbers[type=mobile].value|phoneNumbers[primary=true].value|phoneNumbers.0.value",
            firstName="name.givenName",
            lastName="name.familyName",
            username_or_email="userName",
            alias="nickName",
            jobTitle="title",
        ),
        hints={
            "id": to_metadata("scimId"),
            "externalId": to_metadata("externalId"),
            "emails": "the primary email is imported; a user has one",
            "phoneNumbers": "the mobile number is imported; a user has one phone number",
            "name": "split into the fields below",
            "displayName": "maybe alias; map by hand",
            "password": NO_PASSWORDS,
        },
        exclusions=(ExclusionRule("disabled", "active", FALSE, "are not active in the directory"),),
    ),
    Preset(
        "google-workspace",
        "Google Workspace (users of the Admin console or the Directory API)",
        (
            signature("emailaddressrequired", some="firstnamerequired lastnamerequired orgunitpathrequired"),
            signature("primaryEmail", some="name.givenName name.fullName orgUnitPath isAdmin suspended"),
        ),
        map_fields(
            email="primaryEmail|Email Address",
            phoneNumber="phones[type=mobile].value|Mobile Phone",
            firstName="name.givenName|First Name",
            lastName="name.familyName|Last Name",
            jobTitle="Employee Title",
            team="Department",
        ),
        hints={
            "Recovery Phone": "maybe phoneNumber; several users can have the same recovery phone",
            "Recovery Email": ONE_EMAIL,
            "Home Secondary Email": ONE_EMAIL,
            "Work Secondary Email": ONE_EMAIL,
            "Password": NO_PASSWORDS,
            "Work Phone": ONE_PHONE,
            "Home Phone": ONE_PHONE,
            "name": "split into the fields below",
            "emails": "the primary email is imported; a user has one",
            "id": to_metadata("googleId"),
        },
        exclusions=(
            ExclusionRule("disabled", "Status", "suspended|archived", "are suspended in Google Workspace"),
            ExclusionRule("disabled", "suspended", TRUE, "are suspended in Google Workspace"),
            ExclusionRule("disabled", "archived", TRUE, "are archived in Google Workspace"),
        ),
    ),
    Preset(
        "google-contacts",
        "Google Contacts (Google CSV)",
        (signature("E-mail1-Value"), signature("Phone1-Value", some="Phone1-Label Phone1-Type")),
        map_fields(
            email="E-mail 1 - Value[split=:::].0",
            phoneNumber="Phone 1 - Value[split=:::].0",
            firstName="First Name|Given Name",
            lastName="Last Name|Family Name",
            alias="Nickname",
            jobTitle="Organization Title|Organization 1 - Title",
        ),
        hints={
            **{f"E-mail {number} - Value": ONE_EMAIL for number in range(2, 10)},
            **{f"Phone {number} - Value": ONE_PHONE for number in range(2, 10)},
            "Notes": "map to metadata.notes to import them",
            "Labels": "map to metadata.labels to import them",
        },
    ),
)
