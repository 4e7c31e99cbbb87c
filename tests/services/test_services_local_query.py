"""Search and order among the rows that are here: in the cache, else in memory, and no request for it."""

from __future__ import annotations

from typing import Any

import pytest

from dyntui.api.pagination import RowPage
from dyntui.resources.resource import Column, Paging
from dyntui.resources.users import USERS
from dyntui.services.lists.list_query import ListQuery
from dyntui.services.lists.list_source import CachedList
from dyntui.services.lists.local_query import LocalQuery, LocalRows
from dyntui.services.lists.paged_view import PagedView
from dyntui.store.cache import RowCache

PEOPLE = [
    {"id": f"u{n:04}", "email": f"p{n}@example.com", "jobTitle": ["", "Nurse", "baker"][n % 3], "n": -n}
    for n in range(300)
]
JOB, NUMBER = Column("jobTitle", "job"), Column("n")


class Api:
    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.calls = 0

    async def fetch(self, query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        self.calls += 1
        rows = [row for row in self.rows if query.filter.get("job", "") in row["jobTitle"]]
        return RowPage(rows[offset : offset + limit], total=len(rows))


@pytest.fixture
def api() -> Api:
    return Api([dict(row) for row in PEOPLE])


def cached(api: Api) -> PagedView:
    return PagedView(api.fetch, cached=CachedList(RowCache(), USERS))


async def visible_ids(view: PagedView, first: int, last: int) -> list[str | None]:
    view.set_viewport(first, last)
    await view.wait_until_idle()
    return [view.id_at(index) for index in range(view.total)][first : last + 1]


async def read(view: PagedView) -> None:
    """Read 198 rows: the first page and the one ahead."""
    await visible_ids(view, 0, 20)


async def test_a_search_finds_cached_rows_ignoring_case_without_a_request(api: Api) -> None:
    view = cached(api)
    await read(view)
    calls = api.calls
    local = LocalRows(view, LocalQuery("P17@"), "id")
    assert await visible_ids(local.view, 0, 5) == ["u0017"]
    assert (local.searched, local.is_complete, api.calls) == (198, False, calls)
    assert await visible_ids(LocalRows(view, LocalQuery("p250@"), "id").view, 0, 5) == []


async def test_rows_are_sorted_by_any_column_with_empty_values_last_in_both_directions(api: Api) -> None:
    view = cached(api)
    await read(view)
    for descends in (False, True):
        local = LocalRows(view, LocalQuery(column=JOB, descending=descends), "id")
        ids = await visible_ids(local.view, 0, 197)
        jobs = [PEOPLE[int(str(row_id)[1:])]["jobTitle"] for row_id in ids]
        assert len(ids) == len(set(ids)) == 198
        assert list(dict.fromkeys(jobs)) == (["Nurse", "baker", ""] if descends else ["baker", "Nurse", ""])
    assert (await visible_ids(LocalRows(view, LocalQuery(column=NUMBER), "id").view, 0, 0)) == ["u0197"]


async def test_only_rows_of_the_server_filter_are_searched(api: Api) -> None:
    view = cached(api)
    await read(view)
    view.set_query(ListQuery(filter={"job": "Nurse"}))
    await read(view)
    local = LocalRows(view, LocalQuery("p1"), "id")
    found = await visible_ids(local.view, 0, 99)
    assert found and all(PEOPLE[int(str(row_id)[1:])]["jobTitle"] == "Nurse" for row_id in found)
    assert local.searched == 100


async def test_changes_and_deletions_apply_to_local_results(api: Api) -> None:
    view = cached(api)
    await read(view)
    local = LocalRows(view, LocalQuery("p17@"), "id")
    await visible_ids(local.view, 0, 5)
    view.replace({**PEOPLE[17], "jobTitle": "pilot"})
    local.search_again()
    await visible_ids(local.view, 0, 5)
    row = local.view.get(0)
    assert row is not None and row["jobTitle"] == "pilot"
    view.remove("u0017")
    reopened = LocalRows(view, LocalQuery("p17@"), "id")
    assert await visible_ids(reopened.view, 0, 5) == []


@pytest.mark.parametrize("paging", [Paging.OFFSET, Paging.NONE])
async def test_without_a_cache_the_rows_in_memory_are_searched(api: Api, paging: Paging) -> None:
    view = PagedView(api.fetch, paging=paging)
    await read(view)
    local = LocalRows(view, LocalQuery("p1", NUMBER), "id")
    found = await visible_ids(local.view, 0, 299)
    assert found[-1] == "u0001" and len(found) == sum("p1" in str(row["email"]) for row in view.loaded_rows())
    assert local.is_complete is (paging is Paging.NONE)
