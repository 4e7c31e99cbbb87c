"""Users: list, read, create, update, delete."""

from __future__ import annotations

import re

from dyntui.core.ids import is_uuid
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import Reply, bad_request, invalid, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import Record, unique_keys
from dyntui.sandbox.user_repository import SORTABLE, UserFilter
from dyntui.sandbox.user_rules import apply_profile, check_row, new_record, refuse_duplicates

_ORDER = re.compile(r"([A-Za-z]+)-(asc|desc)\Z")


def serialize_user(
    call: OperationCall, record: Record, position: int, *, sessions: bool = False, alone: bool = False
) -> Document:
    """Return a user as the API shows it, by the behavior flags."""
    nulls = call.sandbox.flags["null-fields"] == "null"
    return call.sandbox.serializer.user(record, position, nulls=nulls, sessions=sessions, alone=alone)


def find_user(call: OperationCall) -> tuple[int, Record]:
    """Return the position and record of the user of the path. Raises RequestRefused (404)."""
    position = call.sandbox.users.position_of(call.path["userId"])
    record = None if position is None else call.sandbox.users.load(position)
    if position is None or record is None:
        raise not_found("User")
    return position, record


@operation("getEnvironmentUsers")
def list_users(call: OperationCall) -> Document:
    flags = call.sandbox.flags
    filters = call.query.get("filter", {})
    user_filter = UserFilter(
        filters.get("filterValue", ""),
        filters.get("filterColumn", "all"),
        filters.get("chain", ""),
        filters.get("filterSocialProvider", ""),
        flags["filter-match"],
    )
    order = call.query.get("orderBy", flags["default-order"])
    found = _ORDER.match(order)
    if found is None:
        raise bad_request("query/orderBy must look like COLUMN-asc or COLUMN-desc")
    if found[1] not in SORTABLE:
        if flags["unknown-order"] == "reject":
            raise bad_request(f"query/orderBy: users cannot be sorted by {found[1]}")
        order = flags["default-order"]
    total, positions = call.sandbox.users.page(
        user_filter, order, call.query.get("offset", 0), call.query.get("limit", 20)
    )
    records = call.sandbox.users.load_many(positions)
    sessions = bool(call.query.get("includeSessions"))
    users = [serialize_user(call, records[position], position, sessions=sessions) for position in positions]
    return {"count": total if flags["users-count"] == "total" else len(users), "users": users}


@operation("getUser", "getUserLegacy")
def get_user(call: OperationCall) -> Document:
    position, record = find_user(call)
    return {
        "user": serialize_user(call, record, position, sessions=call.sandbox.flags.on("sessions-on-get"), alone=True)
    }


@operation("createUser")
def create_user(call: OperationCall) -> Reply:
    body = dict(call.body)
    id = body.pop("id", None)
    if id is not None and not is_uuid(id):
        raise bad_request("body/id must match the format of a UUID")
    if id is not None and call.sandbox.users.exists(id):
        raise invalid("duplicate_exists", "A user with this id already exists")
    check_row(body, call.sandbox.flags)
    position = call.sandbox.users.next_position()
    record = new_record(body, position, call.sandbox.ids, call.now, id=id)
    keys = unique_keys(record)
    refuse_duplicates(record, keys, call.sandbox.store.owners(keys), position)
    call.sandbox.users.add([(position, record, keys)])
    user = serialize_user(call, record, position)
    call.emit("user.created", user)
    return Reply(201, {"user": user})


@operation("updateUser", "updateUserLegacy")
def update_user(call: OperationCall) -> Document:
    position, record = find_user(call)
    check_row(call.body, call.sandbox.flags, update=True)
    before = unique_keys(record)
    # Fields that the operation does not support (email, wallets, ...) are ignored, as unknown fields are.
    updates = {name: value for name, value in call.body.items() if name in _UPDATABLE}
    apply_profile(record, updates, replace_metadata=call.sandbox.flags["update-metadata"] == "replace")
    record["updatedAt"] = call.now
    keys = unique_keys(record)
    refuse_duplicates(record, keys, call.sandbox.store.owners(keys), position)
    call.sandbox.users.save([(position, record, before)])
    user = serialize_user(call, record, position)
    call.emit("user.updated", user)
    return {"user": user}


_UPDATABLE = frozenset(
    {
    "alias", "firstName", "lastName", "jobTitle", "phoneNumber", "metadata", "mfaBackupCodeAcknowledgement",
    "tShirtSize", "team", "policiesConsent", "country", "username", "btcWallet", "kdaWallet", "ltcWallet",
    "ckbWallet", "kasWallet", "dogeWallet", "emailNotification", "discordNotification", "newsletterNotification",
}
)  # fmt: skip


@operation("deleteUser", "deleteUserLegacy")
def delete_user(call: OperationCall) -> None:
    position, record = find_user(call)
    user = serialize_user(call, record, position)
    record["deletedAt"] = call.now
    call.sandbox.users.delete(position, record)
    call.emit("user.deleted", user)
