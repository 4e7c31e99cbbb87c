"""--exact and --match: only the rows that were meant are piped into a command that writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dyntui.services.lists.row_match import Match, RowFilter

PEOPLE = ("bad@spam.example", "good@spam.example.org", "xbad@spam.example", "bad@spam.example.net", "Bad2@spam.example")

NAMED = {"amelia.murphy@names.example", "amelia.stone@names.example", "omar.murphy@names.example"}


@pytest.fixture(scope="module")
def people(sandbox: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Create users whose emails contain each other. Returns their ids by email."""
    from tests.conftest import Cli

    dyntui = Cli(sandbox, tmp_path_factory.mktemp("home"))
    return {email: dyntui.json("users", "create", f"email={email}", "--yes")["items"][0]["id"] for email in PEOPLE}


def emails(dyntui: Any, *options: str) -> set[str]:
    done = dyntui("users", "list", "--ndjson", *options)
    return {json.loads(line)["email"] for line in done.stdout.splitlines()}


@pytest.mark.usefixtures("people")
def test_users_are_matched_exactly_by_prefix_or_by_a_part(dyntui: Any) -> None:
    options = ("--filter", "bad@spam.example", "--column", "email")
    assert emails(dyntui, *options) == {"bad@spam.example", "xbad@spam.example", "bad@spam.example.net"}
    assert emails(dyntui, *options, "--exact") == {"bad@spam.example"}
    assert emails(dyntui, *options, "--all", "--exact") == {"bad@spam.example"}
    assert emails(dyntui, *options, "--match", "prefix") == {"bad@spam.example", "bad@spam.example.net"}
    assert emails(dyntui, "--filter", "BAD@spam.example", "--exact") == {"bad@spam.example"}
    assert emails(dyntui, "--filter", "spam.example", "--exact") == set()


def test_piping_exact_matches_deletes_only_the_exact_match(dyntui: Any, people: dict[str, str]) -> None:
    before = {row["id"] for row in dyntui.json("users", "list", "--all")["items"]}
    email = "Bad2@spam.example"
    rows = dyntui("users", "list", "--filter", email, "--column", "email", "--exact", "--ndjson").stdout
    dyntui("users", "delete", "-", "--yes", stdin=rows)
    after = {row["id"] for row in dyntui.json("users", "list", "--all")["items"]}
    assert before - after == {people[email]}


def test_any_list_is_matched_locally_where_the_server_cannot_filter(dyntui: Any) -> None:
    origins = ("https://app.example", "https://app.example.org", "https://my.app.example")
    for origin in origins:
        dyntui("do", "origins", "create", f"origin={origin}", "--yes")

    def found(*options: str) -> set[str]:
        return {row["origin"] for row in dyntui.json("get", "origins", *options)["items"]}

    assert found("--filter", "https://app.example", "--exact") == {"https://app.example"}
    assert found("--filter", "origin:https://app.example", "--match", "prefix") == set(origins[:2])
    assert found("--filter", "app.example", "--match", "contains") == set(origins)
    assert found("--filter", "app.example") == set(origins)
    assert (
        "Filtered here: the server cannot filter origins by 'app'."
        in dyntui("get", "origins", "--filter", "app").stderr
    )


def test_rows_of_any_list_are_piped_by_the_field_of_their_id(dyntui: Any) -> None:
    made = dyntui.json(
        "do", "webhooks", "create", "url=https://hooks.example/x", "events=user.created", "isEnabled=true", "--yes"
    )
    hook = made["items"][0]["id"]
    rows = dyntui("get", "webhooks", "--filter", "url:https://hooks.example/x", "--exact", "--ndjson").stdout
    assert [json.loads(row)["webhookId"] for row in rows.splitlines()] == [hook]
    dyntui("do", "webhooks", "delete", "-", "--yes", stdin=rows)
    assert hook not in {row["webhookId"] for row in dyntui.json("get", "webhooks")["items"]}


