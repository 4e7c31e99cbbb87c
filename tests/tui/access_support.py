"""What the tests of access control share: consoles on lists that matter, live or not, and what the server has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from tui_support import console_of, press, settled

from dyntui.sandbox.options import SandboxOptions
from dyntui.services import demo as demos
from dyntui.services.access.access_policy import find_policy, read_lists
from dyntui.services.access.drafts import entry_label
from dyntui.services.access.entry_search import entries_of
from dyntui.services.connection import Connection

DOOR = "Launch party"
WALLET = "0x" + "ab" * 20


def pretend_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's environment is called acme, and live."""
    made = demos.demo_connection

    def live(options: SandboxOptions, *, read_only: bool = False) -> Connection:
        connection = made(options, read_only=read_only)
        profile = replace(connection.profile, name="acme", kind="live")
        return Connection(profile, connection._token, token_source="a test", app=connection.app)

    monkeypatch.setattr(demos, "demo_connection", live)


def to(name: str, *more: str) -> tuple[str, ...]:
    return ("colon", *name, "enter", *more)


LISTS = to("allowlists")
DOOR_ENTRIES = (*LISTS, "G", "enter")
TESTERS = (*LISTS, "enter")


async def go(pilot: Pilot[Any], *keys: str) -> None:
    await settled(pilot)
    await press(pilot, *keys)


def connection_of(pilot: Pilot[Any]) -> Connection:
    connection = console_of(pilot).session.connection
    assert connection is not None
    return connection


async def the_list(pilot: Pilot[Any], name: str = DOOR) -> dict[str, Any]:
    return dict(find_policy(await read_lists(connection_of(pilot).client), name))


async def on_list(pilot: Pilot[Any], name: str = DOOR) -> list[str]:
    row = await the_list(pilot, name)
    return [entry_label(entry) async for entry in entries_of(connection_of(pilot).client, str(row["id"]))]


def notes(pilot: Pilot[Any]) -> list[str]:
    return [note.text for note in console_of(pilot).session.notes]


def fail_for(
    monkeypatch: pytest.MonkeyPatch, pilot: Pilot[Any], operation: str, when: Callable[[dict[str, Any]], bool]
) -> None:
    """Let the server refuse some calls of an operation."""
    from dyntui.api.errors import Invalid

    client = connection_of(pilot).client
    call = client.call

    async def failing(operation_id: str, **more: Any) -> Any:
        if operation_id == operation and when(more):
            raise Invalid(422, "no such thing today", code="somehow")
        return await call(operation_id, **more)

    monkeypatch.setattr(client, "call", failing)
