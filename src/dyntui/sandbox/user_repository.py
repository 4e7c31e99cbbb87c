"""`UserRepository`: finds, lists, filters, sorts and stores the users of a sandbox."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from dyntui.core.process_state import without_garbage_collection
from dyntui.sandbox.addresses import chain_family
from dyntui.sandbox.clock import Clock
from dyntui.sandbox.parallel_seed import make_chunks
from dyntui.sandbox.sample_users import SampleUsers
from dyntui.sandbox.store import Store
from dyntui.sandbox.user_record import FIELDS, SEPARATOR, Record, UserRow, fold_case, to_row, unique_keys

__all__ = ["SORTABLE", "UserFilter", "UserRepository"]

_TIMES = {"createdAt": "created", "updatedAt": "updated", "firstVisit": "first", "lastVisit": "visited"}
_FIELD_AT = {name: i for i, name in enumerate(FIELDS)}
SORTABLE = frozenset({*_TIMES, *FIELDS})
_MAX_CACHED_ORDERS = 8
_CHUNK_SIZE = 500
_INSERT = """INSERT INTO people(pos, id, created, updated, first, visited, wallets, search, doc)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""


@dataclass(frozen=True, slots=True)
class UserFilter:
    """The filter of a list of users. Empty values do not filter; case is ignored."""

    value: str = ""
    """The text to find."""
    column: str = "all"
    """The field that contains the text, or `all`."""
    chain: str = ""
    """The chain of a wallet."""
    provider: str = ""
    """The provider of a social account."""
    match: str = "contains"
    """How a field matches the text: `contains`, `prefix` or `exact`."""

    def __bool__(self) -> bool:
        return bool(self.value or self.chain or self.provider)


