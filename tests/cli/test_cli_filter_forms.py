"""Every command that filters a list, against servers that understand filters in another form, ignore or refuse them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Cli

from dyntui.sandbox.operations import users as user_operations
from dyntui.sandbox.user_repository import UserFilter

ENCODINGS = ("form", "ignored", "refused")

LISTS: tuple[tuple[str, ...], ...] = (
    ("users", "list", "--filter", "EMAIL"),
    ("users", "list", "--filter", "EMAIL", "--exact"),
    ("users", "list", "--where", "email=EMAIL"),
    ("users", "list", "--chain", "SOL", "--limit", "3"),
    ("users", "list", "--social", "google", "--all"),
    ("users", "list", "--filter", "username:NAME", "--chain", "SOL"),
    ("wallets", "list", "--filter", "EMAIL"),
    ("get", "visitors", "--chain", "SOL"),
    ("get", "visitors", "--filter", "id:VISITOR"),
)
TARGETS: tuple[tuple[str, ...], ...] = (
    ("users", "get", "EMAIL", "-o", "json"),
    ("users", "get", "NAME", "-o", "json"),
    ("users", "sessions", "EMAIL", "-o", "json"),
    ("users", "export", "EMAIL", "-o", "json"),
    ("users", "delete", "EMAIL", "--dry-run"),
    ("access", "check", "EMAIL"),
)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Cli]]:
    """The command line against a sandbox with the same users for each way to understand a filter."""
    from contextlib import ExitStack

    from tests.conftest import serving

    with ExitStack() as stack:
        made: dict[str, Cli] = {}

        def server(encoding: str) -> Cli:
            if encoding not in made:
                served = stack.enter_context(
                    serving(flags=(f"filter-encoding={encoding}",), users=130, now="2026-03-01T12:00:00Z")
                )
                made[encoding] = Cli(served, tmp_path_factory.mktemp(encoding))
            return made[encoding]

        yield server


def _words(good: Cli) -> dict[str, str]:
    users = _rows(good.json("users", "list", "--all"))
    user = next(row for row in users if row.get("email") and len(row.get("username") or "") > 5)
    visitor = _rows(good.json("get", "visitors"))[0]
    return {"EMAIL": user["email"], "NAME": user["username"], "VISITOR": visitor["id"]}


def _arguments(command: tuple[str, ...], words: dict[str, str]) -> list[str]:
    arguments = []
    for argument in command:
        for word, value in words.items():
            argument = argument.replace(word, value)
        arguments.append(argument)
    return arguments


def _rows(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, list):
        return document
    return next(value for value in document.values() if isinstance(value, list))


def _ids(text: str) -> list[str]:
    return sorted(str(row["id"]) for row in _rows(json.loads(text)))


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_command_lists_matching_rows_and_says_when_the_server_does_not_filter(
    encoding: str, servers: Callable[[str], Cli]
) -> None:
    good, other = servers("deep-object"), servers(encoding)
    words = _words(good)
    for command in LISTS:
        arguments = _arguments(command, words)
        expected = good(*arguments, "--json")
        done = other(*arguments, "--json")
        assert _ids(done.stdout) == _ids(expected.stdout), arguments
        if encoding != "form" and "wallets" not in command and "--exact" not in command:
            how = {"ignored": "ignores", "refused": "refuses"}[encoding]
            assert f"Filtered here: the server {how} the filter" in done.stderr, arguments
    for command in TARGETS:
        arguments = _arguments(command, words)
        assert other(*arguments).stdout == good(*arguments).stdout, arguments


def test_a_raw_call_with_a_filter_without_effect_fails_and_prints_no_row(servers: Callable[[str], Cli]) -> None:
    done = servers("ignored")("api", "getEnvironmentUsers", "-p", "filter[filterValue]=nobody", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "The server ignores the filter" in done.stderr
    listed = servers("ignored")("users", "list", "--filter", "nobody@example.com", "--ndjson")
    assert listed.stdout == ""
    assert "Filtered here: the server ignores the filter" in listed.stderr


def test_the_form_is_remembered_for_the_next_commands(servers: Callable[[str], Cli], tmp_path: Path) -> None:
    cli = Cli(servers("form").sandbox, tmp_path / "home")
    file = tmp_path / "home/cache/filter-forms.json"
    email = _words(servers("deep-object"))["EMAIL"]

    def requests(text: str = email, *options: str) -> int:
        done = cli("users", "list", "--filter", text, "--debug", "--json", *options)
        assert [row["email"] for row in _rows(json.loads(done.stdout))] == [email] or text != email
        return done.stderr.count("GET ")

    assert [requests(), requests(), requests(email[:2], "--limit", "3")] == [4, 1, 1]
    assert requests(email, "--no-cache") == 4
    assert file.stat().st_mode & 0o777 == 0o600
    document = file.read_text()
    cli("cache", "purge")
    assert not file.exists() and requests() == 4

    at = float(document.partition('"at": ')[2].partition("}")[0])
    for text in (
        document.replace(str(at), str(at - 86_401)),
        document.replace('"form"', '"deep-object"').replace('"deep-object":', '"form":'),
        "damaged",
    ):
        file.write_text(text)
        assert [requests(), requests()] == [4, 1], "a form that is old or wrong is found out again"
    file.write_text('{"version": 2}')
    assert requests() == 4 and file.read_text() == '{"version": 2}', "the file of a newer version stays as it is"


def test_rows_of_another_chain_are_left_out_when_the_server_ignores_only_the_chain(
    dyntui: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_chain(value: str, column: str, chain: str, *more: str) -> UserFilter:
        return UserFilter(value, column, "", *more)

    expected = dyntui("users", "list", "--chain", "SOL", "--all", "--json").stdout
    monkeypatch.setattr(user_operations, "UserFilter", without_chain)
    done = dyntui("users", "list", "--chain", "SOL", "--all", "--json")
    assert _ids(done.stdout) == _ids(expected)
    assert re.search(r"Left out: \d+ rows from the server that did not match the filter.", done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_import_finds_the_users_that_exist(encoding: str, servers: Callable[[str], Cli], tmp_path: Path) -> None:
    other = servers(encoding)
    email = _words(servers("deep-object"))["EMAIL"]
    file = tmp_path / "people.csv"
    file.write_text(f"email\n{email}\nnew-{encoding}@example.com\n")
    document = other.json(
        "import", str(file), "--set", "emailVerifiedAt=unverified", "--yes", "--report", str(tmp_path)
    )
    assert (document["rows"]["exists"], document["rows"]["created"]) == (1, 1)
