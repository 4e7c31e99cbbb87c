"""A server that does not page, or leads round in circles, ends every reading of a list with an error that says so."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
import pytest

from dyntui.api.client import Client
from dyntui.api.errors import RepeatedPage
from dyntui.api.rate_limiter import RateLimiters
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Paging
from dyntui.services.access.entry_search import find_entries, read_by_id
from dyntui.services.actions.raw_writes import all_rows
from dyntui.services.events import EventTail
from dyntui.services.imports.allowlist_destination import EntryDestination
from dyntui.services.imports.server_reader import make_reader
from dyntui.services.imports.user_destination import UserDestination
from dyntui.services.lists.list_source import make_view, scan
from dyntui.services.webhooks import failed_view

BASE_URL = "http://127.0.0.1:9/api/v0"
ENVIRONMENT = "26ff0bcf-34e3-43cd-9cd5-091f0c3c982d"
ROWS = [dict.fromkeys(("id", "webhookId", "messageId", "eventId"), f"r{n}") for n in range(100)]
PARENT = "7a1f0bcf-34e3-43cd-9cd5-091f0c3c9000"


class SamePage:
    """An API that answers every request with the same page of `items`, and with two cursors in turn."""

    def __init__(self, items: str) -> None:
        self.items = items
        self.requests = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests += 1
        assert self.requests < 30, "it is read for ever"
        page = {self.items: ROWS, "count": 10_000, "cursor": f"c{self.requests % 2}"}
        body = orjson.dumps(page if self.items else ROWS)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


async def drained(rows: AsyncIterable[Any]) -> None:
    async for _ in rows:
        pass


def scanned(name: str) -> Callable[[Client], Awaitable[None]]:
    record = RESOURCES[name]
    parent = PARENT if record.parent else ""
    return lambda client: drained(scan(client, record, parent=parent))


def called(name: str) -> Callable[[Client], Awaitable[None]]:
    record = RESOURCES[name]
    path = {record.parent: PARENT} if record.parent else {}
    return lambda client: drained(all_rows(client, client.catalog.get(record.list.operation), path=path, query={}))


async def _newest(client: Client) -> None:
    await drained(UserDestination().list_newest(make_reader(client)))


async def _all_entries(client: Client) -> None:
    await drained(EntryDestination(PARENT).list_all(make_reader(client)))


async def _found_entries(client: Client) -> None:
    await find_entries(client, PARENT, [{"phoneNumber": "+4915112345678"}, {"email": "a@example.com"}])


async def _searched_entries(client: Client) -> None:
    await find_entries(client, PARENT, [{"email": "a@example.com"}])


async def _entries_by_id(client: Client) -> None:
    await read_by_id(client, PARENT, ["nobody"])


async def _tail(client: Client) -> None:
    await EventTail(client).poll()


PAGED = sorted(name for name, record in RESOURCES.items() if record.list.paging is not Paging.NONE)
READERS: dict[str, tuple[str, Callable[[Client], Awaitable[None]]]] = {
    **{f"scan {name}": (RESOURCES[name].list.items, scanned(name)) for name in PAGED},
    **{f"api --all {name}": (RESOURCES[name].list.items, called(name)) for name in PAGED},
    "newest users of an import": ("users", _newest),
    "entries of an import": ("entries", _all_entries),
    "entries looked for": ("entries", _found_entries),
    "entries searched for": ("entries", _searched_entries),
    "entries by id": ("entries", _entries_by_id),
    "event tail": ("data", _tail),
}


@pytest.fixture
async def opened() -> AsyncIterator[Callable[[str], Client]]:
    clients: list[Client] = []

    def make(items: str) -> Client:
        client = Client(
            "http://127.0.0.1:9/api/v0",
            ENVIRONMENT,
            "dyn_" + "a" * 56,
            app=SamePage(items),
            rate_limiters=RateLimiters(0, 0),
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.mark.parametrize("reader", READERS)
async def test_reading_an_endless_list_ends(opened: Callable[[str], Client], reader: str) -> None:
    items, read = READERS[reader]
    with pytest.raises(RepeatedPage):
        await read(opened(items))


@pytest.mark.parametrize("name", PAGED)
async def test_a_view_of_an_endless_list_reports_it_and_sends_no_more_requests(
    opened: Callable[[str], Client], name: str
) -> None:
    record = RESOURCES[name]
    view = make_view(opened(record.list.items), record, parent=PARENT if record.parent else "")
    view.set_viewport(0, 350)
    await view.wait_until_idle()
    assert isinstance(view.error, RepeatedPage)
    assert view.is_idle
    view.close()


async def test_reading_endless_failed_messages_ends(opened: Callable[[str], Client]) -> None:
    view = failed_view(opened("data"), PARENT)
    view.set_viewport(0, 50)
    await view.wait_until_idle()
    assert isinstance(view.error, RepeatedPage)
    view.close()
