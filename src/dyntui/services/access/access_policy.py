"""The allowlists and gates of an environment and their combined effect on sign-in.

While a siteAccess list is enabled, only users on such a list may sign in; of several lists, one is enough. A block list
refuses the users on it. A scope list gives its users an access scope. Disabled lists have no effect. The effect of
`block` is inferred from its name, because the vendor does not document it. Source: docs/vendor-api.md#access-control.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from dyntui.core.errors import AmbiguousTarget, TargetNotFound
from dyntui.core.json_types import Row
from dyntui.core.text import safe
from dyntui.services.lists.row_match import identified_rows

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = [
    "AccessPolicy",
    "Change",
    "PolicyKind",
    "PolicyRole",
    "describe_unknown",
    "find_policy",
    "is_enabled",
    "join_names",
    "name_of",
    "read_access",
    "read_lists",
    "role_of",
]

Change = Callable[[Row], Row | None]
"""Returns the row after the change; None when it is deleted."""


class PolicyRole(StrEnum):
    """The current effect of a list or gate."""

    OFF = "off"
    SITE_ACCESS = "site_access"
    """Only users who match may sign in."""
    BLOCK = "block"
    SCOPE = "scope"
    OTHER = "other"
    """An outcome that this version does not know."""


class PolicyKind(StrEnum):
    """An allowlist, or a gate with rules about wallets."""

    LIST = "allowlist"
    GATE = "gate"

    @property
    def id_parameter(self) -> str:
        """The path parameter of its id."""
        return f"{self.value}Id"


def is_enabled(row: Row) -> bool:
    """Return whether a list or gate is enabled."""
    return bool(row.get("enabledAt"))


def role_of(row: Row | None, kind: PolicyKind = PolicyKind.LIST) -> PolicyRole:
    """Return the current effect of a list or gate; OFF for none."""
    if row is None or not is_enabled(row):
        return PolicyRole.OFF
    match row.get("outcome"):
        case "siteAccess":
            return PolicyRole.SITE_ACCESS
        case "block":
            return PolicyRole.BLOCK
        case "scope":
            # A gate without a scope refuses users who do not match its rules.
            return PolicyRole.SITE_ACCESS if kind is PolicyKind.GATE and not row.get("scope") else PolicyRole.SCOPE
    return PolicyRole.OTHER


def describe_unknown(row: Row) -> str:
    """Return what cannot be known about an enabled list or gate with an outcome that this version does not know."""
    return f"Its outcome {safe(row.get('outcome'))} is unknown to this version, and so is what it does to sign-in."


def name_of(row: Row) -> str:
    """Return the name of a list or gate, else its id."""
    return str(row.get("name") or row.get("id") or "")


def join_names(rows: Sequence[Row], conjunction: str = "or") -> str:
    """Return the names as text: “A”, “B” or “C”. After five names, the number of the others."""
    quoted = [f"“{name_of(row)}”" for row in rows[:5]]
    if len(rows) > 5:
        quoted.append(f"{len(rows) - 5:,} more")
    return f" {conjunction} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """All lists and gates of an environment."""

    lists: tuple[Row, ...] = ()
    gates: tuple[Row, ...] = ()
    gates_unread: str = ""
    """Why the gates could not be read; "" when they were."""

    def rows(self, kind: PolicyKind) -> tuple[Row, ...]:
        """Return the lists or the gates."""
        return self.lists if kind is PolicyKind.LIST else self.gates

    def with_role(self, role: PolicyRole, kind: PolicyKind = PolicyKind.LIST) -> tuple[Row, ...]:
        """Return the lists or gates that have this role now."""
        return tuple(row for row in self.rows(kind) if role_of(row, kind) is role)

    @property
    def unknown(self) -> tuple[Row, ...]:
        """The enabled lists and gates with an outcome that this version does not know."""
        return tuple(row for kind in PolicyKind for row in self.with_role(PolicyRole.OTHER, kind))

    def with_change(self, kind: PolicyKind, ids: Sequence[str], change: Change) -> AccessPolicy:
        """Return the policy after `change` to the lists or gates with these ids."""
        changed_ids = set(ids)
        rows = [change(row) if row.get("id") in changed_ids else row for row in self.rows(kind)]
        remaining = tuple(row for row in rows if row is not None)
        return replace(self, lists=remaining) if kind is PolicyKind.LIST else replace(self, gates=remaining)

    def summary(self) -> list[str]:
        """Return sentences that say who may sign in now."""
        required, blocks, scopes = (
            self.with_role(role) for role in (PolicyRole.SITE_ACCESS, PolicyRole.BLOCK, PolicyRole.SCOPE)
        )
        if len(required) > 1:
            lines = [f"Only users on {join_names(required)} may sign in; one of them is enough."]
        elif required:
            lines = [f"Only users on {join_names(required)} may sign in."]
        elif self.unknown:
            lines = ["No siteAccess list is enabled."]
        else:
            lines = ["Everyone may sign in: no siteAccess list is enabled."]
        if blocks:
            lines.append(f"Users on {join_names(blocks)} may not sign in.")
        if scopes:
            names = ", ".join(f"{row.get('scope') or 'no scope'} (“{name_of(row)}”)" for row in scopes[:5])
            lines.append(f"Access scopes are given to users on scope lists: {names}{', …' if len(scopes) > 5 else ''}.")
        if gates := self.with_role(PolicyRole.SITE_ACCESS, PolicyKind.GATE):
            lines.append(f"Gates require tokens as well: {join_names(gates, 'and')}.")
        if blocking := self.with_role(PolicyRole.BLOCK, PolicyKind.GATE):
            lines.append(f"Gates refuse wallets that hold certain tokens: {join_names(blocking)}.")
        lines += [f"“{name_of(row)}” is enabled. {describe_unknown(row)}" for row in self.unknown]
        if self.gates_unread:
            lines.append(f"The gates could not be read: {self.gates_unread}")
        return lines

    def column_text(self, row: Row) -> str:
        """Return the effect of a list together with the others, as short text for a column."""
        others = [other for other in self.with_role(PolicyRole.SITE_ACCESS) if other.get("id") != row.get("id")]
        match role_of(row):
            case PolicyRole.SITE_ACCESS:
                return f"required, or {', '.join(map(name_of, others))}" if others else "required to sign in"
            case PolicyRole.BLOCK:
                return "blocks sign-in"
            case PolicyRole.SCOPE:
                return "gives its scope"
            case PolicyRole.OTHER:
                return "unknown outcome"
        if row.get("outcome") == "siteAccess":
            return "alternative if enabled" if others else "required if enabled"
        return "disabled"


async def read_lists(client: Client) -> Sequence[Row]:
    """Read all allowlists of the environment."""
    return (await client.allowlists.list()).rows


async def read_access(client: Client) -> AccessPolicy:
    """Read lists and gates. When the gates cannot be read (token scope, plan), the result contains the reason."""
    from dyntui.api.errors import ApiError, Unauthorized

    lists = tuple(await read_lists(client))
    try:
        gates = tuple((await client.gates.list()).rows)
    except Unauthorized:
        raise
    except ApiError as error:
        return AccessPolicy(lists, (), error.message)
    return AccessPolicy(lists, gates)


def find_policy(rows: Sequence[Row], name: str, noun: str = "allowlist") -> Row:
    """Return the row with that id or name; the case of the name matters only if several match.

    Raises AmbiguousTarget or TargetNotFound.
    """
    found = identified_rows(rows, name)
    if len(found) == 1:
        return found[0]
    available = ", ".join(f"{row.get('name')} ({row.get('id')})" for row in (found or rows)[:5]) or "none"
    if found:
        raise AmbiguousTarget(f"{len(found)} {noun}s have the name {name}.", hint=f"Use the id: {available}.")
    raise TargetNotFound(f"There is no {noun} {name}.", hint=f"Available: {available}.")
