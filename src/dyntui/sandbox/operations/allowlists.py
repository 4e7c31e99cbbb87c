"""Access lists and their entries. Entries come one at a time, and there is no way to change one."""

from __future__ import annotations

import re
from typing import Any

from dyntui.sandbox.calls import Call, Reply, bad_request, invalid, not_found, operation
from dyntui.sandbox.lists import IDENTIFIERS, identifiers
from dyntui.sandbox.records import fold, iso

_ORDER = re.compile(r"([A-Za-z]+)-(asc|desc)\Z")
_SORTABLE = frozenset({"id", "alias", "createdAt", *IDENTIFIERS})

Json = dict[str, Any]


def _the_list(call: Call) -> Json:
    found = call.sandbox.store.get("allowlists", call.path["allowlistId"])
    if found is None:
        raise not_found("Allowlist")
    return found


def _refuse_name(call: Call, name: str, own: str = "") -> None:
    if any(each["name"] == name and each["id"] != own for each in call.sandbox.store.all("allowlists")):
        raise invalid("allowlist_already_exists", "An allowlist with this name already exists")


@operation("getAllowlistsByEnvironmentId")
def list_allowlists(call: Call) -> Any:
    return call.sandbox.store.all("allowlists")


@operation("createAllowlistByEnvironmentId")
def create_allowlist(call: Call) -> Any:
    store = call.sandbox.store
    number = store.next_number("allowlists")
    name = call.body.get("name", f"Allowlist {number}")
    _refuse_name(call, name)
    made = {
        "id": call.sandbox.ids.uuid(f"created allowlist {number}"),
        "name": name,
        "enabledAt": None,
        "projectEnvironmentId": call.path["environmentId"],
        "scope": call.body.get("scope"),
        "outcome": call.body.get("outcome", "scope"),
    }
    store.put("allowlists", made)
    return Reply(201, made)


@operation("getAllowlistsById")
def get_allowlist(call: Call) -> Any:
    return _the_list(call)


@operation("updateAllowlistById")
def update_allowlist(call: Call) -> Any:
    found = _the_list(call)
    changes = {name: call.body[name] for name in ("name", "scope", "outcome") if name in call.body}
    if "name" in changes:
        _refuse_name(call, changes["name"], found["id"])
    found |= changes
    call.sandbox.store.put("allowlists", found)
    return found


@operation("enableAllowlistById", "disableAllowlistById")
def switch_allowlist(call: Call) -> Any:
    found = _the_list(call)
    found["enabledAt"] = (found["enabledAt"] or iso(call.now)) if call.operation.id == "enableAllowlistById" else None
    call.sandbox.store.put("allowlists", found)
    return found


@operation("deleteAllowlistById")
def delete_allowlist(call: Call) -> None:
    found = _the_list(call)
    for entry in call.sandbox.store.all("allowlistEntries", found["id"]):
        _remove(call, found["id"], entry)
    call.sandbox.store.remove("allowlists", found["id"])


@operation("getEntriesByAllowlistId")
def list_entries(call: Call) -> Any:
    found = _the_list(call)
    entries = call.sandbox.store.all("allowlistEntries", found["id"])
    if word := fold(call.query.get("query", "")):
        entries = [
            entry
            for entry in entries
            if any(word in fold(str(entry.get(name, ""))) for name in ("alias", *IDENTIFIERS))
        ]
    if (order := call.query.get("orderBy")) is not None:
        match = _ORDER.match(order)
        if match is None or (match[1] not in _SORTABLE and call.sandbox.switches["unknown-order"] == "reject"):
            raise bad_request("query/orderBy must look like COLUMN-asc or COLUMN-desc")
        if match[1] != "createdAt" and match[1] in _SORTABLE:
            entries.sort(key=lambda entry: fold(str(entry.get(match[1], ""))))
        if match[2] == "desc":
            entries.reverse()
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 20)
    return {"count": len(entries), "entries": entries[offset : offset + limit]}


@operation("postEntryByAllowlistId")
def add_entry(call: Call) -> Any:
    found = _the_list(call)
    store = call.sandbox.store
    wanted = {name: call.body[name] for name in ("alias", *IDENTIFIERS) if call.body.get(name) not in (None, "")}
    named = identifiers(wanted)
    if not named or (len(named) > 1 and call.sandbox.switches["allowlist-identifiers"] == "one"):
        raise bad_request(f"body must have exactly one of {', '.join(IDENTIFIERS)}")
    keys = [f"a:{found['id']}:{name}" for name in named]
    if store.owners(keys):
        raise invalid("allowlist_entry_already_exists", "The allowlist has this entry already")
    entry = {
        "id": call.sandbox.ids.uuid(f"created allowlist entry {store.next_number('allowlistEntries')}"),
        "allowListId": found["id"],
        **wanted,
    }
    store.put("allowlistEntries", entry, found["id"])
    store.claim((key, 0) for key in keys)
    return Reply(201, entry)


@operation("deleteAllowlistEntryById")
def delete_entry(call: Call) -> None:
    id = call.path["allowlistEntryId"]
    entry, parent = call.sandbox.store.get("allowlistEntries", id), call.sandbox.store.parent("allowlistEntries", id)
    if entry is None or parent is None:
        raise not_found("Allowlist entry")
    _remove(call, parent, entry)


def _remove(call: Call, parent: str, entry: Json) -> None:
    call.sandbox.store.release(f"a:{parent}:{name}" for name in identifiers(entry))
    call.sandbox.store.remove("allowlistEntries", entry["id"])
