"""Filters of lists against servers that understand them in another form, ignore them or refuse them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.services.access_fixtures import access_environment
from tests.services.resource_fixtures import FLAGS, connected, rows_of, sandbox_of

from dyntui.api.errors import BadRequest, FilterUnsupported
from dyntui.core.times import now
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.filters import parse_filter
from dyntui.sandbox.operations import users as user_operations
from dyntui.sandbox.user_repository import UserFilter
from dyntui.services.access.entry_search import find_entries
from dyntui.services.connection import Connection
from dyntui.services.events import EventFilter, EventTail
from dyntui.services.lists import filter_check
from dyntui.services.lists.filtered_list import scan_matching
from dyntui.services.lists.list_query import ListQuery
from dyntui.services.lists.list_source import make_view
from dyntui.services.lists.session_rows import read_sessions
from dyntui.services.object_lookup import TooManyMatches, find_objects, find_users

USERS, VISITORS = RESOURCES["users"], RESOURCES["visitors"]
Ids = set[str]


def _connected(home: Path, encoding: str, **options: Any) -> Connection:
    return connected(home, users=60, flags={**FLAGS, "filter-encoding": encoding}, **options)


async def _marked(connection: Connection, name: str, text: str) -> Ids:
    """The rows on which an action on all that match is done, or that are exported."""
    record = RESOURCES[name]
    assert record.filter is not None
    query = ListQuery(order=record.list.order, filter=parse_filter(record.filter, text))
    return {str(found.row["id"]) async for found in scan_matching(connection.client, record, query=query)}


async def _shown(connection: Connection, name: str, text: str) -> Ids:
    """The rows that a list of the console shows."""
    record = RESOURCES[name]
    assert record.filter is not None
    view = make_view(connection.client, record)
    page = await view.fetch(ListQuery(record.list.order, parse_filter(record.filter, text)), 0, 100, None)
    return {str(row["id"]) for row in page.rows}


async def _found(connection: Connection, _: str, text: str) -> Ids:
    """The objects that a target of a command or the jump bar means."""
    return {str(match.row["id"]) for match in (await find_objects(connection.client, text)).found}


CASES: list[tuple[Callable[[Connection, str, str], Awaitable[Ids]], str, str]] = [
    *(
        (how, "users", text)
        for how in (_marked, _shown)
        for text in ("EMAIL", "email:EMAIL", "FIRST LAST", "chain:SOL")
    ),
    *((how, "users", "social:google a") for how in (_marked, _shown)),
    *((how, "visitors", "chain:SOL") for how in (_marked, _shown)),
    *((how, "wallets", text) for how in (_marked, _shown) for text in ("EMAIL", "ADDRESS")),
    *((_found, "", text) for text in ("EMAIL", "ADDRESS", "FIRST LAST", "USERNAME")),
]


@pytest.mark.parametrize("encoding", slow_except(["form", "both", "ignored", "refused"], "ignored"))
async def test_every_use_of_a_filter_finds_the_same_on_every_server(encoding: str, tmp_path: Path) -> None:
    async with _connected(tmp_path, "deep-object") as good, _connected(tmp_path, encoding) as other:
        users = await rows_of(good, "users")
        user = next(row for row in users if row.get("email") and row.get("firstName") and row.get("username"))
        wallet = next(row for row in await rows_of(good, "wallets") if not row.get("deletedAt"))
        words = {"EMAIL": user["email"], "FIRST": user["firstName"], "LAST": user["lastName"]}
        words |= {"ADDRESS": wallet["publicKey"], "USERNAME": user["username"]}
        for find, name, text in CASES:
            for word, value in words.items():
                text = text.replace(word, value)
            expected = await find(good, name, text)
            assert expected or name == "wallets", f"nothing to find for {text}"
            assert await find(other, name, text) == expected, f"{find.__name__} {name} {text}"


@pytest.mark.parametrize(
    ("ignored", "text"),
    slow_except(
        [("value", "chain:SOL email:an"), ("chain", "chain:SOL email:a"), ("provider", "social:google email:a")],
        ("chain", "chain:SOL email:a"),
    ),
)
async def test_a_list_and_an_action_on_all_have_the_same_rows_when_the_server_ignores_a_part_of_the_filter(
    ignored: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_part(*parts: str) -> UserFilter:
        return replace(UserFilter(*parts), **{ignored: ""})

    assert USERS.filter is not None
    query = ListQuery("createdAt-asc", parse_filter(USERS.filter, text))
    async with _connected(tmp_path, "deep-object") as connection:
        expected = await _marked(connection, "users", text)
        monkeypatch.setattr(user_operations, "UserFilter", without_part)
        assert 0 < len(expected) < len(await rows_of(connection, "users"))
        for find in (_marked, _shown):
            assert await find(connection, "users", text) == expected, find.__name__
        view = make_view(connection.client, USERS, page_size=3)
        for each in (query, ListQuery("createdAt-asc")):
            view.set_query(each)
            view.set_viewport(0, 60)
            await view.wait_until_idle()
            assert ({str(row["id"]) for row in view.loaded_rows()} == expected) is bool(each.filter)
            assert view.total == len(view.loaded_rows())
            message = filter_check.filter_message(
                connection.client, USERS, each.filter, is_partly_filtered=view.is_partly_filtered
            )
            assert message == ("filtered here: the server ignores a part" if each.filter else "")
        view.close()
        monkeypatch.setattr(filter_check, "MAX_COMPARED", 1)
        with pytest.raises(
            FilterUnsupported, match="The server ignores a part of the filter, and the list is too long"
        ):
            await _shown(connection, "users", text)


async def test_the_form_is_found_out_one_time_and_remembered(tmp_path: Path) -> None:
    async with _connected(tmp_path, "form") as connection:
        email = next(row["email"] for row in await rows_of(connection, "users") if row.get("email"))
        requests: list[int] = []
        for _ in range(3):
            before = connection.log.total
            async with connection.new_client() as client:
                assert [user["email"] for user in await find_users(client, email)] == [email]
            requests.append(connection.log.total - before)
        assert requests == [4, 1, 1], "the other form is tried one time, and then used by every client"


async def test_a_server_whose_rows_match_gets_no_further_request(tmp_path: Path) -> None:
    async with _connected(tmp_path, "deep-object") as connection:
        email = next(row["email"] for row in await rows_of(connection, "users") if row.get("email"))
        before = connection.log.total
        await find_users(connection.client, email)
        assert connection.log.total == before + 1


@pytest.mark.parametrize("encoding", ["deep-object", "form"])
async def test_a_refused_value_is_an_error_of_the_value(encoding: str, tmp_path: Path) -> None:
    async with _connected(tmp_path, encoding) as connection:
        for _ in range(2):
            with pytest.raises(BadRequest, match="filterColumn"):
                await connection.client.page(
                    "getEnvironmentUsers", "users", filter={"filterColumn": "shoe", "filterValue": "9"}
                )


@pytest.mark.parametrize(("encoding", "how"), [("ignored", "ignores"), ("refused", "refuses")])
async def test_a_filter_without_effect_is_an_error_where_nothing_can_be_compared(
    encoding: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _connected(tmp_path, encoding) as connection:
        with pytest.raises(FilterUnsupported, match=f"The server {how} the filter"):
            await connection.client.page("getEnvironmentUsers", "users", filter={"filterValue": "nobody"})
        monkeypatch.setattr(filter_check, "MAX_COMPARED", 20)
        with pytest.raises(FilterUnsupported, match="too long to be filtered here"):
            await _shown(connection, "users", "email:nobody")
        with pytest.raises(FilterUnsupported, match="too long to be filtered here"):
            await _shown(connection, "wallets", "nobody@example.com")
        monkeypatch.setattr("dyntui.services.object_lookup._MAX_COMPARED", 20)
        with pytest.raises(TooManyMatches, match=f"The server {how} the filter"):
            await find_users(connection.client, "nobody@example.com")
        user = (await rows_of(connection, "users"))[0]
        sandbox_of(connection).flags = type(sandbox_of(connection).flags)(
            {**FLAGS, "filter-encoding": encoding, "newer-operations": "no", "sessions-on-get": "no"}
        )
        with pytest.raises(Exception, match="does not tell"):
            await read_sessions(connection.client, user["id"])


async def test_the_tail_shows_only_matching_events(tmp_path: Path) -> None:
    async with _connected(tmp_path, "ignored", now=None) as connection:
        start = now() - timedelta(days=200)
        found = await EventTail(connection.client, EventFilter("wallet", start=start), backlog=10_000).poll()
        assert {str(event["eventName"]).split(".")[0] for event in found} == {"wallet"}
        ended = EventFilter(start=start, end=now() - timedelta(days=20))
        times = [str(event["timestamp"]) for event in await EventTail(connection.client, ended, backlog=10_000).poll()]
        assert times
        assert min(times) >= start.isoformat()[:19]
        assert ended.end is not None
        assert max(times) <= ended.end.isoformat()[:19]


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ignored", "refused"])
async def test_entries_are_found_when_the_search_of_the_server_does_not_work(encoding: str, tmp_path: Path) -> None:
    from tests.services.test_services_access_entry_search import long_list

    async with access_environment(tmp_path, flags={"filter-encoding": encoding}) as env:
        row = await long_list(env)
        found = await find_entries(
            env.client, str(row["id"]), [{"email": "ada@example.com"}, {"email": "n9@no.example"}]
        )
        assert list(found) == ["entry:email:ada@example.com"]
