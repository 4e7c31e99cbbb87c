"""Users in the console: what tests of their screens read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.tui.access_support import connection_of
from tests.tui.tui_support import console_of
from textual.pilot import Pilot

from dyntui.api.client import Client
from dyntui.api.errors import Invalid
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.users.users_screen import UsersScreen

MARKED = ("space", "space", "space")


async def read_open_user(pilot: Pilot[Any]) -> dict[str, Any]:
    screen = next(screen for screen in console_of(pilot).open_screens if isinstance(screen, UserScreen))
    document = await connection_of(pilot).client.users.get_raw(screen.object_id)
    return dict(document)


def refuse(monkeypatch: pytest.MonkeyPatch, operation: str, when: Callable[[dict[str, Any]], bool]) -> None:
    """Let the server refuse the calls of `operation` for which `when` is true."""
    call = Client.call

    async def refusing(client: Client, operation_id: str, **more: Any) -> Any:
        if operation_id == operation and when(more):
            raise Invalid(422, "refused by the test", code="test_refusal")
        return await call(client, operation_id, **more)

    monkeypatch.setattr(Client, "call", refusing)


def active_sessions(user: dict[str, Any]) -> int:
    return sum(not session["revokedAt"] for session in user["sessions"])


async def first_page(pilot: Pilot[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection_of(pilot).client.users.list()).rows]


def users_of(pilot: Pilot[Any]) -> UsersScreen:
    return next(screen for screen in console_of(pilot).open_screens if isinstance(screen, UsersScreen))
