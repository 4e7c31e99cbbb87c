"""POST users/bulk: creates and updates many users, with partial success.

The response has no row index; a client can match rows by content only.
"""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.core.json_types import as_object, as_text
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.users import serialize_user
from dyntui.sandbox.replies import Reply, RequestRefused, bad_request
from dyntui.sandbox.schema_validation import Violation, body_violations, row_violations
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import Record, row_unique_keys, unique_keys
from dyntui.sandbox.user_rules import check_row, merge_row, new_record, refuse_duplicates, with_empty_texts

_KEY_FIELDS = ("email", "phoneNumber", "username", "wallets", "oauthAccounts")


@operation("bulkCreateUser", checks_body=True)
def bulk_create(call: OperationCall) -> Reply:
    rows = call.body
    flags = call.sandbox.flags
    if not isinstance(rows, list):
        raise bad_request("body must be array")
    limit = flags.number("bulk-max-rows")
    if 0 < limit < len(rows):
        status = flags.number("bulk-too-many")
        message = "request entity too large" if status == 413 else f"body must NOT have more than {limit} items"
        raise RequestRefused(Reply(status, {"error": message}))
    batch = _Batch(call, _violations(call, rows), upsert=bool(call.query.get("upsert")))
    for index, row in enumerate(rows):
        batch.process_row(index, row)
    return Reply(201, batch.finish())


def _violations(call: OperationCall, rows: list[object]) -> Mapping[int, Violation]:
    strictness = call.sandbox.strictness
    if call.sandbox.flags["bulk-violation"] == "row":
        return row_violations(call.operation, rows, **strictness)
    for violation in body_violations(call.operation, rows, **strictness):
        raise bad_request(violation.message)
    return {}


class _Batch:
    """Processes the rows of one request in order. A row can match a user that an earlier row created."""

    def __init__(self, call: OperationCall, violations: Mapping[int, Violation], *, upsert: bool) -> None:
        self._call = call
        self._users = call.sandbox.users
        self._violations = violations
        self._upsert = upsert
        self._now = call.now
        self._next = self._users.next_position()
        self._created: dict[int, tuple[Record, list[str]]] = {}
        self._updated: dict[int, tuple[Record, list[str]]] = {}
        self._failed: list[Document] = []
        self._order: dict[tuple[str, int], None] = {}  # used as an ordered set
        keys = {key for i, row in enumerate(call.body) if i not in violations for key in row_unique_keys(row)}
        self._owners = call.sandbox.store.owners(list(keys))

    def process_row(self, index: int, row: Document) -> None:
        """Create or update the user of a row, or record its failure."""
        if violation := self._violations.get(index):
            self._fail(row, violation.message, violation.code)
            return
        try:
            values = with_empty_texts(row, self._call.sandbox.flags)
            check_row(values, self._call.sandbox.flags)
            self._create_or_update(values)
        except RequestRefused as refusal:
            body = as_object(refusal.reply.body)
            self._fail(row, as_text(body.get("error")), as_text(body.get("code")))

    def _create_or_update(self, row: Document) -> None:
        record = new_record(row, self._next, self._call.sandbox.ids, self._now)
        keys = unique_keys(record)
        if self._upsert and (position := self._match(keys)) is not None:
            self._update(position, row)
            return
        refuse_duplicates(record, keys, self._owners, self._next)
        self._created[self._next] = (record, keys)
        self._order["created", self._next] = None
        self._owners.update(dict.fromkeys(keys, self._next))
        self._next += 1

    def _match(self, keys: list[str]) -> int | None:
        kinds = "e" if self._call.sandbox.flags["upsert-match"] == "email" else "epuwo"
        return next((self._owners[key] for key in keys if key[0] in kinds and key in self._owners), None)

    def _update(self, position: int, row: Document) -> None:
        new = position in self._created
        if new:
            record, before = self._created[position]
        elif position in self._updated:
            record, before = self._updated[position]
        else:
            found = self._users.load(position)
            assert found is not None, "a key belongs to a user"
            record, before = found, unique_keys(found)
        changed: Record = {
            **record,
            "profile": {**record["profile"]},
            "wallets": [*map(dict, record["wallets"])],
            "oauth": [*record["oauth"]],
        }
        merge_row(changed, row, position, self._call.sandbox.ids, self._now, self._call.sandbox.flags)
        keys = unique_keys(changed)
        refuse_duplicates(changed, keys, self._owners, position)
        for key in set(unique_keys(record)) - set(keys):
            self._owners.pop(key, None)
        self._owners.update(dict.fromkeys(keys, position))
        if new:
            self._created[position] = (changed, keys)
        else:
            self._updated[position] = (changed, before)
        self._order["updated", position] = None

    def _fail(self, row: object, message: str, code: str) -> None:
        echo = self._call.sandbox.flags["bulk-echo"]
        entry: Document = {"error": message, "code": code}
        if echo != "none" and isinstance(row, dict):
            entry["user"] = row if echo == "input" else {name: row[name] for name in _KEY_FIELDS if name in row}
        self._failed.append(entry)

    def finish(self) -> Document:
        """Store the users, write the events and return the body of the response."""
        self._users.save((position, record, before) for position, (record, before) in self._updated.items())
        self._users.add((position, record, keys) for position, (record, keys) in self._created.items())
        out: dict[str, list[Document]] = {"created": [], "updated": []}
        for kind, position in self._order:
            record = (self._created.get(position) or self._updated[position])[0]
            out[kind].append(serialize_user(self._call, record, position))
        for kind, users in out.items():
            self._call.sandbox.events.emit_many(f"user.{kind}", users, at=self._now)
        if self._call.sandbox.flags["bulk-order"] == "reversed":
            for users in out.values():
                users.reverse()
        return {**out, "failed": self._failed, "total": len(self._call.body)}