def test_entries_of_all_identifier_kinds_are_searched_and_copied(dyntui: Any) -> None:
    for name in ("First", "Second"):
        dyntui("allowlists", "create", name, "--outcome", "scope", "--scope", "vip", "--yes")
    kinds = ("+4915112345678", "discord:ada#1234", "external:u-1", "external:u-12", "ada@example.com")
    dyntui("allowlists", "add", "First", *kinds, "--yes")

    def found(*options: str) -> list[str]:
        entries = dyntui.json("allowlists", "entries", *options)["items"]
        return sorted(
            next(str(entry[name]) for name in entry if name not in ("id", "allowListId")) for entry in entries
        )

    assert found("First", "--search", "5112345") == ["+4915112345678"]
    assert found("First", "--search", "ADA") == ["ada#1234", "ada@example.com"]
    assert found("First", "--search", "u-1") == ["u-1", "u-12"]
    assert found("First", "--search", "u-1", "--exact") == ["u-1"]
    dyntui("allowlists", "copy", "First", "Second", "--search", "u-1", "--exact", "--yes")
    assert found("Second") == ["u-1"]
    list_id = dyntui.json("allowlists", "get", "First")["id"]
    generic = dyntui.json("get", "allowlist-entries", "--of", list_id, "--filter", "ada#")["items"]
    assert [entry["discordUsername"] for entry in generic] == ["ada#1234"]


def test_a_filter_without_matches_is_reported(dyntui: Any) -> None:
    dyntui("allowlists", "create", "Third", "--outcome", "scope", "--scope", "vip", "--yes")
    list_id = dyntui.json("allowlists", "get", "Third")["id"]
    none = dyntui("get", "allowlist-entries", "--of", list_id)
    assert "This allowlist has no entries" in none.stderr
    for name, more in (("allowlist-entries", ("--of", list_id)), ("users", ()), ("origins", ("--exact",))):
        done = dyntui("get", name, *more, "--filter", "nobody-at-all")
        assert "match 'nobody-at-all'" in done.stderr, name
        assert "yet" not in done.stderr


@pytest.mark.parametrize(
    "options",
    [("--exact",), ("--match", "prefix"), ("--exact", "--match", "prefix", "--filter", "a"), ("--exact", "--sessions")],
)
def test_a_match_option_without_a_text_is_refused(dyntui: Any, options: tuple[str, ...]) -> None:
    assert dyntui("users", "list", *options, check=False).returncode == 2


@pytest.mark.parametrize(
    ("match", "text", "value", "fits"),
    [
        (Match.EXACT, "Ada", "Ada", True),
        (Match.EXACT, "ada", "Ada", False),
        (Match.EXACT, "ada@Example.com", "Ada@example.com", True),
        (Match.EXACT, "0xAB", "0xab", True),
        (Match.PREFIX, "AD", "ada", True),
        (Match.PREFIX, "da", "ada", False),
        (Match.CONTAINS, "D", "ada", True),
    ],
)
def test_values_are_matched(match: Match, text: str, value: str, fits: bool) -> None:
    assert RowFilter(text, match).fits({"name": value}) is fits


def test_only_the_given_columns_are_searched() -> None:
    row = {"email": "a@b.example", "alias": "c@d.example", "verifiedCredentials": [{"address": "0xAb", "id": "x"}]}
    assert RowFilter("c@d.example", Match.EXACT).fits(row)
    assert not RowFilter("c@d.example", Match.EXACT, ("email",)).fits(row)
    assert RowFilter("0xab", Match.EXACT, ("walletPublicKey",)).fits(row)
    assert RowFilter("0xab", Match.EXACT).fits(row)
    assert not RowFilter("x", Match.EXACT).fits(row)


@pytest.mark.usefixtures("people")
def test_users_are_listed_by_their_full_name(dyntui: Any) -> None:
    for first, last in (("Amelia", "Murphy"), ("Amelia", "Stone"), ("Omar", "Murphy")):
        email = f"{first}.{last}@names.example".lower()
        dyntui("users", "create", f"email={email}", f"firstName={first}", f"lastName={last}", "--yes")
    amelia = {"amelia.murphy@names.example"}
    assert emails(dyntui, "--filter", "amelia murphy") & NAMED == amelia
    assert emails(dyntui, "--filter", "Amelia Murphy", "--exact") & NAMED == amelia
    assert emails(dyntui, "--filter", "amelia murphy", "--all") & NAMED == amelia
    assert emails(dyntui, "--filter", "Amelia Murphy", "--column", "alias") == set()
