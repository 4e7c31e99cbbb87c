"""Users: list, read, create, update, delete."""

from __future__ import annotations

from dyntui.api.catalog import catalog
from dyntui.core.ids import is_uuid
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import Reply, bad_request, invalid, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import Record, unique_keys
from dyntui.sandbox.user_repository import SORTABLE, UserFilter
from dyntui.sandbox.user_rules import apply_profile, check_row, new_record, refuse_duplicates, with_empty_texts


def serialize_user(
    call: OperationCall, record: Record, position: int, *, sessions: bool = False, alone: bool = False
) -> Document:
    """Return a user as the API shows it, by the behavior flags."""
    nulls = call.sandbox.flags["null-fields"] == "null"
    return call.sandbox.serializer.user(record, position, nulls=nulls, sessions=sessions, alone=alone)


def find_user(call: OperationCall) -> tuple[int, Record]:
    """Return the position and record of the user of the path. Raises RequestRefused (404)."""
    return load_user(call, call.sandbox.users.position_of(call.path["userId"]))


def find_owner(call: OperationCall, id: str, title: str) -> tuple[int, Record]:
    """Return the position and record of the user whose session, wallet or social account has an id.

    The record may lack that object, because an id only encodes the position. Raises RequestRefused (404).
    """
    return load_user(call, call.sandbox.ids.owner(id), title)


def load_user(call: OperationCall, position: int | None, title: str = "User") -> tuple[int, Record]:
    """Return a position and the record there. Raises RequestRefused (404) with the title if there is none."""
    record = None if position is None else call.sandbox.users.load(position)
    if position is None or record is None:
        raise not_found(title)
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
    order = call.order(SORTABLE, "users")
    total, positions = call.sandbox.users.page(
        user_filter, order, call.query.get("offset", 0), call.query.get("limit", 20)
    )
    records = call.sandbox.users.load_many(positions)
    sessions = bool(call.query.get("includeSessions")) and flags.on("sessions-on-list")
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
    body = with_empty_texts(dict(call.body), call.sandbox.flags)
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
    body = with_empty_texts(call.body, call.sandbox.flags)
    check_row(body, call.sandbox.flags, update=True)
    before = unique_keys(record)
    # Fields that the operation does not support (email, wallets, ...) are ignored, as unknown fields are.
    supported = catalog().schemas["InternalUpdatableUserFields"]["properties"]
    updates = {name: value for name, value in body.items() if name in supported}
    apply_profile(record, updates, replace_metadata=call.sandbox.flags["update-metadata"] == "replace")
    record["updatedAt"] = call.now
    keys = unique_keys(record)
    refuse_duplicates(record, keys, call.sandbox.store.owners(keys), position)
    call.sandbox.users.save([(position, record, before)])
    user = serialize_user(call, record, position)
    call.emit("user.updated", user)
    return {"user": user}


@operation("deleteUser", "deleteUserLegacy")
def delete_user(call: OperationCall) -> None:
    position, record = find_user(call)
    user = serialize_user(call, record, position)
    record["deletedAt"] = call.now
    call.sandbox.users.delete(position, record)
    call.emit("user.deleted", user)
