"""The users of a sandbox: found, listed, filtered, ordered, kept."""

from __future__ import annotations

import gc
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import orjson

from dyntui.sandbox.addresses import family
from dyntui.sandbox.parallel_seed import make_chunks
from dyntui.sandbox.sample_users import SampleUsers
from dyntui.sandbox.store import Store
from dyntui.sandbox.user_record import FIELDS, SEPARATOR, Record, Row, fold_case, to_row, unique_keys

__all__ = ["SORTABLE", "UserFilter", "UserRepository"]

_TIMES = {"createdAt": "created", "updatedAt": "updated", "firstVisit": "first", "lastVisit": "visited"}
_FIELD_AT = {name: i for i, name in enumerate(FIELDS)}
SORTABLE = frozenset({*_TIMES, *FIELDS})
_MAX_CACHED_ORDERS = 8
_INSERT = """INSERT INTO people(pos, id, created, updated, first, visited, wallets, search, doc)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What a list is narrowed to; empty values narrow nothing. match: contains, prefix or exact; case never counts."""

    value: str = ""
    column: str = "all"
    chain: str = ""
    provider: str = ""
    match: str = "contains"

    def __bool__(self) -> bool:
        return bool(self.value or self.chain or self.provider)


class UserRepository:
    """Positions (1, 2, 3 ... as they were created) name users inside the sandbox. Hold the store's lock."""

    def __init__(self, store: Store, people: SampleUsers) -> None:
        self._store = store
        self._people = people
        self._orders: OrderedDict[tuple[UserFilter, str], tuple[int, array[int]]] = OrderedDict()
        self._seen: dict[tuple[UserFilter, str], int] = {}
        self._count = (-1, 0)
        self._wallets: tuple[int, array[int]] = (-1, array("q"))

    def insert_sample_users(self) -> None:
        """Write the sample people: only what is searched and what is unique."""
        with _without_garbage_collection():
            for rows, keys in make_chunks(self._people):
                self._store.db.executemany(_INSERT, rows)
                self._store.db.executemany("INSERT INTO keys VALUES (?, ?)", keys)

    # one user --------------------------------------------------------------------------------------------------

    def position_of(self, id: str) -> int | None:
        """Where the user with that id is, unless it was deleted."""
        row = self._store.db.execute("SELECT pos FROM people WHERE id = ? AND deleted = 0", (id,)).fetchone()
        return row[0] if row else None

    def exists(self, id: str) -> bool:
        """Whether that id is, or ever was, a user's."""
        return self._store.db.execute("SELECT 1 FROM people WHERE id = ?", (id,)).fetchone() is not None

    def load(self, position: int) -> Record | None:
        """The user there, deleted ones too (`deletedAt` tells)."""
        return self.load_many([position]).get(position)

    def load_many(self, positions: Sequence[int]) -> dict[int, Record]:
        marks = ",".join("?" * len(positions))
        rows = self._store.db.execute(f"SELECT pos, doc FROM people WHERE pos IN ({marks})", list(positions))
        return {pos: orjson.loads(doc) if doc else self._people.record(pos) for pos, doc in rows}

    def next_position(self) -> int:
        return int(self._store.db.execute("SELECT coalesce(max(pos), 0) + 1 FROM people").fetchone()[0])

    def add(self, users: Iterable[tuple[int, Record, Sequence[str]]]) -> None:
        """Keep new users: position, record, and keys_of() it, which nobody else has."""
        rows: list[Row] = []
        claimed: list[tuple[str, int]] = []
        for position, record, keys in users:
            rows.append(to_row(record, position))
            claimed += [(key, position) for key in keys]
        self._store.db.executemany(_INSERT, rows)
        self._store.claim(claimed)

    def save(self, changes: Iterable[tuple[int, Record, Sequence[str]]]) -> None:
        """Keep changed users: position, record, and keys_of() it before the change."""
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
        """Take the user away; the record stays, because its wallets do."""
        self._store.release(unique_keys(record))
        self._store.db.execute("UPDATE people SET deleted = 1, doc = ? WHERE pos = ?", (orjson.dumps(record), position))

    def find_by_social_username(self, provider: str, username: str) -> int | None:
        """The user with that name at a provider. Names are no keys, so this looks at everybody who is there."""
        found = [pos for pos, _ in self._matching(UserFilter(provider=provider), "pos")]
        for start in range(0, len(found), 500):
            for position, record in self.load_many(found[start : start + 500]).items():
                for each in record["oauth"]:
                    if each["provider"] == provider and fold_case(each.get("username") or "") == fold_case(username):
                        return position
        return None

    # many users ------------------------------------------------------------------------------------------------

    def count(self) -> int:
        if self._count[0] != self._store.version:
            total = self._store.db.execute("SELECT count(*) FROM people WHERE deleted = 0").fetchone()[0]
            self._count = (self._store.version, int(total))
        return self._count[1]

    def page(self, filter: UserFilter, order: str, offset: int, limit: int) -> tuple[int, list[int]]:
        """How many users match, and the positions of one page of them. order: `COLUMN-asc` or `COLUMN-desc`."""
        key = (filter, order)
        kept = self._orders.get(key)
        if kept is None or kept[0] != self._store.version:
            column = order.rpartition("-")[0]
            # An order is worth keeping once it is asked for twice with nothing changed in between; until then, and
            # while somebody writes, the index walks to the page.
            if not filter and column == "createdAt" and self._seen.get(key) != self._store.version:
                if len(self._seen) > 64:
                    self._seen.clear()
                self._seen[key] = self._store.version
                return self.count(), self._walk(order, offset, limit)
            kept = (self._store.version, self._sorted(filter, column, order.endswith("-desc")))
            self._orders[key] = kept
            while len(self._orders) > _MAX_CACHED_ORDERS:
                self._orders.popitem(last=False)
        self._orders.move_to_end(key)
        return len(kept[1]), list(kept[1][offset : offset + limit])

    def _walk(self, order: str, offset: int, limit: int) -> list[int]:
        way = "DESC" if order.endswith("-desc") else "ASC"
        rows = self._store.db.execute(
            f"SELECT pos FROM people WHERE deleted = 0 ORDER BY created {way}, pos {way} LIMIT ? OFFSET ?",
            (limit, offset),
        )
        return [row[0] for row in rows]

    def _sorted(self, filter: UserFilter, column: str, descending: bool) -> array[int]:
        way = "DESC" if descending else "ASC"
        db = self._store.db
        if column in _TIMES:
            by = f"{_TIMES[column]} {way}, pos {way}"
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
        # SQL finds who has the text anywhere, Python says whether in the right field.
        words = [fold_case(word) for word in (filter.value, family(filter.chain), filter.provider) if word]
        where = "".join(" AND instr(search, ?) > 0" for _ in words)
        rows = self._store.db.execute(f"SELECT pos, search FROM people WHERE deleted = 0{where} ORDER BY {by}", words)
        test = _make_predicate(filter)
        return [(pos, search) for pos, search in rows if test(search)]

    # wallets of all users --------------------------------------------------------------------------------------

    def wallet_owners(self) -> array[int]:
        """One position a wallet, deleted wallets and those of deleted users included, in the order of creation."""
        if self._wallets[0] != self._store.version:
            owners = array("q")
            for pos, wallets in self._store.db.execute(
                "SELECT pos, wallets FROM people WHERE wallets > 0 ORDER BY pos"
            ):
                owners.extend([pos] * wallets)
            self._wallets = (self._store.version, owners)
        return self._wallets[1]


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Rows have no cycles, and looking for some in a million of them costs a tenth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _make_predicate(filter: UserFilter) -> Callable[[str], bool]:
    """Whether the text of a user's fields meets the filter."""
    value = fold_case(filter.value)
    chain, provider = fold_case(family(filter.chain)), fold_case(filter.provider)
    columns = range(len(FIELDS)) if filter.column == "all" else (_FIELD_AT[filter.column],)
    many = {_FIELD_AT[name] for name in ("walletPublicKey", "wallet", "accountId", "chain", "provider")}

    def meets(text: str) -> bool:
        if filter.match == "contains":
            return value in text
        return text.startswith(value) if filter.match == "prefix" else text == value

    def test(search: str) -> bool:
        fields = search.split(SEPARATOR)
        if chain and chain not in fields[_FIELD_AT["chain"]].split(" "):
            return False
        if provider and provider not in fields[_FIELD_AT["provider"]].split(" "):
            return False
        if not value:
            return True
        return any(
            any(map(meets, fields[at].split(" "))) if at in many and filter.match != "contains" else meets(fields[at])
            for at in columns
        )

    return test