class UserRepository:
    """The users of a sandbox, addressed by position: 1, 2, 3, ... in the order of creation.

    Callers hold the lock of the store.
    """

    def __init__(self, store: Store, sample_users: SampleUsers, clock: Clock) -> None:
        self._store = store
        self._sample_users = sample_users
        self._clock = clock
        self._revocations: list[tuple[int, int]] = orjson.loads(store.meta("revocations") or "[]")
        self._orders: OrderedDict[tuple[UserFilter, str], tuple[int, array[int]]] = OrderedDict()
        self._requested: dict[tuple[UserFilter, str], int] = {}
        self._count = (-1, 0)
        self._wallets: tuple[int, array[int]] = (-1, array("q"))

    def insert_sample_users(self) -> None:
        """Insert the searched values and unique keys of the sample users."""
        with without_garbage_collection():
            for rows, keys in make_chunks(self._sample_users):
                self._store.db.executemany(_INSERT, rows)
                self._store.db.executemany("INSERT INTO keys VALUES (?, ?)", keys)

    # one user --------------------------------------------------------------------------------------------------

    def position_of(self, id: str) -> int | None:
        """Return the position of the user with an id; None when there is none or it was deleted."""
        row = self._store.db.execute("SELECT pos FROM people WHERE id = ? AND deleted = 0", (id,)).fetchone()
        return row[0] if row else None

    def exists(self, id: str) -> bool:
        """Return whether a user with that id exists or existed."""
        return self._store.db.execute("SELECT 1 FROM people WHERE id = ?", (id,)).fetchone() is not None

    def load(self, position: int) -> Record | None:
        """Return the record at a position; None when there is none. A deleted user has `deletedAt`."""
        return self.load_many([position]).get(position)

    def load_many(self, positions: Sequence[int]) -> dict[int, Record]:
        """Return the records at these positions, by position."""
        marks = ",".join("?" * len(positions))
        rows = self._store.db.execute(f"SELECT pos, doc FROM people WHERE pos IN ({marks})", list(positions))
        found = {pos: orjson.loads(doc) if doc else self._sample_users.make_record(pos) for pos, doc in rows}
        for record in found.values() if self._revocations else ():
            self._revoke_sessions(record)
        return found

    def revoke_all_sessions(self, at: int, due: int) -> None:
        """Revoke the sessions that exist at a time, all of them at a later time. Times are in ms since 1970."""
        self._revocations.append((at, due))
        self._store.set_meta("revocations", orjson.dumps(self._revocations).decode())

    def _revoke_sessions(self, record: Record) -> None:
        now = self._clock.now()
        for at, due in self._revocations:
            for session in record.get("sessions", ()) if due <= now else ():
                if session["revokedAt"] is None and session["createdAt"] <= at:
                    session["revokedAt"] = due

    def iterate(self, positions: Sequence[int]) -> Iterator[tuple[int, Record]]:
        """Yield these positions with their records, which are read in chunks."""
        for start in range(0, len(positions), _CHUNK_SIZE):
            yield from self.load_many(positions[start : start + _CHUNK_SIZE]).items()

    def next_position(self) -> int:
        return int(self._store.db.execute("SELECT coalesce(max(pos), 0) + 1 FROM people").fetchone()[0])

    def add(self, users: Iterable[tuple[int, Record, Sequence[str]]]) -> None:
        """Insert new users, each as position, record and unique keys. No other user has these keys."""
        rows: list[UserRow] = []
        claimed: list[tuple[str, int]] = []
        for position, record, keys in users:
            rows.append(to_row(record, position))
            claimed += [(key, position) for key in keys]
        self._store.db.executemany(_INSERT, rows)
        self._store.claim(claimed)

    def save(self, changes: Iterable[tuple[int, Record, Sequence[str]]]) -> None:
        """Update users, each as position, changed record and unique keys before the change."""
        released: set[str] = set()
        claimed: dict[str, int] = {}
        values: list[tuple[object, ...]] = []
        for position, record, before in changes:
            keys = unique_keys(record)
            released.update(before)
            claimed.update(dict.fromkeys(keys, position))
            _, _, created, updated, first, visited, wallets, search, doc = to_row(record, position)
            values.append((created, updated, first, visited, wallets, search, doc, position))
        self._store.release(released - set(claimed))
        self._store.claim(claimed.items())
        self._store.db.executemany(
            "UPDATE people SET created=?, updated=?, first=?, visited=?, wallets=?, search=?, doc=? WHERE pos=?", values
        )

    def delete(self, position: int, record: Record) -> None:
        """Mark a user as deleted. The record stays, because the API still lists its wallets."""
        self._store.release(unique_keys(record))
        self._store.db.execute("UPDATE people SET deleted = 1, doc = ? WHERE pos = ?", (orjson.dumps(record), position))

    def find_by_social_username(self, provider: str, username: str) -> int | None:
        """Return the position of the user with a username at a provider, by a search of all users of the provider."""
        found = [pos for pos, _ in self._matching(UserFilter(provider=provider), "pos")]
        for position, record in self.iterate(found):
            for account in record["oauth"]:
                if account["provider"] == provider and fold_case(account.get("username") or "") == fold_case(username):
                    return position
        return None

    # many users ------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """Return the number of users that are not deleted."""
        if self._count[0] != self._store.version:
            total = self._store.db.execute("SELECT count(*) FROM people WHERE deleted = 0").fetchone()[0]
            self._count = (self._store.version, int(total))
        return self._count[1]

    def page(self, filter: UserFilter, order: str, offset: int, limit: int) -> tuple[int, list[int]]:
        """Return the number of matching users, and the positions of one page.

        `order` is `COLUMN-asc` or `COLUMN-desc`.
        """
        key = (filter, order)
        cached = self._orders.get(key)
        if cached is None or cached[0] != self._store.version:
            column = order.rpartition("-")[0]
            # The order is cached at the second request without a change in between. Until then, and during writes,
            # the page is read through the index.
            if not filter and column == "createdAt" and self._requested.get(key) != self._store.version:
                if len(self._requested) > 64:
                    self._requested.clear()
                self._requested[key] = self._store.version
                return self.count(), self._page_by_creation(order, offset, limit)
            cached = (self._store.version, self._sorted(filter, column, order.endswith("-desc")))
            self._orders[key] = cached
            while len(self._orders) > _MAX_CACHED_ORDERS:
                self._orders.popitem(last=False)
        self._orders.move_to_end(key)
        return len(cached[1]), list(cached[1][offset : offset + limit])

    def _page_by_creation(self, order: str, offset: int, limit: int) -> list[int]:
        direction = "DESC" if order.endswith("-desc") else "ASC"
        rows = self._store.db.execute(
            f"SELECT pos FROM people WHERE deleted = 0 ORDER BY created {direction}, pos {direction} LIMIT ? OFFSET ?",
            (limit, offset),
        )
        return [row[0] for row in rows]

    def _sorted(self, filter: UserFilter, column: str, descending: bool) -> array[int]:
        direction = "DESC" if descending else "ASC"
        db = self._store.db
        if column in _TIMES:
            by = f"{_TIMES[column]} {direction}, pos {direction}"
            if not filter:
                return array(
                    "q", [row[0] for row in db.execute(f"SELECT pos FROM people WHERE deleted = 0 ORDER BY {by}")]
                )
            return array("q", [pos for pos, _ in self._matching(filter, by)])
        at = _FIELD_AT[column]
        found = [
            (not value, value, pos)
            for pos, search in self._matching(filter, "pos")
            for value in (search.split(SEPARATOR)[at],)
        ]
        found.sort(reverse=descending)
        return array("q", [pos for _, _, pos in found])

    def _matching(self, filter: UserFilter, by: str) -> list[tuple[int, str]]:
        # SQL finds the users with the text in any field, Python checks the field.
        words = [fold_case(word) for word in (filter.value, chain_family(filter.chain), filter.provider) if word]
        where = "".join(" AND instr(search, ?) > 0" for _ in words)
        rows = self._store.db.execute(f"SELECT pos, search FROM people WHERE deleted = 0{where} ORDER BY {by}", words)
        test = _make_predicate(filter)
        return [(pos, search) for pos, search in rows if test(search)]

    # wallets of all users --------------------------------------------------------------------------------------

    def wallet_owners(self) -> array[int]:
        """Return the position of the user of each wallet, in the order of creation, including deleted ones."""
        if self._wallets[0] != self._store.version:
            owners = array("q")
            for pos, wallets in self._store.db.execute(
                "SELECT pos, wallets FROM people WHERE wallets > 0 ORDER BY pos"
            ):
                owners.extend([pos] * wallets)
            self._wallets = (self._store.version, owners)
        return self._wallets[1]


def _make_predicate(filter: UserFilter) -> Callable[[str], bool]:
    """Return a function that tests whether the text of the column `search` matches the filter."""
    value = fold_case(filter.value)
    chain, provider = fold_case(chain_family(filter.chain)), fold_case(filter.provider)
    columns = range(len(FIELDS)) if filter.column == "all" else (_FIELD_AT[filter.column],)
    many = {_FIELD_AT[name] for name in ("walletPublicKey", "wallet", "accountId", "chain", "provider")}

    def matches_text(text: str) -> bool:
        if filter.match == "contains":
            return value in text
        return text.startswith(value) if filter.match == "prefix" else text == value

    def matches(search: str) -> bool:
        fields = search.split(SEPARATOR)
        if chain and chain not in fields[_FIELD_AT["chain"]].split(" "):
            return False
        if provider and provider not in fields[_FIELD_AT["provider"]].split(" "):
            return False
        if not value:
            return True
        return any(
            any(map(matches_text, fields[at].split(" ")))
            if at in many and filter.match != "contains"
            else matches_text(fields[at])
            for at in columns
        )

    return matches
