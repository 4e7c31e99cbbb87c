"""Allowlists and their entries. The API creates entries one by one and cannot change them."""

from __future__ import annotations

from dyntui.sandbox.access_lists import IDENTIFIERS, entry_identifiers
from dyntui.sandbox.document_resource import DocumentResource, admin_event
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import Reply, bad_request, invalid, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import fold_case

_SORTABLE = frozenset({"id", "alias", "createdAt", *IDENTIFIERS})
_SEARCHED = {"documented": ("alias", "walletPublicKey", "email"), "all": ("alias", *IDENTIFIERS)}


def _make(call: OperationCall, body: Document) -> Document:
    return {
        "name": body.get("name") or f"Allowlist {call.sandbox.store.next_number('unnamed allowlists')}",
        "projectEnvironmentId": call.path["environmentId"],
        "scope": body.get("scope"),
        "outcome": body.get("outcome", "scope"),
    }


ALLOWLISTS = DocumentResource(
    "allowlists",
    "Allowlist",
    fields=("name", "scope", "outcome"),
    unique=("name",),
    exists_code="allowlist_already_exists",
    disabled_at_first=True,
    make=_make,
)
ALLOWLISTS.serve(
    "getAllowlistsByEnvironmentId",
    "createAllowlistByEnvironmentId",
    "getAllowlistsById",
    "updateAllowlistById",
    "enableAllowlistById",
    "disableAllowlistById",
)


@operation("deleteAllowlistById")
def delete_allowlist(call: OperationCall) -> None:
    found = ALLOWLISTS.find(call)
    for entry in call.sandbox.store.all("allowlistEntries", found["id"]):
        _remove(call, found["id"], entry)
    ALLOWLISTS.delete(call)


@operation("getEntriesByAllowlistId")
def list_entries(call: OperationCall) -> Document:
    parent = ALLOWLISTS.find(call)["id"]
    column, _, direction = call.order(_SORTABLE, "entries", "createdAt-asc").partition("-")
    descending = direction == "desc"
    word = fold_case(call.query.get("query", ""))
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 20)
    store = call.sandbox.store
    if not word and column == "createdAt":
        total, entries = store.page("allowlistEntries", parent, offset, limit, newest_first=descending)
        return {"count": total, "entries": entries}
    names = _SEARCHED[call.sandbox.flags["entry-query"]]
    found = [entry for entry in store.all("allowlistEntries", parent) if not word or _matches(entry, names, word)]
    if column != "createdAt":
        found.sort(key=lambda entry: _sort_key(entry.get(column)))
    if descending:
        found.reverse()
    return {"count": len(found), "entries": found[offset : offset + limit]}


def _matches(entry: Document, names: tuple[str, ...], word: str) -> bool:
    return any(word in fold_case(str(entry.get(name, ""))) for name in names)


def _sort_key(value: object) -> tuple[bool, float, str]:
    """Return the sort key of a value: none first, numbers by size, texts without case."""
    if isinstance(value, (int, float)):
        return True, value, ""
    return value is not None, 0, fold_case(str(value or ""))


@operation("postEntryByAllowlistId")
def add_entry(call: OperationCall) -> Reply:
    found = ALLOWLISTS.find(call)
    store = call.sandbox.store
    values = {name: call.body[name] for name in ("alias", *IDENTIFIERS) if call.body.get(name) not in (None, "")}
    named = entry_identifiers(values)
    if not named or (len(named) > 1 and call.sandbox.flags["allowlist-identifiers"] == "one"):
        raise bad_request(f"body must have exactly one of {', '.join(IDENTIFIERS)}")
    keys = [f"a:{found['id']}:{name}" for name in named]
    if store.owners(keys):
        raise invalid("allowlist_entry_already_exists", "The allowlist has this entry already")
    entry = {"id": call.new_id("allowlistEntries"), "allowListId": found["id"], **values}
    store.put("allowlistEntries", entry, found["id"])
    store.claim((key, 0) for key in keys)
    admin_event(call, "allowlistEntry", "created", entry)
    return Reply(201, entry)


@operation("deleteAllowlistEntryById")
def delete_entry(call: OperationCall) -> None:
    id = call.path["allowlistEntryId"]
    entry, parent = call.sandbox.store.get("allowlistEntries", id), call.sandbox.store.parent("allowlistEntries", id)
    if entry is None or parent is None:
        raise not_found("Allowlist entry")
    _remove(call, parent, entry)
    admin_event(call, "allowlistEntry", "deleted", entry)


def _remove(call: OperationCall, parent: str, entry: Document) -> None:
    call.sandbox.store.release(f"a:{parent}:{name}" for name in entry_identifiers(entry))
    call.sandbox.store.remove("allowlistEntries", entry["id"])
