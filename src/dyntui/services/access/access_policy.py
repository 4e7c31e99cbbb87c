"""Lists and gates as they are now, and what they do together.

A siteAccess list lets in only who is on it; of several, one is enough. A block list keeps out who is on it. A scope
list gives a scope. Nothing does anything while it is off. (docs/vendor-api.md#access-control; what block does is
taken from its name.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = [
    "AccessPolicy",
    "Change",
    "PolicyKind",
    "PolicyRole",
    "find_policy",
    "is_enabled",
    "join_names",
    "name_of",
    "read_access",
    "read_lists",
    "role_of",
]

Row = Mapping[str, Any]
Change = Callable[[Row], Row | None]
"""A row as it will be; None when it will be gone."""


class PolicyRole(StrEnum):
    """What something does to people now. DOOR: only these come in. OTHER: this version does not know."""

    OFF = "off"
    SITE_ACCESS = "door"
    BLOCK = "block"
    SCOPE = "scope"
    OTHER = "other"


class PolicyKind(StrEnum):
    """A list of people, or rules about what their wallets hold."""

    LIST = "allowlist"
    GATE = "gate"


def is_enabled(row: Row) -> bool:
    """Whether it counts now."""
    return bool(row.get("enabledAt"))


def role_of(row: Row | None, kind: PolicyKind = PolicyKind.LIST) -> PolicyRole:
    """What it does to people now; OFF for nothing at all."""
    if row is None or not is_enabled(row):
        return PolicyRole.OFF
    match row.get("outcome"):
        case "siteAccess":
            return PolicyRole.SITE_ACCESS
        case "block":
            return PolicyRole.BLOCK
        case "scope":
            # A gate that gives no scope keeps out whom its rules do not apply to (docs/vendor-api.md#access-control).
            return PolicyRole.SITE_ACCESS if kind is PolicyKind.GATE and not row.get("scope") else PolicyRole.SCOPE
    return PolicyRole.OTHER


def name_of(row: Row) -> str:
    """How people know it."""
    return str(row.get("name") or row.get("id") or "")


def join_names(rows: Sequence[Row], joint: str = "or") -> str:
    """“A”, “B” or “C”; beyond five, how many more."""
    quoted = [f"“{name_of(row)}”" for row in rows[:5]]
    if len(rows) > 5:
        quoted.append(f"{len(rows) - 5:,} more")
    return f" {joint} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """All lists and gates of an environment. gates_unread: why the gates could not be read, "" when they were."""

    lists: tuple[Row, ...] = ()
    gates: tuple[Row, ...] = ()
    gates_unread: str = ""

    def rows(self, kind: PolicyKind) -> tuple[Row, ...]:
        return self.lists if kind is PolicyKind.LIST else self.gates

    def with_role(self, role: PolicyRole, kind: PolicyKind = PolicyKind.LIST) -> tuple[Row, ...]:
        """Those that have this role now."""
        return tuple(row for row in self.rows(kind) if role_of(row, kind) is role)

    def with_change(self, kind: PolicyKind, ids: Sequence[str], change: Change) -> AccessPolicy:
        """The same after `change` to the lists or gates with these ids."""
        wanted = set(ids)
        rows = [change(row) if row.get("id") in wanted else row for row in self.rows(kind)]
        left = tuple(row for row in rows if row is not None)
        return replace(self, lists=left) if kind is PolicyKind.LIST else replace(self, gates=left)

    def summary(self) -> list[str]:
        """Who may come in now, in sentences."""
        doors, blocks, scopes = (
            self.with_role(role) for role in (PolicyRole.SITE_ACCESS, PolicyRole.BLOCK, PolicyRole.SCOPE)
        )
        if len(doors) > 1:
            out = [f"Only who is on {join_names(doors)} may sign in: one of them is enough."]
        elif doors:
            out = [f"Only who is on {join_names(doors)} may sign in."]
        else:
            out = ["Everybody may sign in: no siteAccess list is on."]
        if blocks:
            out.append(f"Who is on {join_names(blocks)} is kept out.")
        if scopes:
            given = ", ".join(f"{row.get('scope') or 'no scope'} (“{name_of(row)}”)" for row in scopes[:5])
            out.append(f"Scopes are given to who is listed: {given}{', …' if len(scopes) > 5 else ''}.")
        if gates := self.with_role(PolicyRole.SITE_ACCESS, PolicyKind.GATE):
            out.append(f"Gates ask for tokens as well: {join_names(gates, 'and')}.")
        if blocking := self.with_role(PolicyRole.BLOCK, PolicyKind.GATE):
            out.append(f"Gates keep out who holds what they name: {join_names(blocking)}.")
        if self.gates_unread:
            out.append(f"Whether gates ask for more is not known: {self.gates_unread}")
        return out

    def column_text(self, row: Row) -> str:
        """What a list does with the others, in a few words for a column."""
        others = [other for other in self.with_role(PolicyRole.SITE_ACCESS) if other.get("id") != row.get("id")]
        match role_of(row):
            case PolicyRole.SITE_ACCESS:
                return f"with {', '.join(map(name_of, others))}: one is enough" if others else "alone: only these"
            case PolicyRole.BLOCK:
                return "keeps out, whatever else"
            case PolicyRole.SCOPE:
                return "gives its scope"
            case PolicyRole.OTHER:
                return "not known here"
        if row.get("outcome") == "siteAccess":
            return "off; would join the others" if others else "off; would be the first"
        return "off"


async def read_lists(client: Client) -> list[dict[str, Any]]:
    """All lists of the environment, as the server wrote them."""
    return (await client.page("getAllowlistsByEnvironmentId", "allowlists")).items


async def read_access(client: Client) -> AccessPolicy:
    """Lists and gates. That the gates may not be read (scope, plan) is part of the answer."""
    from dyntui.api.errors import ApiError, Unauthorized

    lists = tuple(await read_lists(client))
    try:
        gates = tuple((await client.page("getEnvironmentGates", "gates")).items)
    except Unauthorized:
        raise
    except ApiError as error:
        return AccessPolicy(lists, (), error.message)
    return AccessPolicy(lists, gates)


def find_policy(rows: Sequence[Row], name: str, noun: str = "allowlist") -> Row:
    """The one with that id or name, else with that name whatever its case. Usage says which there are."""
    found = [row for row in rows if name == row.get("id")] or [row for row in rows if name == row.get("name")]
    found = found or [row for row in rows if name.casefold() == str(row.get("name") or "").casefold()]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{row.get('name')} ({row.get('id')})" for row in (found or rows)[:5]) or "none"
    if found:
        raise UsageError(f"{len(found)} {noun}s are called {name}.", hint=f"Give the id: {known}.")
    raise UsageError(f"There is no {noun} {name}.", hint=f"There are: {known}.")
