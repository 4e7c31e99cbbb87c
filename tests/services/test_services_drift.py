"""Users who come and go on a server while its list is paged: no row is shown twice, none is left out of a full scan."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.families import examples

from dyntui.api.pagination import RowPage
from dyntui.resources.users import USERS
from dyntui.sandbox.options import SandboxOptions
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.user_actions import user_target
from dyntui.services.actions.write_types import Confirmation, Target
from dyntui.services.bulk import BulkRun
from dyntui.services.demo import demo_connection
from dyntui.services.lists.list_query import ListQuery
from dyntui.services.lists.list_source import make_fetch
from dyntui.services.lists.page_scan import scan_by_offset
from dyntui.services.lists.paged_view import PagedView

PAGE = 12
USUAL = ListQuery(order="createdAt-desc")

Change = tuple[bool, int, int]
"""Whether people are deleted, the first of them by age, how many."""
changes = st.dictionaries(
    st.integers(1, 14), st.tuples(st.booleans(), st.integers(0, 79), st.integers(1, 15)), max_size=5
)


class Moving:
    """A sandbox where, before the answers with these numbers, people are deleted or sign up. stayed: who never left."""

    def __init__(self, size: int, changes_by_request: dict[int, Change]) -> None:
        self.connection = demo_connection(SandboxOptions(users=size, seed=3))
        self.changes_by_request = dict(changes_by_request)
        self.answers = 0
        self.stayed: set[str] = set()
        self._one_change = asyncio.Lock()
        self._plain = make_fetch(self.connection.client, USERS)

    async def everybody(self) -> list[str]:
        """All ids, the newest first, in one read that nothing comes between."""
        found: list[str] = []
        while True:
            page = await self._plain(USUAL, len(found), 100, None)
            found += [str(row["id"]) for row in page.rows]
            if len(page.rows) < 100:
                return found

    async def fetch(self, query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        self.answers += 1
        if self.answers in self.changes_by_request:
            change = self.changes_by_request.pop(self.answers)
            async with self._one_change:  # pages are read several at a time
                await self._change(*change)
        return await self._plain(query, offset, limit, cursor)

    async def _change(self, deletes: bool, first: int, many: int) -> None:
        writes = self.connection.write_gate
        if deletes:
            deleted = (await self.everybody())[first : first + many]
            self.stayed.difference_update(deleted)
            await self._sure(
                writes.perform(write_action("users.delete"), [user_target({"id": each}) for each in deleted], _YES)
            )
        else:
            new = [Target("", "", {"fields": {"email": f"new{self.answers}.{n}@example.com"}}) for n in range(many)]
            await self._sure(writes.perform(write_action("users.create"), new, _YES))

    async def _sure(self, done: Any) -> None:
        results = await done
        assert not results.remaining, results.first_error


_YES = Confirmation(yes=True)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 80), changes)
def test_a_scan_returns_each_remaining_row_one_time(size: int, changes_by_request: dict[int, Change]) -> None:
    async def work() -> None:
        server = Moving(size, changes_by_request)
        async with server.connection:
            server.stayed.update(await server.everybody())
            oldest_first = ListQuery(order="createdAt-asc")
            pages = scan_by_offset(
                BulkRun(server.connection.client, USERS.list.operation),
                lambda offset, limit: server.fetch(oldest_first, offset, limit, None),
                size=PAGE,
            )
            ids = [str(row["id"]) async for page in pages for row in page.rows]
            assert len(ids) == len(set(ids))
            assert server.stayed <= set(ids)

    asyncio.run(work())


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(56, {1: (True, 56, 1), 4: (True, 0, 1)}, [66, 46])  # the last row moves onto the page before
@example(23, {1: (False, 0, 1), 2: (False, 0, 1), 3: (True, 23, 1)}, [11, 24])  # a tombstone above the lines in view
@given(st.integers(1, 80), changes, st.lists(st.integers(0, 80), min_size=1, max_size=8))
def test_a_view_shows_no_row_twice_and_ends_with_the_rows_of_the_server(
    size: int, changes_by_request: dict[int, Change], visits: list[int]
) -> None:
    async def work() -> None:
        server = Moving(size, changes_by_request)
        async with server.connection:
            view = PagedView(server.fetch, page_size=PAGE, query=USUAL)
            for first in visits:
                view.set_viewport(first, first + 9)
                await view.wait_until_idle()
                shown = [each for line in range(first, first + 10) if (each := view.id_at(line)) is not None]
                assert len(shown) == len(set(shown)), (first, shown)
            server.changes_by_request.clear()
            view.refresh()
            await view.wait_until_idle()
            first = min(visits[-1], max(0, view.total - 1))
            view.set_viewport(first, first + 9)
            await view.wait_until_idle()
            existing = await server.everybody()
            lines = [line for line in range(first, first + 10) if line < view.total and not view.is_tombstone(line)]
            position = first - sum(view.is_tombstone(line) for line in range(first))
            assert [view.id_at(line) for line in lines] == existing[position : position + 10][: len(lines)]
            view.close()

    asyncio.run(work())
