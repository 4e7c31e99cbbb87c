"""The catalog and the wire traps of the API: casing, encodings, lists in every wrapping, values nobody knows yet."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.conftest import reply

from dyntui.api.catalog import catalog
from dyntui.api.client import Client
from dyntui.api.errors import BadResponse
from dyntui.api.pagination import page_from
from dyntui.api.rate_limiter import RateLimiters
from dyntui.core.errors import UsageError

ENV = "11111111-2222-4333-8444-555555555555"


def client(url: str) -> Client:
    return Client(url, ENV, "dyn_" + "a" * 56, rate_limiters=RateLimiters(0, 0))


def test_every_operation_of_the_catalog_is_found_by_its_method_and_path() -> None:
    assert len(catalog()) == 334
    for operation in catalog():
        values = {name: f"v{index}" for index, name in enumerate(operation.path_names)}
        path = operation.path
        for name, value in values.items():
            path = path.replace("{" + name + "}", value)
        found = catalog().match(operation.method, path)
        assert found is not None
        assert (found[0].id, found[1]) == (operation.id, values)


def test_a_literal_path_takes_precedence_over_a_parameter() -> None:
    found = catalog().match("POST", "/environments/e/users/bulk")
    assert found is not None and found[0].id == "bulkCreateUser"


def test_an_unknown_operation_is_reported_with_similar_ones() -> None:
    with pytest.raises(UsageError, match="getEnvironmentUsers"):
        catalog().get("getEnviromentUsers")


def test_only_operations_without_changes_are_reads() -> None:
    assert all(operation.reads for operation in catalog() if operation.method == "GET")
    writing = [operation for operation in catalog() if operation.method != "GET" and operation.reads]
    assert {operation.id for operation in writing} <= {
        "verifyApiKey",
        "checkExternalJwt",
        "fetchNameServiceSigningMessage",
        "getUserAccountBalances",
    }


def test_deletes_revocations_and_resets_are_destructive() -> None:
    destructive = {operation.id for operation in catalog() if operation.destructive}
    assert {"deleteUser", "revokeSessionById", "revokeUserSessions", "resetUserMfa"} <= destructive
    assert "createUser" not in destructive


async def test_the_filter_is_sent_as_a_deep_object(script: Any) -> None:
    async with script(reply(200, b'{"users": []}')) as server, client(server.url) as api:
        await api.users.list(filter={"filterValue": "a&b=c", "filterColumn": "email"}, includeSessions=True)
    target = server.requests[0].line.split()[1]
    assert "filter%5BfilterValue%5D=a%26b%3Dc" in target or "filter[filterValue]=a%26b%3Dc" in target
    assert "includeSessions=true" in target


async def test_a_query_parameter_that_does_not_exist_is_refused(script: Any) -> None:
    async with script(reply(200, b"{}")) as server, client(server.url) as api:
        with pytest.raises(UsageError, match="offset"):
            await api.call("getEnvironmentUsers", query={"page": 2})
    assert server.requests == []


async def test_a_missing_path_value_is_named(script: Any) -> None:
    async with script(reply(200, b"{}")) as server, client(server.url) as api:
        with pytest.raises(UsageError, match="userId"):
            await api.call("getUser")


@pytest.mark.parametrize(
    ("document", "items", "rows", "total", "cursor"),
    [
        ([{"id": 1}], "", 1, 1, None),
        ({"count": 7, "users": [{"id": 1}]}, "users", 1, 7, None),
        ({"data": [{"id": 1}], "cursor": "c"}, "data", 1, None, "c"),
        ({"cursor": "", "data": []}, "data", 0, None, None),
        ({"renamed": [{"id": 1}], "count": 1}, "users", 1, 1, None),
        ({"users": None, "count": 0}, "users", 0, 0, None),
        ({}, "users", 0, None, None),
        ({"count": 0}, "users", 0, 0, None),
        ({"users": {}, "count": 0}, "users", 0, 0, None),
        ({"data": {}, "cursor": None}, "data", 0, None, None),
        ({"data": None}, "", 0, None, None),
        ([{"id": 1}, "odd"], "", 1, 2, None),
    ],
)
def test_bare_and_wrapped_lists_are_parsed(
    document: Any, items: str, rows: int, total: int | None, cursor: str | None
) -> None:
    page = page_from(document, items)
    assert (len(page.rows), page.total, page.cursor) == (rows, total, cursor)


@pytest.mark.parametrize(
    "document", [None, "text", {"a": [1], "b": [2]}, {"count": 3}, {"message": "x"}, 7, {"error": {}}]
)
def test_a_response_without_rows_is_an_error(document: Any) -> None:
    with pytest.raises(BadResponse):
        page_from(document, "users")


async def test_the_token_introspection_is_optional(script: Any) -> None:
    async with script(reply(404, b'{"error": "no", "code": "x"}')) as server, client(server.url) as api:
        assert await api.introspect() is None
    async with script(reply(200, b'{"token": {"scopes": ["a"]}}')) as server, client(server.url) as api:
        assert await api.introspect() == {"scopes": ["a"]}
