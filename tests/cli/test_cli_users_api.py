"""`users`, `api` and `audit` against a real sandbox on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import Cli

from dyntui.api.catalog import catalog


def test_users_list_prints_one_json_document(dyntui: Cli) -> None:
    document = dyntui.json("users", "list", "--limit", "7")
    assert document["total"] == dyntui.sandbox.users and len(document["items"]) == 7


def test_users_list_reads_several_pages_and_all_reads_all(dyntui: Cli) -> None:
    assert len(dyntui.json("users", "list", "--limit", "130")["items"]) == 130
    lines = dyntui("users", "list", "--all", "--ndjson").stdout.splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == dyntui.sandbox.users


def test_users_list_uses_the_filter_of_the_server(dyntui: Cli) -> None:
    somebody = next(user for user in dyntui.json("users", "list")["items"] if user.get("email"))
    found = dyntui.json("users", "list", "--filter", somebody["email"], "--column", "email")
    assert somebody["id"] in [user["id"] for user in found["items"]]
    assert found["total"] < dyntui.sandbox.users


def test_users_get_shows_all_fields_as_text_and_as_json(dyntui: Cli) -> None:
    user_id = dyntui.json("users", "list", "--limit", "1")["items"][0]["id"]
    assert dyntui.json("users", "get", user_id)["id"] == user_id
    assert user_id in dyntui("users", "get", user_id).stdout


def test_a_missing_user_exits_1_with_the_message_of_the_server(dyntui: Cli) -> None:
    done = dyntui("users", "get", "00000000-0000-4000-8000-000000000000", "--json", check=False)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("error: ")


def test_a_wrong_token_exits_3(dyntui: Cli) -> None:
    done = dyntui("users", "list", check=False, token="dyn_" + "0" * 56)
    assert done.returncode == 3 and "auth login" in done.stderr


def test_api_list_has_every_operation(dyntui: Cli) -> None:
    assert {entry["operationId"] for entry in dyntui.json("api", "--list")["items"]} == set(catalog().operations)


def test_api_calls_by_id_and_by_method_and_path(dyntui: Cli) -> None:
    by_id = dyntui.json("api", "getEnvironmentUsers", "-p", "limit=3", "-p", "orderBy=createdAt-asc")
    by_path = dyntui.json(
        "api",
        "GET",
        f"/environments/{dyntui.sandbox.environment_id}/users",
        "-p",
        "limit=3",
        "-p",
        "orderBy=createdAt-asc",
    )
    assert by_id["users"] == by_path["users"] and len(by_id["users"]) == 3


def test_headers_and_the_requests_of_a_command_are_printed_on_standard_error(dyntui: Cli) -> None:
    shown = dyntui("api", "getEnvironmentUsers", "-p", "limit=1", "-i", "--debug")
    assert len(json.loads(shown.stdout)["users"]) == 1
    assert "content-type: application/json" in shown.stderr
    assert f"GET /environments/{dyntui.sandbox.environment_id}/users?limit=1: 200" in shown.stderr
    refused = dyntui("api", "getUser", "-p", "userId=none", "--debug", check=False)
    assert "/users/none: 404" in refused.stderr
    assert dyntui("api", "deleteUser", "-p", "userId=u", "-i", "--yes", check=False).returncode == 2


def test_a_write_with_api_is_confirmed_and_audited(dyntui: Cli) -> None:
    body = json.dumps({"name": "api test list", "outcome": "siteAccess"})
    refused = dyntui("api", "createAllowlistByEnvironmentId", "-d", body, check=False)
    assert refused.returncode == 2 and "--yes" in refused.stderr
    made = dyntui.json("api", "createAllowlistByEnvironmentId", "-d", body, "--yes")
    assert made["name"] == "api test list"
    lines = dyntui.json("audit")["items"]
    assert [line["outcome"] for line in lines if line["operation"] == "createAllowlistByEnvironmentId"] == [
        "started",
        "done",
    ]


def test_api_refuses_writes_with_read_only(dyntui: Cli) -> None:
    done = dyntui("api", "createAllowlistByEnvironmentId", "-d", "{}", "--yes", "--read-only", check=False)
    assert done.returncode == 2 and "read-only" in done.stderr


def test_api_reports_what_is_missing(dyntui: Cli) -> None:
    for arguments, words in (
        (("api", "getUser"), "userId"),
        (("api", "getUsr"), "Did you mean"),
        (("api", "GET", "/environments/x/Users/"), "cannot be used as a part of a path"),
        (("api", "GET", "/environments/x/USERS"), "The path of getEnvironmentUsers is /environments"),
        (("api", "GET", "/environments/x/../users"), "cannot be used as a part of a path"),
        (("api", "GET", "/environments/3f2a/tokenCatalog"), "not the environment of this connection"),
        (("api", "GET", "/environments/{x}/tokenCatalog"), "not the environment of this connection"),
        (("api", "GET", "/chains/{x}/fees"), "needs x"),
        (("api", "GET", "/tokenCatalog", "--all"), "has no pages"),
        (("api", "DELETE", "/tokenCatalog", "--yes"), "for its whole organization with live environments"),
        (("api", "DELETE", "/tokenCatalog", "--yes", "--read-only"), "read-only"),
        (("api", "createUser", "-d", "{"), "Invalid JSON"),
        (("api", "createUser", "-d", "@/does/not/exist"), "cannot be read"),
        (("api",), "METHOD and PATH"),
    ):
        done = dyntui(*arguments, check=False)
        assert done.returncode == 2 and words in done.stderr, arguments


def test_a_path_that_the_catalog_does_not_have_is_sent_with_query_and_body(dyntui: Cli) -> None:
    path = "/environments/{environmentId}/adminActions/{id}"
    line = ("api", "PATCH", path, "-p", "id=a b", "-p", "force=1", "-d", '{"a": true}')
    planned = dyntui.json(*line, "--dry-run")
    (request,) = planned["items"][0]["requests"]
    sent_path = f"/environments/{dyntui.sandbox.environment_id}/adminActions/a%20b"
    assert (request["method"], request["path"], request["body"]) == ("PATCH", sent_path, {"a": True})
    assert request["query"] == {"force": "1"}
    missing = dyntui("api", "GET", "/tokenCatalog", "-p", "cursor=x", check=False)
    assert missing.returncode == 1 and "not found" in missing.stderr
    assert dyntui(*line, "--yes", check=False).returncode == 1
    lines = [json.loads(line) for line in dyntui("audit", "--ndjson").stdout.splitlines()]
    assert [line["outcome"] for line in lines if line["action"] == f"api.PATCH {path}"] == ["started", "failed"]
    described = dyntui("api", "GET", "/tokenCatalog", "--help").stdout
    assert "The catalog does not have this path." in described


def test_hostile_names_are_shown_as_text_without_control_characters(serve: Callable[..., Any], tmp_path: Path) -> None:
    with serve(users=1, flags=("field-patterns=any",)) as sandbox:
        show_hostile_name(Cli(sandbox, tmp_path / "home"))


def show_hostile_name(dyntui: Cli) -> None:
    payload = "[@click=app.quit]Bob[/] [/x] \x1b]0;x\x07"
    body = json.dumps({"email": "bob.hostile@example.com", "alias": payload})
    user = dyntui.json("api", "createUser", "-d", body, "--yes")["user"]
    for arguments in (("users", "get", user["id"]), ("users", "list", "--filter", "bob.hostile"), ("audit",)):
        out = dyntui(*arguments).stdout
        assert "\x1b" not in out and "\x07" not in out
    assert "[@click=app.quit]Bob[/] [/x] ␛]0;x␇" in dyntui("users", "get", user["id"]).stdout
    assert dyntui.json("users", "get", user["id"])["alias"] == payload
    assert "\x1b" not in dyntui("users", "get", user["id"], "--json").stdout


def test_users_list_shows_a_saved_view(dyntui: Cli) -> None:
    config = dyntui.home / "config"
    config.mkdir(parents=True, exist_ok=True, mode=0o700)
    view = {"filter": "chain:SOL", "order": "email-asc", "columns": [["email", 30], ["wallets", 7]]}
    file = config / "lists.json"
    file.write_text(json.dumps({"columns": {}, "views": {"users": {"sol": view}}}))
    file.chmod(0o600)
    document = dyntui.json("users", "list", "--view", "sol", "--limit", "5")
    assert document == dyntui.json("users", "list", "--chain", "SOL", "--order", "email-asc", "--limit", "5")
    shown = dyntui("users", "list", "--view", "sol", "-o", "csv-exact").stdout
    assert shown.splitlines()[0] == "email,wallets,id"
    unknown = dyntui("users", "list", "--view", "other", check=False)
    assert unknown.returncode == 2 and "sol" in unknown.stderr
