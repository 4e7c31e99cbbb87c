"""Count the users whom a change of lists would lock out or let in, among the users that dyntui can read.

Users who have not signed up, and identifiers that users link later, cannot be counted. So every number states which
users were counted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from dyntui.core.times import age, now, parse_time
from dyntui.services.access.access_policy import AccessPolicy, PolicyKind, PolicyRole
from dyntui.services.access.drafts import key_of
from dyntui.services.access.entry_search import entries_of
from dyntui.services.access.impact import entry_count
from dyntui.services.access.user_identifiers import keys_for

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Requirement
    from dyntui.services.connection import Connection

__all__ = ["KnownUsers", "Lockout", "count_affected", "known_users", "lockout_lines"]

_RECENTLY = timedelta(days=30)
_SAMPLE = 5
_FROM_CACHE = 10_000
_FROM_SERVER = 1_000
_PAGE = 100
_MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class KnownUsers:
    """The users that are counted. total: number of all users, None if unknown. as_of: when the oldest row was read."""

    rows: list[dict[str, Any]]
    total: int | None
    source: str
    as_of: datetime | None = None

    @property
    def description(self) -> str:
        """Which users they are, as text."""
        of = f" of {self.total:,}" if self.total is not None else ""
        if self.total is not None and len(self.rows) >= self.total and self.source != "cache":
            return f"all {len(self.rows):,} users"
        if self.source == "cache":
            at = f", as of {age(self.as_of)}" if self.as_of is not None else ""
            return f"{len(self.rows):,}{of} users, those in the row cache of this machine{at}"
        return f"{len(self.rows):,}{of} users, those with the latest visits"


@dataclass(frozen=True, slots=True)
class Lockout:
    """What a change does among the known users. out: let in before and not after; into: the other way round.

    lately: of those out, how many visited in the last thirty days. sample: a few of them. uncounted: why nobody was
    counted, "" when they were. gates: whether gates decide as well, which cannot be counted.
    """

    users: KnownUsers
    locked_out: int = 0
    let_in: int = 0
    recently_active: int = 0
    sample: tuple[str, ...] = ()
    not_counted_reason: str = ""
    gates: bool = False

    def lines(self) -> list[str]:
        """The numbers and their limits, in sentences."""
        if self.not_counted_reason:
            return [f"The affected users were not counted: {self.not_counted_reason}"]
        if not self.users.rows:
            return ["No users were counted: there are none, or none could be read."]
        counted = [f"Among {self.users.description}:"]
        if self.locked_out:
            counted.append(
                f"  {self.locked_out:,} could no longer sign in; "
                f"{self.recently_active:,} of them visited in the last 30 days"
            )
            counted.append(f"    such as {', '.join(self.sample)}")
        if self.let_in:
            counted.append(f"  {self.let_in:,} who are kept out now could sign in")
        stay = len(self.users.rows) - self.locked_out - self.let_in
        counted.append(f"  {stay:,} {'are' if stay != 1 else 'is'} not affected")
        counted.append("Not counted: people who have not signed up yet, and identifiers linked later.")
        if self.gates:
            counted.append("Not counted: what gates ask for; wallets cannot be looked into from here.")
        return counted


@dataclass(frozen=True, slots=True)
class _Rule:
    """Who is let in: None for everybody, else by key; and who is kept out."""

    required: frozenset[str] | None
    blocks: frozenset[str]

    def lets_in(self, keys: set[str]) -> bool:
        if not self.blocks.isdisjoint(keys):
            return False
        return self.required is None or not self.required.isdisjoint(keys)


async def known_users(
    connection: Connection, *, everyone: bool = False, on_progress: Callable[[int, int | None], None] | None = None
) -> KnownUsers:
    """Read the users to count: from the cache when it has enough rows, else those with the latest visits; or all."""
    from dyntui.api.errors import ApiError

    client = connection.client
    total: int | None = None
    try:
        total = (await client.users.list(limit=1)).total
    except ApiError:
        if everyone:
            raise
    cached = None if everyone else _cached(connection, total)
    if cached is not None and len(cached.rows) >= min(total if total is not None else 1, _FROM_SERVER):
        return cached
    rows: list[dict[str, Any]] = []
    try:
        async for row in _read(connection, None if everyone else _FROM_SERVER):
            rows.append(row)
            if on_progress is not None and not len(rows) % _PAGE:
                on_progress(len(rows), total)
    except ApiError:
        if everyone or cached is None:
            raise
        return cached
    return KnownUsers(rows, total, "server", now())


def _cached(connection: Connection, total: int | None) -> KnownUsers | None:
    from dyntui.store.cache import RowCache, cache_off

    file = connection.cache_file
    if cache_off() or not file.is_file():
        return None
    cache = RowCache(file)
    try:
        page = cache.search("users", "", _FROM_CACHE)
    finally:
        cache.close()
    return KnownUsers(page.rows, total, "cache", page.at) if page.rows else None


async def _read(connection: Connection, most: int | None) -> AsyncIterator[dict[str, Any]]:
    from dyntui.api.errors import BadRequest
    from dyntui.resources import USERS
    from dyntui.services.lists.list_source import scan

    client = connection.client
    if most is None:
        async for scanned in scan(client, USERS):
            yield scanned.row
        return
    order: str | None = "lastVisit-desc"
    seen: set[str] = set()
    for start in range(0, most, _PAGE):
        try:
            page = await client.users.list(offset=start, limit=_PAGE, order=order)
        except BadRequest:
            if order is None or start:
                raise
            order = None  # it is not documented which columns a server orders by
            page = await client.users.list(offset=start, limit=_PAGE)
        for row in page.items:
            if (row_id := str(row.get("id", ""))) not in seen:
                seen.add(row_id)
                yield row
        if len(page.items) < _PAGE:
            return


async def lockout_lines(connection: Connection, needed: Requirement) -> list[str]:
    """Return the counts for a requirement as lines; [] when the action does not decide who may sign in."""
    return (await count_affected(connection, *needed.policy_change)).lines() if needed.policy_change is not None else []


async def count_affected(
    connection: Connection,
    before: AccessPolicy,
    after: AccessPolicy,
    *,
    users: KnownUsers | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Lockout:
    """Count the users whom the change from `before` to `after` locks out or lets in."""
    users = users or await known_users(connection, on_progress=on_progress)
    gates = any(
        access.with_role(role, PolicyKind.GATE)
        for access in (before, after)
        for role in (PolicyRole.SITE_ACCESS, PolicyRole.BLOCK)
    )
    lists = {
        str(row.get("id")): row
        for access in (before, after)
        for role in (PolicyRole.SITE_ACCESS, PolicyRole.BLOCK)
        for row in access.with_role(role)
    }
    keys: dict[str, frozenset[str]] = {}
    read = 0
    for list_id in lists:
        count = await entry_count(connection.client, list_id)
        read += count or 0
        if read > _MOST_ENTRIES:
            return Lockout(
                users, not_counted_reason=f"the lists have more than {_MOST_ENTRIES:,} entries.", gates=gates
            )
        keys[list_id] = frozenset([key_of(entry) async for entry in entries_of(connection.client, list_id)])
    return _count(users, _rule(before, keys), _rule(after, keys), gates)


def _rule(access: AccessPolicy, keys: Mapping[str, frozenset[str]]) -> _Rule:
    required, blocks = access.with_role(PolicyRole.SITE_ACCESS), access.with_role(PolicyRole.BLOCK)
    joined = frozenset[str]().union(*(keys[str(row.get("id"))] for row in required))
    return _Rule(joined if required else None, frozenset[str]().union(*(keys[str(row.get("id"))] for row in blocks)))


def _count(users: KnownUsers, before: _Rule, after: _Rule, gates: bool) -> Lockout:
    out = into = lately = 0
    sample: list[str] = []
    since = now() - _RECENTLY
    for row in users.rows:
        keys = keys_for(row)
        was, will = before.lets_in(keys), after.lets_in(keys)
        if was and not will:
            out += 1
            visited = parse_time(row.get("lastVisit"))
            lately += visited is not None and visited >= since
            if len(sample) < _SAMPLE:
                sample.append(str(row.get("email") or row.get("username") or row.get("alias") or row.get("id")))
        elif will and not was:
            into += 1
    return Lockout(users, out, into, lately, tuple(sample), gates=gates)
