"""What the tests of access control share: an environment in this process, lists on it, and what was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from dyntui.api.rate_limiter import RateLimiters
from dyntui.sandbox.options import SandboxOptions
from dyntui.services.access.access_policy import find_policy, read_lists
from dyntui.services.access.entries import add_entries, entry_target
from dyntui.services.access.entry_search import entries_of
from dyntui.services.actions.audit import Audit
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Confirmation, Target, WriteAction, WriteResults
from dyntui.services.connection import Connection
from dyntui.services.demo import demo_connection

YES = Confirmation(yes=True)
SITE_ACCESS_LIST = "Launch party"
"""The one siteAccess list of the sample data; it is off."""


class AccessEnvironment:
    """A connection and short ways to set things up."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.client = connection.client
        self.write_gate = connection.write_gate

    async def policy(self, name: str) -> dict[str, Any]:
        return dict(find_policy(await read_lists(self.client), name))

    async def make(self, name: str, outcome: str = "siteAccess", *emails: str, scope: str = "") -> dict[str, Any]:
        """A new list with these e-mails on it; it is off."""
        fields = {"name": name, "outcome": outcome, "scope": scope}
        made = await self.write_gate.perform(
            write_action("allowlists.create"), [Target("", name, {"fields": fields})], YES
        )
        assert made.first_error is None, made.first_error
        row = dict(made.items[0].value)
        await self.add(row, *({"email": email} for email in emails))
        return row

    async def add(self, row: dict[str, Any], *entries: dict[str, Any]) -> None:
        """Add entries in this order."""
        if entries:
            action = replace(add_entries(row), in_parallel=False)
            done = await self.confirmed(action, [entry_target(entry) for entry in entries])
            assert done.first_error is None, done.first_error

    async def confirmed(self, action: WriteAction, targets: list[Target]) -> WriteResults:
        """Do it as somebody who read and typed everything."""
        assessed = await self.write_gate.with_impact(action, targets)
        needed = self.write_gate.requirement(assessed, targets)
        typed = needed.accepted[0] if needed.accepted else ""
        return await self.write_gate.perform(action, targets, Confirmation(yes=True, typed=typed, read=needed.code))

    async def on(self, row: dict[str, Any]) -> list[str]:
        """The identifiers on a list, in the server's order."""
        from dyntui.services.access.drafts import entry_label

        return [entry_label(entry) async for entry in entries_of(self.client, str(row["id"]))]

    @property
    def sent(self) -> list[str]:
        """The operations that wrote, in order."""
        return [entry.operation for entry in self.connection.log.entries() if entry.method != "GET"]


@asynccontextmanager
async def access_environment(
    folder: Path, *, kind: Literal["live", "sandbox"] = "sandbox", read_only: bool = False, **options: Any
) -> AsyncIterator[AccessEnvironment]:
    """An environment of its own. kind: what the profile says it is."""
    sandbox_options = SandboxOptions(**{"users": 40, "seed": 1, "now": "2026-03-01T12:00:00Z", **options})
    demo = demo_connection(sandbox_options)
    profile = replace(demo.profile, kind=kind, name="acme", read_only=read_only)
    audit = Audit(folder / "state" / "audit.jsonl")
    async with Connection(
        profile, demo._token, app=demo.app, audit=audit, rate_limiters=RateLimiters(0, 0)
    ) as connection:
        await demo.aclose()
        yield AccessEnvironment(connection)
