"""Filters of lists: --where, --since, --until, --chain and --no-wallet, at the server or on this machine."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest
from tests.cli.cli_support import Run, Server, add
from tests.cli.test_cli_read_only import iter_commands
from tests.conftest import Cli

from dyntui.cli.root import root
from dyntui.core.errors import UsageError
from dyntui.services.lists.row_conditions import parse_condition

ROW: dict[str, Any] = {
    "email": "Ada@example.com",
    "name": "Ada Lovelace",
    "createdAt": "2026-01-31T10:00:00Z",
    "seats": 9,
    "version": "10",
    "enabled": True,
    "phone": None,
    "wallets": [{"chain": "EVM"}, {"chain": "SOL"}],
    "events": [],
    "scopes": ["read", "write"],
    "metadata": {"plan": "pro", "a.b": "dotted"},
    "lastName": "Benoi\u0302t",
}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("email=ada@EXAMPLE.com", True),
        ("name = Ada", False),
        ("name~lovel", True),
        ("name ^= ada", True),
        ("name^=love", False),
        ("email $= @Example.com", True),
        ("email$=@example", False),
        ("seats$=9", True),
        ("name!=Ada", True),
        ("seats>10", False),
        ("seats=9.0", True),
        ("version>9", True),
        ("version<=9", False),
        ("createdAt<2026-02-01", True),
        ("createdAt<=2026-01-31", True),
        ("createdAt>2026-01-31", False),
        ("createdAt>=2026-01-31T10:00:00Z", True),
        ("createdAt=2026-01-31", True),
        ("createdAt=2026-01-31T12:00:00+02:00", True),
        ("createdAt!=2026-01-31T12:00:00+02:00", False),
        ("createdAt>1d", False),
        ("enabled=yes", True),
        ("enabled=false", False),
        ("phone=", True),
        ("phone!=", False),
        ("missing=null", True),
        ("wallets=2", True),
        ("wallets>2", False),
        ("events=", True),
        ("events=0", True),
        ("wallets.chain=SOL", True),
        ("wallets.0.chain=SOL", False),
        ("wallets.chain!=SOL", False),
        ("scopes=write", True),
        ("metadata.plan=pro", True),
        ("metadata.a.b^=dot", True),
        ("metadata.other=pro", False),
        ("lastName=Beno\u00eet", True),
        ("lastName^=beno\u00ce", True),
        ("lastName!=Beno\u00eet", False),
        ("lastName<=beno\u00eet", True),
    ],
)
def test_a_condition_compares_by_the_kind_of_the_value(text: str, fits: bool) -> None:
    assert parse_condition(text).fits(ROW) is fits


@pytest.mark.parametrize(
    "text", ["createdAt>soon", "seats<many", "enabled>false", "email==x", "email!==x", "email =~ x"]
)
def test_values_that_cannot_be_compared_are_an_error(text: str) -> None:
    with pytest.raises(UsageError):
        parse_condition(text).fits(ROW)


def test_users_are_filtered_by_the_server_or_on_this_machine(dyntui: Cli) -> None:
    for words in (
        "users list --filter",
        "users list --since",
        "get users --chain",
        "get gates --filter",
        "users list --profile",
        "wallets list --user",
        "events tail --once --resource",
    ):
        unset = dyntui(*words.split(), "", check=False)
        assert (unset.returncode, unset.stdout) == (2, "") and "It is empty." in unset.stderr, words

    def listed(*options: str) -> list[dict[str, Any]]:
        return list(dyntui.json("users", "list", "--limit", "1000", *options)["items"])

    everybody = listed()
    by_name = {row["email"]: row for row in everybody if row["email"]}
    some = next(iter(by_name.values()))
    assert [row["id"] for row in listed("--where", "email", "=", some["email"])] == [some["id"]]
    two = listed("--where", "country=DE", "--where", "wallets>0")
    assert [row["id"] for row in two] == [row["id"] for row in everybody if row["country"] == "DE" and row["wallets"]]
    half = sorted(row["createdAt"] for row in everybody)[len(everybody) // 2]
    newer = listed("--since", half, "--no-wallet")
    assert newer and [row["id"] for row in newer] == [
        row["id"] for row in everybody if row["createdAt"] >= half and not row["wallets"]
    ]
    assert all("SOL" in {wallet["chain"] for wallet in row["wallets"]} for row in listed("--chain", "sol"))

    done = dyntui("users", "list", "--where", f"email={some['email']}", "--debug")
    assert "Filtered here" not in done.stderr
    assert "'SOLL' is not a known chain. Did you mean SOL?" in dyntui("users", "list", "--chain", "SOLL").stderr
    newest = max(row["createdAt"] for row in everybody)
    done = dyntui("users", "list", "--since", newest, "--debug")
    assert "Filtered here: the server cannot filter by createdAt." in done.stderr
    assert len(re.findall(r"GET \S+/users\S*: 200", done.stderr)) <= 2, "older pages are not read"
    assert listed("--all", "--order", "email-asc") == listed("--order", "email-asc") != listed("--all")
    name = some["email"].partition("@")[0]
    assert some["id"] in [row["id"] for row in listed("--filter", f"email:{name}")]
    owner = next(row for row in everybody if row["wallets"] and row["email"])
    addresses = {wallet["publicKey"] for wallet in owner["wallets"]}
    for options in (("--filter", owner["email"]), ("--user", owner["email"])):
        assert {row["publicKey"] for row in dyntui.json("wallets", "list", *options)["items"]} == addresses
    (address, *_) = addresses
    assert len(dyntui.json("wallets", "list", "--filter", address, "--exact")["items"]) == 1
    assert dyntui.json("wallets", "list", "--filter", address[:-1], "--exact")["items"] == []
    day = newest[:10]
    of_day = {row["id"] for row in everybody if row["createdAt"].startswith(day)}
    assert {row["id"] for row in listed("--since", day, "--until", day)} == of_day, "the day of --until is included"
    none = dyntui("users", "list", "--where", "country=nowhere")
    assert "No users match 'country=nowhere'." in none.stderr
    exported = dyntui("users", "export", "--since", half, "--no-wallet", "--fields", "id").stdout
    assert set(exported.split()[1:]) == {row["id"] for row in newer}


@pytest.mark.slow
def test_all_kinds_of_lists_are_filtered(dyntui: Cli) -> None:
    events = dyntui.json("events", "list", "--where", "resourceType=user.session", "--limit", "20")["items"]
    assert events and {row["resourceType"] for row in events} == {"user.session"}
    until = events[-1]["timestamp"]
    older = dyntui("events", "list", "--until", until, "--limit", "5", "--ndjson")
    assert older.stdout and "Filtered here" not in older.stderr
    wallets = dyntui.json("wallets", "list", "--chain", "SOL", "--limit", "5")["items"]
    assert {row["chain"] for row in wallets} == {"SOL"}
    lists = dyntui.json("allowlists", "list", "--where", "outcome=block")["items"]
    assert {row["outcome"] for row in lists} == {"block"}
    gates = dyntui.json("gates", "list", "--where", "outcome!=scope")["items"]
    assert gates and "scope" not in {row["outcome"] for row in gates}
    user = dyntui.json("users", "list", "--limit", "1")["items"][0]["id"]
    assert dyntui.json("users", "sessions", user, "--until", "2000-01-01")["items"] == []
    assert dyntui.json("jobs", "list", "--where", "state=done")["items"] == []
    for name in ("allowlists", "gates"):
        first = dyntui.json(name, "list")["items"][0]
        for text in (first["name"], f"name:{first['name'].upper()}"):
            assert dyntui.json(name, "list", "--filter", text)["items"] == [first]
    for words, message in (
        (("jobs", "list", "--filter", "done"), "No rows match 'done'."),
        (("gates", "list", "--filter", "name:x-x"), "No gates match 'name:x-x'."),
        (("jobs", "list"), "There are no jobs on this machine."),
        (("jobs", "list", "--where", "state=done"), "No rows match 'state=done'."),
        (("gates", "list", "--where", "name=x"), "No gates match 'name=x'."),
        (("audit", "no-such-word"), "No changes match."),
    ):
        none = dyntui(*words)
        assert (none.stdout, none.stderr.splitlines()[-1]) == ("", message)
    dyntui("do", "origins", "create", "origin=https://a.example", "--yes")
    lines = dyntui.json("audit", "--where", "outcome=done", "--since", "1h")["items"]
    assert [line["action"] for line in lines] == ["origins.create"]
    assert dyntui.json("audit", "--until", "1h")["items"] == []
    assert "Did you mean outcome?" in dyntui("audit", "--where", "outcom=done", check=False).stderr


def test_rows_that_the_server_should_not_have_sent_are_not_printed(run: Run, server: Server) -> None:
    add(run, "one", url=server.url)
    rows = [
        {"id": name, "email": f"{name}@example.com", "createdAt": "2026-01-02T03:04:05Z"} for name in ("ada", "bob")
    ]
    server.answers["users"] = (200, {"count": 2, "users": rows})
    for options in (("--filter", "ada"), ("--where", "email~ada"), ("--filter", "ada@", "--column", "email")):
        done = run("users", "list", "--profile", "one", *options)
        assert "ada@example.com" in done.out and "bob" not in done.out
        assert "Filtered here: the server ignores the filter, so the whole list was read." in done.err
    assert "bob" not in run("users", "list", "--profile", "one", "--social", "google").out
    first = run("users", "list", "--profile", "one", "--filter", "bob", "--limit", "1")
    assert "bob@example.com" in first.out and "ada" not in first.out, "a row that is not the first is found as well"


LISTS = {
    "audit",
    "users sessions",
    "users balances",
    "wallets balances",
    "webhooks messages",
    "webhooks deliveries",
    "allowlists entries",
    "events types",
}
LISTS |= {"get", "jobs get"}


def test_every_list_can_be_filtered_and_watched_by_what_its_rows_have(run: Run) -> None:
    found = dict(iter_commands(root, (), click.Context(root)))
    options = {
        words: {each for option in command.params for each in option.opts}
        for words, command in found.items()
        if words in LISTS or words.endswith(" list")
    }
    assert {words for words, names in options.items() if "--watch" not in names} == set()
    assert {words for words, names in options.items() if "--where" not in names} == {"jobs get"}
    assert {words for words, names in options.items() if "--no-wallet" in names} == {"users list", "get"}
    of_chains = {"users list", "wallets list", "users balances", "wallets balances", "get"}
    assert {words for words, names in options.items() if "--chain" in names} == of_chains
    assert not {"--since", "--until"} & (options["allowlists list"] | options["gates list"])
    assert all("--since" in options[words] for words in ("events list", "tokens list", "users list", "jobs list"))
    for words, offered in (("allowlists", False), ("users", True), ("", True), ("nothing", True)):
        shown = run("get", *words.split(), "--help").out
        assert ("--since" in shown) is ("--no-wallet" in shown) is offered and "--where" in shown, words
    assert "--order" not in options["tokens list"] and "--of" not in options["tokens list"]
