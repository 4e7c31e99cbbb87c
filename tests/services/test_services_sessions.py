"""The sessions of a user come from the first operation that has them; a server may tell none."""

from __future__ import annotations

from typing import Any

import pytest

from dyntui.api.client import Client
from dyntui.api.errors import BadResponse, NotFound
from dyntui.resources.all_resources import RESOURCES
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import serving
from dyntui.services.lists.list_source import scan
from dyntui.services.lists.session_rows import read_sessions, with_sessions

SOURCES = ("newer-operations", "sessions-on-get", "sessions-on-list")
UNKNOWN_USER = "11111111-2222-4333-8444-555555555555"


async def test_sessions_are_read_from_the_first_source_that_has_them() -> None:
    with serving(SandboxOptions(users=30)) as served:
        flags, requests = served.sandbox.flags, served.sandbox.requests
        async with Client(served.base_url, served.environment_id, served.token) as client:
            rows: list[Any] = list(
                (await client.page("getEnvironmentUsers", "users", limit=30, includeSessions=True)).rows
            )
            user = next(row for row in rows if len(row["sessions"]) > 1)
            user_id, expected = user["id"], user["sessions"]
            alone = {name: value for name, value in user.items() if name != "sessions"}
            for absent in range(len(SOURCES)):
                assert await read_sessions(client, user_id) == expected
                assert (await with_sessions(client, alone))["sessions"] == expected
                found = [each.row async for each in scan(client, RESOURCES["sessions"], parent=user_id)]
                assert found == expected
                flags.set(SOURCES[absent], "no")
            with pytest.raises(BadResponse, match="does not tell the sessions"):
                await read_sessions(client, user_id)
            assert "sessions" not in await with_sessions(client, {**alone, "sessions": None})
            before = requests.total()
            for read in (user, {**user, "sessions": []}):
                assert await with_sessions(client, read) == read
            assert requests.total() == before, "a user with sessions needs no request"
            with pytest.raises(NotFound):
                await read_sessions(client, UNKNOWN_USER)
