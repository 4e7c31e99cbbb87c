"""Allowlists and their entries; records for `all_resources.RESOURCES`."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.core.effect import Effect
from dyntui.resources.action import ResourceAction, create_action, delete_action, edit_action
from dyntui.resources.cell_formats import enabled_since
from dyntui.resources.columns import id_column
from dyntui.resources.configuration import WHOLE_ELEMENT, Configuration
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource, Row
from dyntui.resources.undo import (
    Undo,
    created_again,
    irreversible,
    restored,
    undone_as_entries,
    undone_as_job,
    undone_by,
    undone_by_deletion,
)

__all__ = [
    "ALLOWLISTS",
    "ALLOWLIST_ENTRIES",
    "ENTRY_ORDERS",
    "IDENTIFIER_TITLES",
    "MAX_SAVED_ENTRIES",
    "access_actions",
    "entry_label",
    "identifier_kind",
]

IDENTIFIER_TITLES: Mapping[str, str] = {
    "email": "email",
    "emailDomain": "email domain",
    "walletPublicKey": "wallet",
    "phoneNumber": "phone",
    "discordUsername": "Discord",
    "twitterUsername": "Twitter",
    "farcasterUsername": "Farcaster name",
    "farcasterFid": "Farcaster id",
    "externalUserId": "external user id",
}
"""Names of the identifiers for people. An entry has exactly one identifier."""

MAX_SAVED_ENTRIES = 500
"""The maximum of entries that the audit log saves of a deleted allowlist."""

ENTRY_ORDERS: Mapping[str, str] = {"createdAt": "time added", "alias": "alias", **IDENTIFIER_TITLES}
"""Orders of entries: the name in the API and the name for people. Which of them a server accepts is not documented."""


def access_actions(
    noun: str,
    create: str,
    update: str,
    enable: str,
    disable: str,
    delete: str,
    *,
    fields: tuple[str, ...],
    deletion: Undo,
    warning: str = "",
) -> tuple[ResourceAction, ...]:
    """Return the actions that allowlists and gates share. `services.access.actions` assesses their impact on sign-in.

    deletion, warning: how a deletion is undone, and what to know before it.
    """
    article = "an" if noun[0] in "aeiou" else "a"
    return (
        create_action(create, f"Create {article} {noun}.", fields=fields, undo=undone_by_deletion(), warning="It is disabled until you enable it."),
        edit_action(update, f"Edit the {noun}.", decides_access=True, fields=fields, undo=restored()),
        ResourceAction("enable", enable, f"Enable the {noun}. It applies from the next sign-in.", decides_access=True, undo=undone_by("disable")),
        ResourceAction("disable", disable, f"Disable the {noun}.", decides_access=True, undo=undone_by("enable")),
        delete_action(delete, f"Delete the {noun}.", decides_access=True, undo=deletion, warning=warning),
    )  # fmt: skip


def identifier_kind(entry: Row) -> str:
    """Return the field that is the identifier of an entry; "" when it has none."""
    return next((field for field in IDENTIFIER_TITLES if entry.get(field) not in (None, "")), "")


def entry_label(entry: Row) -> str:
    """Return the name of an entry for people: its identifier."""
    return str(entry.get(identifier_kind(entry), ""))


ALLOWLISTS = Resource(
    name="allowlists",
    description="Who may sign in, by email, phone, wallet or domain",
    aliases=("al", "lists", "access"),
    list=ListOperation("getAllowlistsByEnvironmentId"),
    columns=(
        Column("name", "name", 24, grow=True, priority=0),
        Column("outcome", "outcome", 12, priority=0),
        Column("scope", "scope", 20, grow=True, priority=2),
        Column("enabledAt", "enabled", 18, format=enabled_since, priority=1),
        id_column(priority=3),
    ),
    detail="getAllowlistsById",
    route="allowlist-entries",
    empty="There are no allowlists in this environment, so everyone may sign in.",
    configuration=Configuration(identity=("name",), enabled_field="enabledAt"),
    command="allowlists",
    identified_by=("name",),
    actions=(
        *access_actions("allowlist", "createAllowlistByEnvironmentId", "updateAllowlistById", "enableAllowlistById", "disableAllowlistById",
            "deleteAllowlistById", fields=("name", "outcome", "scope"),
            deletion=created_again(then=("enable", "enabledAt"), limit=("savedEntries", f"if it has at most {MAX_SAVED_ENTRIES} entries")),
            warning="Its entries are deleted with it. Export a longer list first."),
        ResourceAction("sync", "postEntryByAllowlistId", "Make the entries match a file or another allowlist. The plan is shown first.", "match", key="S",
            variant_of="allowlist-entries.create", command="allowlists sync", effect=Effect.DESTRUCTIVE, extra_operations=("deleteAllowlistEntryById",), noun="entry", plural="entries", question="Change", past="changed",
            undo=undone_as_entries(), in_parallel=True),
        ResourceAction("undo", "postEntryByAllowlistId", "Undo the last change to the entries.", key="u", variant_of="allowlist-entries.create", command="allowlists undo",
            effect=Effect.DESTRUCTIVE, extra_operations=("deleteAllowlistEntryById",), noun="entry", plural="entries", question="Undo the changes to", past="undone", result_subject="Changes to",
            undo=undone_as_entries(), in_parallel=True),
        ResourceAction("import", "postEntryByAllowlistId", "Import entries from a file.", key="i", variant_of="allowlist-entries.create", command="allowlists import",
            noun="file", past="imported", undo=undone_as_job(), warning="Entries of an enabled allowlist take effect immediately."),
        ResourceAction("import-undo", "deleteAllowlistEntryById", "Delete the entries that an import created.", variant_of="allowlist-entries.delete", command="jobs undo",
            effect=Effect.DESTRUCTIVE, noun="import", question="Undo", past="undone", undo=irreversible("Import the file again."),
            warning="These entries no longer allow or block the users who match them."),
    ),
)  # fmt: skip

ALLOWLIST_ENTRIES = Resource(
    name="allowlist-entries",
    description="The identifiers on one allowlist",
    singular="allowlist entry",
    parent_resource="allowlists",
    list=ListOperation("getEntriesByAllowlistId", "entries", Paging.OFFSET),
    filter=Filter("query", searched_locally=("alias", *IDENTIFIER_TITLES)),
    columns=(
        Column(title="identifier", width=34, grow=True, pick=entry_label, priority=0),
        Column(title="type", width=16, pick=lambda row: IDENTIFIER_TITLES.get(identifier_kind(row), ""), priority=1, former_titles=("kind",)),
        Column("alias", "alias", 20, priority=2),
        id_column(priority=3),
    ),
    empty="This allowlist has no entries.",
    configuration=Configuration(
        identity=("allowlist",),
        group_by="allowlist",
        by_choice=True,
        depends_on=("allowlists",),
        references={"allowlist": "allowlists"},
        list_keys={"entries": WHOLE_ELEMENT},
    ),
    label=entry_label,
    command="allowlists",
    actions=(
        ResourceAction("create", "postEntryByAllowlistId", "Add entries to the allowlist.", "add", decides_access=True, key="plus", command="allowlists add", noun="entry", plural="entries", question="Add",
            past="added", undo=undone_as_entries(), in_parallel=True),
        ResourceAction("edit", "postEntryByAllowlistId", "Edit the entry. The new entry is added, then the old one is deleted.", key="e",
            variant_of="allowlist-entries.create", command="allowlists edit-entry", effect=Effect.DESTRUCTIVE, extra_operations=("deleteAllowlistEntryById",), single_row=True,
            noun="entry", plural="entries", question="Change", past="changed", undo=undone_as_entries(note="gives the entry another id")),
        delete_action("deleteAllowlistEntryById", "Remove entries from the allowlist.", title="remove", decides_access=True, command="allowlists remove",
            noun="entry", plural="entries", question="Remove", past="removed", undo=undone_as_entries(note="gives the entries new ids"), in_parallel=True),
    ),
)  # fmt: skip
