"""Presets for the directories of Google: Workspace users and contacts."""

from __future__ import annotations

from dyntui.importer.preset_types import PHONE, TRIM, ExclusionRule, Preset, signature

__all__ = ["CONTACT_PRESETS"]

_ONE_EMAIL = "is not imported: a user has one email"
_ONE_PHONE = "is not imported: a user has one phone number"

CONTACT_PRESETS: tuple[Preset, ...] = (
    Preset(
        "google-workspace",
        "Google Workspace (users of the Admin console or the Directory API)",
        (
            signature("emailaddressrequired", some="firstnamerequired lastnamerequired orgunitpathrequired"),
            signature("primaryEmail", some="name.givenName name.fullName orgUnitPath isAdmin suspended", at_least=1),
            signature("primaryEmail name.givenName"),
        ),
        {
            "Email Address": ("email", TRIM),
            "First Name": ("firstName", TRIM),
            "Last Name": ("lastName", TRIM),
            "Mobile Phone": ("phoneNumber", PHONE),
            "Employee Title": ("jobTitle", TRIM),
            "Department": ("team", TRIM),
            "primaryEmail": ("email", TRIM),
            "name.givenName": ("firstName", TRIM),
            "name.familyName": ("lastName", TRIM),
            "phones[type=mobile].value": ("phoneNumber", PHONE),
        },
        hints={
            "Recovery Phone": "maybe phoneNumber; several users can have the same recovery phone",
            "Recovery Email": _ONE_EMAIL,
            "Home Secondary Email": _ONE_EMAIL,
            "Work Secondary Email": _ONE_EMAIL,
            "Password": "is not imported: Dynamic has no passwords",
            "Work Phone": _ONE_PHONE,
            "Home Phone": _ONE_PHONE,
            "name": "split into the fields below",
            "emails": "the primary email is imported; a user has one",
            "id": "map to metadata.googleId to keep it",
        },
        exclusions=(
            ExclusionRule("disabled", "Status [READ ONLY]", "suspended|archived", "are suspended in Google Workspace"),
            ExclusionRule("disabled", "Status", "suspended|archived", "are suspended in Google Workspace"),
            ExclusionRule("disabled", "suspended", "true", "are suspended in Google Workspace"),
            ExclusionRule("disabled", "archived", "true", "are archived in Google Workspace"),
        ),
        export="Directory > Users > Download users in the Admin console (CSV), or `users.list` of the Directory API",
        transferred="primary email, name, mobile phone, job title, department",
        left_out="passwords; recovery and secondary addresses; suspended users (`--include disabled`)",
        samples=("google-workspace.csv",),
    ),
    Preset(
        "google-contacts",
        "Google Contacts (Google CSV)",
        (signature("E-mail1-Value"),),
        {
            "E-mail 1 - Value[split=:::].0": ("email", TRIM),
            "First Name|Given Name": ("firstName", TRIM),
            "Last Name|Family Name": ("lastName", TRIM),
            "Nickname": ("alias", TRIM),
            "Phone 1 - Value[split=:::].0": ("phoneNumber", PHONE),
            "Organization Title|Organization 1 - Title": ("jobTitle", TRIM),
        },
        hints={
            **{f"E-mail {number} - Value": _ONE_EMAIL for number in range(2, 10)},
            **{f"Phone {number} - Value": _ONE_PHONE for number in range(2, 10)},
            "Notes": "map to metadata.notes to import them",
            "Labels": "map to metadata.labels to import them",
        },
        export="Export > Google CSV in contacts.google.com (not vCard)",
        transferred="the first email and phone, name, nickname, job title",
        left_out="other addresses: a user has one; postal addresses, birthdays, notes and labels",
        samples=("google-contacts.csv",),
    ),
)
