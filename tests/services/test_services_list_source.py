"""Full scans: everybody once, whoever comes and goes meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.families import examples

from dyntui.api.client import Client
from dyntui.api.rate_limiter import RateLimiters
from dyntui.core.errors import DyntuiError
from dyntui.resources.all_resources import resource
from dyntui.resources.users import USERS
from dyntui.services.lists.list_source import scan


class Api:
    """A list that changes between its pages. `change` is called before each answer."""

    def __init__(self, size: int, change: Any) -> None:
        self.people = [{"id": f"u{n}"} for n in range(size)]
        self.change = change
        self.calls = 0
        self.rate_limiters = RateLimiters(0, 0)

    async def call(self, operation: str, *, path: Mapping[str, object] | None, query: dict[str, Any]) -> Any:
        self.calls += 1
        self.change(self)
        rows = self.people[query["offset"] : query["offset"] + query["limit"]]
        return {"count": len(self.people), "users": rows}


@settings(max_examples=examples(80), deadline=None)
@given(
    st.integers(0, 700),
    st.lists(st.tuples(st.integers(1, 8), st.booleans(), st.integers(0, 699), st.integers(1, 60)), max_size=6),
)
def test_a_row_that_exists_all_the_time_is_read_exactly_one_time(size: int, changes: list[Any]) -> None:
    stayed = {f"u{n}" for n in range(size)}

    def change(api: Api) -> None:
        for number, deletes, start, count in changes:
            if number == api.calls and deletes:
                stayed.difference_update(person["id"] for person in api.people[start : start + count])
                del api.people[start : start + count]
            elif number == api.calls:
                api.people += [{"id": f"x{api.calls}-{n}"} for n in range(count)]

    async def work() -> list[str]:
        return [str(found.row["id"]) async for found in scan(cast(Client, Api(size, change)), USERS)]

    got = asyncio.run(work())
    assert len(got) == len(set(got))
    assert stayed <= set(got)


async def test_a_scan_counts_its_rows_and_the_total_of_the_server() -> None:
    found = [scanned async for scanned in scan(cast(Client, Api(250, lambda api: None)), USERS)]
    assert (found[-1].seen, found[-1].reported) == (250, 250)


async def test_a_list_that_always_changes_is_an_error() -> None:
    def shift(api: Api) -> None:
        api.people.insert(0, {"id": f"y{api.calls}"})
        api.people[:] = api.people[200:] + [{"id": f"z{api.calls}-{n}"} for n in range(200)]

    with pytest.raises(DyntuiError, match="faster"):
        _ = [found async for found in scan(cast(Client, Api(5000, shift)), USERS)]


def test_resources_are_found_by_name_and_alias() -> None:
    assert resource("U") is USERS and resource("users") is USERS and resource("nothing") is None
