"""The fields of allowlists and gates: their check, and the number of entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.services.access.access_policy import PolicyKind, role_of
from dyntui.services.access.gate_rules import RULE_FORMAT
from dyntui.services.access.impact import entry_count
from dyntui.services.body_check import did_you_mean

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["OUTCOMES", "checked_fields", "with_counts"]

OUTCOMES: Mapping[str, str] = {
    "siteAccess": "only users on it may sign in",
    "scope": "users on it get an access scope",
    "block": "users on it may not sign in",
}
"""The outcomes of the API and their meaning."""

_MAX_LENGTH = 255


def checked_fields(fields: Mapping[str, object], *, kind: PolicyKind = PolicyKind.LIST) -> dict[str, object]:
    """Check name, outcome, scope and the rules of a gate. Raises UsageError."""
    names = ("name", "outcome", "scope") + (("rules",) if kind is PolicyKind.GATE else ())
    if unknown := [name for name in fields if name not in names]:
        raise UsageError(
            f"The {kind} has no field {unknown[0]!r}.{did_you_mean(unknown[0], names)}",
            hint=f"Fields: {', '.join(names)}.",
        )
    if (outcome := fields.get("outcome")) is not None and outcome not in OUTCOMES:
        raise UsageError(f"{outcome!r} is not an outcome.", hint=f"Outcomes: {', '.join(OUTCOMES)}.", field="outcome")
    for name in ("name", "scope"):
        text = fields.get(name)
        if text is not None and len(str(text)) > _MAX_LENGTH:
            length = f"{len(str(text)):,}"
            raise UsageError(
                f"The {name} may have at most {_MAX_LENGTH} characters; this one has {length}.", field=name
            )
    if "name" in fields and not str(fields["name"] or "").strip():
        raise UsageError(f"The {kind} needs a name.", field="name")
    if "rules" in fields and not fields["rules"]:
        raise UsageError("A gate needs at least one rule.", hint=f"Write one as {RULE_FORMAT}.")
    return dict(fields)


async def with_counts(client: Client, lists: Sequence[Row]) -> list[dict[str, object]]:
    """Return the lists with their number of entries as `entries`; None where the server does not return it."""
    from dyntui.api.errors import ApiError, Unauthorized
    from dyntui.services.bulk import BulkRun

    async def with_count(row: Row) -> dict[str, object]:
        try:
            count = await entry_count(client, str(row.get("id")))
        except Unauthorized:
            raise
        except ApiError:
            count = None
        return {**row, "entries": count, "role": role_of(row).value}

    run = BulkRun(client, "getEntriesByAllowlistId")
    return [counted async for counted in run.in_order(lists, with_count)]
