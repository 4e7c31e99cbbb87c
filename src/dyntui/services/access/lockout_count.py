"""Count the users whom a change of lists would lock out or let in, among the users that dyntui can read.

Users who have not signed up, and identifiers that users link later, cannot be counted. So every number states which
users were counted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dyntui.config.flags import cache_off
from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.core.times import now, parse_time, time_text
from dyntui.services.access.access_policy import AccessPolicy, PolicyKind, PolicyRole
from dyntui.services.access.drafts import key_of
from dyntui.services.access.entry_search import entries_of
from dyntui.services.access.impact import entry_count
from dyntui.services.access.user_identifiers import keys_for
from dyntui.services.bulk import BulkRun

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.services.actions.write_types import Requirement
    from dyntui.services.connection import Connection

__all__ = ["EntryKeys", "KnownUsers", "Lockout", "count_affected", "known_users", "lockout_lines"]

_RECENT = timedelta(days=30)
_SAMPLE = 5
_MAX_CACHED_USERS = 10_000
_MAX_READ_USERS = 1_000
_MAX_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class KnownUsers:
    rows: list[Row]
    total: int | None
    """The number of all users; None if unknown."""
    source: str
    """`cache` or `server`."""
    as_of: datetime | None = None
    """When the oldest row was read."""

    @property
    def description(self) -> str:
        """Which users they are, as text."""
        total = f" of {self.total:,}" if self.total is not None else ""
        if self.total is not None and len(self.rows) >= self.total and self.source != "cache":
            return f"all {quantity(len(self.rows), 'user')}"
        if self.source == "cache":
            as_of = f", as of {time_text(self.as_of)}" if self.as_of is not None else ""
            return f"{len(self.rows):,}{total} users in the row cache of this machine{as_of}"
        return f"{len(self.rows):,}{total} users with the latest visits"


@dataclass(frozen=True, slots=True)
class Lockout:
    """The number of known users that a change affects."""

    users: KnownUsers
    locked_out: int = 0
    """Users who may sign in before the change and not after it."""
    let_in: int = 0
    """Users who may sign in after the change and not before it."""
    recently_active: int = 0
    """Those of the locked-out users who visited in the last 30 days."""
    sample: tuple[str, ...] = ()
    """The labels of some locked-out users."""
    not_counted_reason: str = ""
    """Why no users were counted; "" when they were."""
    gates: bool = False
    """Whether gates decide as well. Their effect cannot be counted."""

    def lines(self, *, with_names: bool = True) -> list[str]:
        """Return the numbers and what they leave out, as sentences. with_names: whether to name some of the users."""
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
            if with_names:
                counted.append(f"    such as {', '.join(self.sample)}")
        if self.let_in:
            counted.append(f"  {self.let_in:,} who cannot sign in now could sign in")
        stay = len(self.users.rows) - self.locked_out - self.let_in
        counted.append(f"  {quantity(stay, 'user')} not affected")
        counted.append("Not counted: people who have not signed up yet, and identifiers linked later.")
        if self.gates:
            counted.append("Not counted: the rules of gates, because dyntui cannot read what a wallet holds.")
        return counted


@dataclass(frozen=True, slots=True)
class _Rule:
    """The combined effect of all lists, as keys of entries."""

    required: frozenset[str] | None
    """The keys of which a user needs one; None when no list is required."""
    blocks: frozenset[str]
    """The keys that block a user."""

    def allows(self, keys: set[str]) -> bool:
        if not self.blocks.isdisjoint(keys):
            return False
        return self.required is None or not self.required.isdisjoint(keys)


async def known_users(connection: Connection) -> KnownUsers:
    """Read the users to count: from the cache when it has enough rows, else those with the latest visits."""
    from dyntui.api.errors import ApiError

    client = connection.client
    total: int | None = None
    with suppress(ApiError):  # the total is only for the texts
        total = (await client.users.list(limit=1)).total
    cached = _read_cached_users(connection, total)
    if cached is not None and len(cached.rows) >= min(total if total is not None else 1, _MAX_READ_USERS):
        return cached
    try:
        rows = [row async for row in _read_users(client)]
    except ApiError:
        if cached is None:
            raise
        return cached
    return KnownUsers(rows, total, "server", now())


def _read_cached_users(connection: Connection, total: int | None) -> KnownUsers | None:
    from dyntui.store.cache import open_cache

    file = connection.cache_file
    if cache_off() or not file.is_file():
        return None
    cache = open_cache(file)
    try:
        page = cache.search("users", "", _MAX_CACHED_USERS)
    finally:
        cache.close()
    return KnownUsers(page.rows, total, "cache", page.at) if page.rows else None


async def _read_users(client: Client) -> AsyncIterator[Row]:
    """Yield the users with the latest visits, in the order of the server where it has no such order."""
    from dyntui.api.errors import BadRequest
    from dyntui.resources.users import USERS
    from dyntui.services.lists.list_source import ListQuery, scan

    has_rows = False
    try:
        async for scanned in scan(client, USERS, query=ListQuery(order="lastVisit-desc"), max_rows=_MAX_READ_USERS):
            has_rows = True
            yield scanned.row
    except BadRequest:
        if has_rows:
            raise
        # It is not documented which columns a server orders by.
        async for scanned in scan(client, USERS, max_rows=_MAX_READ_USERS):
            yield scanned.row


async def lockout_lines(connection: Connection, requirement: Requirement) -> list[str]:
    """Return the counts for a requirement as lines; [] when the action does not decide who may sign in."""
    if requirement.policy_change is None:
        return []
    return (await count_affected(connection, *requirement.policy_change)).lines()


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """How the entries of a list change, as keys of entries."""

    added: frozenset[str]
    removed: frozenset[str] = frozenset()
    is_new_list: bool = False
    """Whether the list does not exist yet."""


async def count_affected(
    connection: Connection, before: AccessPolicy, after: AccessPolicy, entries: Mapping[str, EntryKeys] | None = None
) -> Lockout:
    """Count the users whom the change from `before` to `after` locks out or lets in.

    entries: how the entries of lists change as well, by the id of the list.
    """
    changed = entries or {}
    users = await known_users(connection)
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
        if (list_id := str(row.get("id"))) not in changed or not changed[list_id].is_new_list
    }
    client = connection.client
    run = BulkRun(client, "getEntriesByAllowlistId")
    counts = [count or 0 async for count in run.in_order(lists, lambda list_id: entry_count(client, list_id))]
    if sum(counts) > _MAX_ENTRIES:
        return Lockout(users, not_counted_reason=f"the lists have more than {_MAX_ENTRIES:,} entries.", gates=gates)

    async def read_keys(list_id: str) -> tuple[str, frozenset[str]]:
        return list_id, frozenset([key_of(entry) async for entry in entries_of(client, list_id)])

    keys = dict([found async for found in run.scans_in_order(lists, read_keys)])
    keys_after = {**keys}
    for list_id, change in changed.items():
        keys_after[list_id] = (keys.get(list_id, frozenset()) | change.added) - change.removed
    return _count_changes(users, _rule(before, keys), _rule(after, keys_after), gates)


def _rule(access: AccessPolicy, keys: Mapping[str, frozenset[str]]) -> _Rule:
    required, blocks = access.with_role(PolicyRole.SITE_ACCESS), access.with_role(PolicyRole.BLOCK)
    joined = frozenset[str]().union(*(keys[str(row.get("id"))] for row in required))
    return _Rule(joined if required else None, frozenset[str]().union(*(keys[str(row.get("id"))] for row in blocks)))


def _count_changes(users: KnownUsers, before: _Rule, after: _Rule, gates: bool) -> Lockout:
    locked_out = let_in = recently_active = 0
    sample: list[str] = []
    since = now() - _RECENT
    for row in users.rows:
        keys = keys_for(row)
        was_allowed, is_allowed = before.allows(keys), after.allows(keys)
        if was_allowed and not is_allowed:
            locked_out += 1
            visited = parse_time(row.get("lastVisit"))
            recently_active += visited is not None and visited >= since
            if len(sample) < _SAMPLE:
                sample.append(str(row.get("email") or row.get("username") or row.get("alias") or row.get("id")))
        elif is_allowed and not was_allowed:
            let_in += 1
    return Lockout(users, locked_out, let_in, recently_active, tuple(sample), gates=gates)
