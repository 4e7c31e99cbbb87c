"""Filters that take several requests: users by their full name, wallets by their address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.services.resource_fixtures import connected, perform, rows_of

from dyntui.core.errors import UsageError
from dyntui.resources.filters import parse_filter, search_scope
from dyntui.resources.users import USERS, WALLETS, full_name
from dyntui.services.actions.resource_actions import find_action, make_write_action
from dyntui.services.actions.write_types import Target, WriteOutcome
from dyntui.services.connection import Connection
from dyntui.services.lists.list_source import ListQuery, make_view, scan

assert USERS.filter is not None
SPEC = USERS.filter


async def _find(connection: Connection, text: str, order: str = "createdAt-desc") -> list[str]:
    query = ListQuery(order=order, filter=parse_filter(SPEC, text))
    return [str(found.row["id"]) async for found in scan(connection.client, USERS, query=query)]


@pytest.mark.parametrize("match", ["contains", "prefix", "exact"])
async def test_a_full_name_finds_every_user_who_has_it(match: str, tmp_path: Path) -> None:
    async with connected(tmp_path, users=400, flags={"filter-match": match}) as connection:
        users = [row for row in await rows_of(connection, "users") if row.get("firstName") and row.get("lastName")]
        for user in users[:5]:
            name = full_name(user)
            expected = {row["id"] for row in users if full_name(row).casefold() == name.casefold()}
            assert expected <= {*await _find(connection, name.upper())}


async def test_both_parts_of_the_name_have_to_match(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        users = [row for row in await rows_of(connection, "users") if row.get("firstName") and row.get("lastName")]
        first = users[0]["firstName"]
        others = [row["lastName"] for row in users if row["firstName"] != first]
        names = {full_name(row) for row in users}
        last = next(name for name in others if f"{first} {name}" not in names)
        assert await _find(connection, f"{first} {last}") == []


async def test_a_first_name_of_several_words_is_found(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        user_id = await _rename(connection, "Ana María", "de la Cruz")
        assert await _find(connection, "ana maría de la cruz") == [user_id]


async def test_what_the_server_finds_for_the_whole_text_is_listed_too_in_the_order_of_the_query(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        users = await rows_of(connection, "users")
        by_name = await _rename(connection, "Quill", "Harbor", users[0]["id"])
        by_alias = await _rename(connection, "Ada", "Lovelace", users[1]["id"], alias="Quill Harbor")
        newest_first = await _find(connection, "Quill Harbor")
        assert {*newest_first} == {by_name, by_alias}
        assert await _find(connection, "Quill Harbor", "createdAt-asc") == newest_first[::-1]
        assert await _find(connection, "Quill Harbor", "firstName-asc") == [by_alias, by_name]


async def test_a_filter_for_one_column_is_one_request(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        await _rename(connection, "Quill", "Harbor")
        assert await _find(connection, "lastName:Harbor") != []
        before = len(connection.log.entries())
        assert await _find(connection, "alias:Quill Harbor") == []
        assert len(connection.log.entries()) == before + 1


async def test_a_view_pages_through_the_result(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        users = (await rows_of(connection, "users"))[:5]
        ids = {await _rename(connection, "Quill", "Harbor", user["id"]) for user in users}
        view = make_view(connection.client, USERS, page_size=2)
        view.set_query(ListQuery(order="createdAt-desc", filter=parse_filter(SPEC, "quill harbor")))
        view.set_viewport(0, 5)
        await view.wait_until_idle()
        assert {view.id_at(index) for index in range(view.total)} == ids
        view.close()


def test_the_scope_names_the_columns_only_where_they_are_combined() -> None:
    assert search_scope(SPEC, "Amelia Murphy") == "all columns and the full name"
    assert search_scope(SPEC, "chain:EVM Amelia Murphy") == "all columns and the full name"
    assert search_scope(SPEC, "Amelia") == search_scope(SPEC, "alias:Amelia Murphy") == search_scope(None, "a b") == ""


async def _rename(connection: Connection, first: str, last: str, user_id: str = "", **fields: str) -> str:
    """Set the name of a user, the newest one by default, and return its id."""
    user_id = user_id or str((await rows_of(connection, "users"))[0]["id"])
    values = {"firstName": first, "lastName": last, **fields}
    edit = make_write_action(USERS, find_action(USERS, "edit"))
    [result] = await perform(connection, edit, Target(user_id, data={"fields": values}))
    assert result.outcome is WriteOutcome.DONE, result.error
    return user_id


# Wallets by address


@pytest.mark.parametrize("match", ["contains", "prefix"])
async def test_wallets_are_found_by_the_start_of_their_address_without_reading_the_list(
    match: str, tmp_path: Path
) -> None:
    async with connected(tmp_path, users=200, flags={"filter-match": match}) as connection:
        wallets = [row for row in await rows_of(connection, "wallets") if not row.get("deletedAt")]
        before = connection.log.total
        for chain, length in (("EVM", 10), ("EVM", 42), ("SOL", 30)):
            address = next(row["publicKey"] for row in wallets if row["chain"] == chain)[:length]
            found = {row["id"] for row in await _find_wallets(connection, address)}
            assert found == {row["id"] for row in wallets if address.lower() in row["publicKey"].lower()}
        owner = wallets[0]["userId"]
        email = str((await connection.client.users.get_raw(owner))["email"])
        found = {row["id"] for row in await _find_wallets(connection, email)}
        assert found == {row["id"] for row in wallets if row["userId"] == owner}
        operations = {entry.operation for entry in list(connection.log.entries())[before:]}
        assert operations == {"getEnvironmentUsers", "getWalletsByUserId", "getUser"}


async def test_too_many_owners_are_refused_with_the_way_out(tmp_path: Path) -> None:
    async with connected(tmp_path, users=400) as connection:
        with pytest.raises(UsageError, match="More than 100 users") as refused:
            await _find_wallets(connection, "0x")
        assert "Type more of it." in refused.value.hint


async def _find_wallets(connection: Connection, address: str) -> list[dict[str, Any]]:
    query = ListQuery(filter={"address": address})
    return [dict(found.row) async for found in scan(connection.client, WALLETS, query=query)]


def test_only_an_address_is_a_filter_of_the_list_of_wallets() -> None:
    assert WALLETS.filter is not None
    for text in ("metamask", "0x", "embeddedWalletProvider", "0x12 ab"):
        assert parse_filter(WALLETS.filter, text) == {}, text
    for text in (
        "0x12ab",
        "ada@example.com",
        "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    ):
        assert parse_filter(WALLETS.filter, f" {text} ") == {"address": text}
        assert search_scope(WALLETS.filter, text) == "existing wallets and users"
