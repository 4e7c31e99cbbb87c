"""Objects found by email, address, id, username and full name, whatever the server's filter matches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.services.resource_fixtures import connected, rows_of

from dyntui.resources.users import full_name
from dyntui.services.connection import Connection
from dyntui.services.object_lookup import IdentifierKind, find_objects, identify

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
UNKNOWN_ADDRESS = "0x" + "1b" * 20


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nora@example.com", "email"),
        ("0x52908400098527886E0F7030069857D2E4169EE7", "address"),
        ("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T", "address"),
        ("+1 (415) 555-0100", "phone"),
        (UNKNOWN_ID, "id"),
        (UNKNOWN_ID.upper(), "id"),
        ("Amelia Murphy", "name"),
        ("@nora", "name"),
        ("users", "name"),
    ],
)
def test_the_kind_of_an_identifier_follows_from_its_text(text: str, kind: IdentifierKind) -> None:
    assert identify(text) == kind


async def _find(connection: Connection, text: str) -> list[tuple[str, str]]:
    result = await find_objects(connection.client, text)
    return [(match.record.name, str(match.row[match.record.key])) for match in result.found]


def _unique(rows: list[dict[str, Any]], values: Mapping[str, str]) -> tuple[str, str]:
    """Return the id and value of the first row whose value no other row has."""
    counts = [*values.values()]
    return next((str(row["id"]), values[row["id"]]) for row in rows if counts.count(values[row["id"]]) == 1)


@pytest.mark.parametrize("match", ["contains", "prefix", "exact"])
async def test_a_user_is_found_by_each_identifier(match: str, tmp_path: Path) -> None:
    async with connected(tmp_path, users=200, flags={"filter-match": match}) as connection:
        users = await rows_of(connection, "users")
        for field in ("email", "username"):
            user = next(row for row in users if row.get(field))
            assert await _find(connection, str(user[field])) == [("users", user["id"])]
            assert await _find(connection, str(user[field]).upper()) == [("users", user["id"])]
        named = [row for row in users if row.get("firstName") and row.get("lastName")]
        user_id, name = _unique(named, {row["id"]: full_name(row) for row in named})
        assert await _find(connection, f"  {name.lower()} ") == [("users", user_id)]
        assert await _find(connection, user_id) == [("users", user_id)]


async def test_a_part_of_an_email_or_name_is_not_that_of_the_user(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        user = next(row for row in await rows_of(connection, "users") if row.get("email"))
        assert await _find(connection, f"x{user['email']}") == []
        assert await _find(connection, user["email"][1:]) == []


async def test_a_wallet_is_found_by_its_address(tmp_path: Path) -> None:
    async with connected(tmp_path, users=200) as connection:
        wallets = [row for row in await rows_of(connection, "wallets") if not row.get("deletedAt")]
        for chain in ("EVM", "SOL"):
            wallet = next(row for row in wallets if row["chain"] == chain)
            same_address = {row["id"] for row in wallets if row["publicKey"] == wallet["publicKey"]}
            assert {found for _, found in await _find(connection, wallet["publicKey"])} == same_address
        assert await _find(connection, UNKNOWN_ADDRESS) == []


@pytest.mark.parametrize("name", ["wallets", "allowlists", "gates", "webhooks", "events", "custom-fields"])
async def test_any_object_is_found_by_its_id(name: str, tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        rows = [row for row in await rows_of(connection, name) if not row.get("deletedAt")]
        key = {"webhooks": "webhookId", "events": "eventId"}.get(name, "id")
        assert await _find(connection, str(rows[0][key])) == [(name, str(rows[0][key]))]


async def test_an_unknown_id_names_what_was_searched_and_what_may_not_be_read(tmp_path: Path) -> None:
    async with connected(tmp_path, flags={"organization-access": "no"}) as connection:
        result = await find_objects(connection.client, UNKNOWN_ID)
        assert not result.found
        assert result.searched.startswith("the ids of users, wallets, allowlists, gates")
        assert list(result.not_permitted) == ["Organizations"]
