"""Send rows as users: the bulk endpoint, single creates for rows without a key, and look-ups."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence

from dyntui.core.json_types import as_object, as_objects, as_text
from dyntui.core.times import parse_time
from dyntui.importer import natural_keys
from dyntui.services.imports.destination import (
    BatchRequest,
    FoundRow,
    LookupInconclusive,
    SendQueue,
    ServerReader,
    refused_row_outcome,
)
from dyntui.services.imports.response_outcome import ResponseOutcome
from dyntui.services.imports.server_reader import read_pages
from dyntui.store.journal import JournalOutcome, WorkRow
from dyntui.store.states import RowState

__all__ = ["UserDestination", "updated_at", "user_keys"]

BULK = SendQueue(0, "bulkCreateUser")
SINGLE = SendQueue(1, "createUser", max_rows=1)

_MAX_FOUND = 2000
"""The maximum of users that a search for one value reads."""


class UserDestination:
    """Rows become users. upsert: users that exist are updated."""

    noun = "user"
    queues: tuple[SendQueue, ...] = (BULK, SINGLE)
    list_operation = "getEnvironmentUsers"

    def __init__(self, *, upsert: bool = False) -> None:
        self.upsert = upsert

    def build_request(self, queue: SendQueue, rows: Sequence[WorkRow]) -> BatchRequest:
        if queue is SINGLE:
            (row,) = rows
            if row.keys:  # the id is from the file, so it is in the body
                return BatchRequest(queue.operation, row.body)
            separator = b"," if len(row.body) > 2 else b""
            return BatchRequest(queue.operation, b'{"id":"' + row.chosen_id.encode() + b'"' + separator + row.body[1:])
        content = b"[" + b",".join([row.body for row in rows]) + b"]"
        return BatchRequest(queue.operation, content, query={"upsert": self.upsert})

    def read_response(
        self, queue: SendQueue, rows: Sequence[WorkRow], response: ResponseOutcome
    ) -> list[JournalOutcome]:
        document = response.document
        if not isinstance(document, Mapping):
            return []
        if queue is SINGLE:
            user = document.get("user", document)
            if not isinstance(user, Mapping) or not isinstance(user.get("id"), str):
                return []
            return [JournalOutcome(rows[0].number, RowState.CREATED, as_text(user["id"]), stamp=updated_at(user))]
        return self._read_bulk(rows, document)

    def _read_bulk(self, rows: Sequence[WorkRow], document: Mapping[str, object]) -> list[JournalOutcome]:
        by_key = {key: row for row in rows for key in row.key_list}
        outcomes: dict[int, JournalOutcome] = {}
        for name, state in (("created", RowState.CREATED), ("updated", RowState.UPDATED)):
            for user in as_objects(document.get(name)):
                row = _owner(user, by_key)
                if row is not None and isinstance(user.get("id"), str):
                    outcomes.setdefault(
                        row.number, JournalOutcome(row.number, state, as_text(user["id"]), stamp=updated_at(user))
                    )
        failures = as_objects(document.get("failed"))
        for failure in failures:
            echo = failure.get("user")
            row = _owner(echo, by_key) if isinstance(echo, Mapping) else None
            if row is None and len(rows) == len(failures) == 1 and not outcomes:
                row = rows[0]  # the failure can only be about this row
            if row is not None:
                refused = refused_row_outcome(
                    row, str(failure.get("code") or "refused"), str(failure.get("error") or "")
                )
                outcomes.setdefault(row.number, refused)
        return list(outcomes.values())

    async def find(self, read_server: ServerReader, row: WorkRow, *, thorough: bool = False) -> list[FoundRow]:
        keys = row.key_list
        seen: dict[str, FoundRow] = {}
        if row.chosen_id and (user := await _user_with_id(read_server, row.chosen_id)):
            seen[row.chosen_id] = self.to_found_row(user, row)
            if not keys or not thorough:
                return list(seen.values())
        for query in _lookups(row.document):
            async for page in _search(read_server, query):
                for user in page:
                    if not user_keys(user).isdisjoint(keys):
                        found = self.to_found_row(user, row)
                        seen[found.id] = found
            if not thorough and any(found.has_first_key for found in seen.values()):
                break
        return list(seen.values())

    def can_search(self, row: WorkRow) -> bool:
        return True

    async def count(self, read_server: ServerReader) -> int | None:
        answer = await read_server("getEnvironmentUsers", query={"limit": 1})
        count = as_object(answer).get("count")
        return int(count) if isinstance(count, (int, float)) else None

    def list_all(self, read_server: ServerReader) -> AsyncIterator[list[Mapping[str, object]]]:
        return read_pages(read_server, "getEnvironmentUsers", "users", order="createdAt-asc")

    def list_newest(
        self, read_server: ServerReader, max_rows: int | None = None
    ) -> AsyncGenerator[list[Mapping[str, object]], None]:
        return read_pages(read_server, "getEnvironmentUsers", "users", order="createdAt-desc", max_rows=max_rows)

    def to_found_row(self, document: Mapping[str, object], row: WorkRow) -> FoundRow:
        primary = document.get("id") == row.chosen_id or (bool(row.keys) and row.key_list[0] in user_keys(document))
        updated = _ms(document.get("updatedAt"))
        return FoundRow(str(document.get("id", "")), self.created_at(document), updated, primary, document)

    def created_at(self, document: Mapping[str, object]) -> int | None:
        return _ms(document.get("createdAt"))

    def keys_of(self, document: Mapping[str, object]) -> set[str]:
        return user_keys(document)

    def diff(self, document: Mapping[str, object], body: Mapping[str, object]) -> dict[str, tuple[object, object]]:
        out: dict[str, tuple[object, object]] = {}
        for name, value in body.items():
            if name in ("email", "emailVerifiedAt"):
                continue  # an upsert is not known to change the first, and the answer does not show the second
            if name in ("wallets", "oauthAccounts"):
                if missing := sorted(set(natural_keys({name: value})) - user_keys(document)):
                    out[name] = (None, missing)
            elif name == "metadata":
                there = as_object(document.get("metadata"))
                for key, part in as_object(value).items():
                    if there.get(key) != part:
                        out[f"metadata.{key}"] = (there.get(key), part)
            elif document.get(name) != value:
                out[name] = (document.get(name), value)
        return out


async def _user_with_id(read_server: ServerReader, user_id: str) -> Mapping[str, object] | None:
    """Return the user with an id; None when there is none."""
    from dyntui.api.errors import NotFound

    try:
        answer = await read_server("getUser", path={"userId": user_id})
    except NotFound:
        return None
    user = as_object(as_object(answer).get("user", answer))
    return user if user.get("id") == user_id else None


def updated_at(user: Mapping[str, object]) -> str:
    """Return the time of the last change as the server gives it; "" when it does not."""
    return str(user.get("updatedAt") or "")


def user_keys(user: Mapping[str, object]) -> set[str]:
    """Return every natural key of a user in an API response: on the user and on its verified credentials."""
    keys = set(natural_keys(user))
    for credential in as_objects(user.get("verifiedCredentials")):
        keys.update(natural_keys(_as_user(credential)))
    return keys


def _owner(user: Mapping[str, object], by_key: Mapping[str, WorkRow]) -> WorkRow | None:
    """Return the row that a user in the response belongs to; None when no row or several match."""
    if (row := by_key.get(f"email:{user.get('email')}")) is not None:
        return row  # kept as it was sent, in its normal form: the usual case
    for key in natural_keys(user):
        if (row := by_key.get(key)) is not None:
            return row
    owners = {row.number: row for key in user_keys(user) if (row := by_key.get(key)) is not None}
    return next(iter(owners.values())) if len(owners) == 1 else None


def _as_user(credential: Mapping[str, object]) -> dict[str, object]:
    """Return the user fields that a verified credential shows. Its names are in snake_case.

    Source: docs/vendor-api.md#credential-field-names.
    """
    identifier = credential.get("public_identifier")
    match credential.get("format"):
        case "email":
            return {"email": credential.get("email") or identifier}
        case "phoneNumber":
            number = str(credential.get("phoneNumber") or identifier or "")
            country = str(credential.get("phoneCountryCode") or "").lstrip("+")
            return {"phoneNumber": number if number.startswith("+") or not country else f"+{country}{number}"}
        case "blockchain":
            wallet = {"publicKey": credential.get("address") or identifier, "chain": credential.get("chain")}
            return {"wallets": [wallet]}
        case "oauth":
            account = {"provider": credential.get("oauth_provider"), "accountId": credential.get("oauth_account_id")}
            return {"oauthAccounts": [account]}
    return {}


def _lookups(body: Mapping[str, object]) -> Iterator[dict[str, str]]:
    """Iterate over the server filters that a user with a key of this row passes, in the order of the keys.

    A server may store what it was sent or its lower-case form, and may compare exactly; both forms are looked up.
    """
    values = [(column, body.get(column)) for column in ("email", "phoneNumber", "username")]
    values += [("walletPublicKey", wallet.get("publicWalletAddress")) for wallet in as_objects(body.get("wallets"))]
    values += [("accountId", account.get("accountId")) for account in as_objects(body.get("oauthAccounts"))]
    for column, value in values:
        if value:
            for form in dict.fromkeys((str(value), str(value).lower())):
                yield {"filterColumn": column, "filterValue": form}


async def _search(read_server: ServerReader, query: Mapping[str, str]) -> AsyncIterator[list[Mapping[str, object]]]:
    """Iterate over the users that pass a server filter. Raises LookupInconclusive when there are too many."""
    count = 0
    async for page in read_pages(
        read_server, "getEnvironmentUsers", "users", query={"filter": query}, max_rows=_MAX_FOUND + 1
    ):
        yield page
        count += len(page)
    if count > _MAX_FOUND:
        raise LookupInconclusive(f"The server finds more than {_MAX_FOUND:,} users for this {query['filterColumn']}.")


def _ms(value: object) -> int | None:
    moment = parse_time(value)
    return None if moment is None else round(moment.timestamp() * 1000)
