"""Helpers for the tests of access control: keys to its screens, a live demo, and reads from the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.tui.tui_support import console_of, press, settled
from textual.pilot import Pilot

from dyntui.sandbox.options import SandboxOptions
from dyntui.services import demo as demos
from dyntui.services.access.access_policy import find_policy, read_lists
from dyntui.services.access.drafts import entry_label
from dyntui.services.access.entry_search import entries_of
from dyntui.services.connection import Connection

LAUNCH_PARTY = "Launch party"
WALLET = "0x" + "ab" * 20


def pretend_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the demo environment live, with the name acme."""
    make_connection = demos.demo_connection

    def live(options: SandboxOptions, *, read_only: bool = False) -> Connection:
        connection = make_connection(options, read_only=read_only)
        profile = replace(connection.profile, name="acme", kind="live")
        return Connection(profile, connection._token, token_source="a test", app=connection.app)

    monkeypatch.setattr(demos, "demo_connection", live)


def to(name: str, *more: str) -> tuple[str, ...]:
    return ("colon", *name, "enter", *more)


ALLOWLISTS = to("allowlists")
LAUNCH_PARTY_ENTRIES = (*ALLOWLISTS, "G", "enter")
BETA_TESTERS_ENTRIES = (*ALLOWLISTS, "enter")


async def go(pilot: Pilot[Any], *keys: str) -> None:
    await settled(pilot)
    await press(pilot, *keys)


def connection_of(pilot: Pilot[Any]) -> Connection:
    connection = console_of(pilot).session.connection
    assert connection is not None
    return connection


async def read_allowlist(pilot: Pilot[Any], name: str = LAUNCH_PARTY) -> dict[str, Any]:
    return dict(find_policy(await read_lists(connection_of(pilot).client), name))


async def read_entries(pilot: Pilot[Any], name: str = LAUNCH_PARTY) -> list[str]:
    row = await read_allowlist(pilot, name)
    return [entry_label(entry) async for entry in entries_of(connection_of(pilot).client, str(row["id"]))]


def notes(pilot: Pilot[Any]) -> list[str]:
    return [note.text for note in console_of(pilot).session.notifications]


def refuse_calls(
    monkeypatch: pytest.MonkeyPatch, pilot: Pilot[Any], operation: str, when: Callable[[dict[str, Any]], bool]
) -> None:
    """Let the server refuse the calls of `operation` for which `when` is true."""
    from dyntui.api.errors import Invalid

    client = connection_of(pilot).client
    call = client.call

    async def failing(operation_id: str, **more: Any) -> Any:
        if operation_id == operation and when(more):
            raise Invalid(422, "refused by the test", code="test_refusal")
        return await call(operation_id, **more)

    monkeypatch.setattr(client, "call", failing)
