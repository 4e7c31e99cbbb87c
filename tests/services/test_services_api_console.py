"""The API console: found, filled in, sent through the same doors; kept and copied without the token."""

from __future__ import annotations

import json
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.services.resource_fixtures import connected

from dyntui.api.catalog import catalog
from dyntui.config.paths import paths
from dyntui.config.profile import Profile
from dyntui.config.request_history import forget_requests
from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_list, as_object, as_objects
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel
from dyntui.services.api_console import (
    ConsoleRequest,
    ConsoleResponse,
    as_command,
    as_curl,
    prepare,
    request_fields,
    request_of_path,
    request_requirement,
    save_request,
    saved_requests,
    search_operations,
    send_request,
    shown_headers,
)
from dyntui.services.api_history import earlier_requests, record_request, save_response
from dyntui.services.connection import Connection
from dyntui.services.forms import WHOLE

CATALOG = catalog()
YES = Confirmation(yes=True)
NO = Confirmation()


def test_operations_are_found_by_any_of_their_words() -> None:
    assert len(search_operations(CATALOG, "")) == len(CATALOG) == 334
    assert search_operations(CATALOG, "createwebhook")[0].id == "createWebhook"
    assert {each.id for each in search_operations(CATALOG, "delete webhooks")} == {"deleteWebhookById"}
    assert search_operations(CATALOG, "nothing like that") == []
    assert [each.id for each in search_operations(CATALOG, "Creates many new users")] == ["bulkCreateUser"], "a title"
    found = search_operations(CATALOG, "wallet")
    assert found[0].audience == "admin"
    assert found[-1].audience == "end-user"


def test_every_operation_can_be_filled_in() -> None:
    for operation in CATALOG:
        assert len(request_fields(CATALOG, operation)) <= 40, operation.id
    assert [field.name for field in request_fields(CATALOG, CATALOG.get("updateProjectSettings"))] == [WHOLE]


async def test_reads_are_sent_without_a_confirmation(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        request = ConsoleRequest("getEnvironmentUsers", {"limit": "2", "filter[filterValue]": ""})
        answer = await send_request(connection, request, NO)
        assert (answer.status, len(as_list(as_object(answer.document)["users"]))) == (200, 2)
        assert answer.ms > 0
        assert answer.size > 100
        assert list(connection.audit.lines()) == []


async def test_writes_are_checked_by_the_write_gate(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        request = ConsoleRequest("addOrigin", {"origin": "https://new.example"})
        filled = prepare(CATALOG, request)
        assert (
            await request_requirement(connection, CATALOG.get("addOrigin"), filled)
        ).level is ConfirmationLevel.CONFIRM
        with pytest.raises(UsageError, match="not confirmed"):
            await send_request(connection, request, NO)
        assert connection.log.total == 0
        answer = await send_request(connection, request, YES)
        assert (answer.status, as_object(as_object(answer.document)["origin"])["origin"]) == (
            201,
            "https://new.example",
        )
        assert [line.outcome for line in connection.audit.lines()] == ["started", "done"]


async def test_the_confirmation_names_what_the_body_has_that_is_not_known(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        body = '{"url": "https://new.example/hook", "events": ["user.creatd"], "isEnabld": true}'
        fields = {"url": "https://new.example/hook", "events": "user.creatd", "isEnabled": "true"}
        for request in (ConsoleRequest("createWebhook", body=body), ConsoleRequest("createWebhook", fields)):
            filled = prepare(CATALOG, request)
            warning = (await request_requirement(connection, CATALOG.get("createWebhook"), filled)).warning
            assert "'user.creatd' is not a known value. Did you mean user.created? It is sent as written." in warning
            assert ("createWebhook has no field 'isEnabld'. Did you mean isEnabled?" in warning) == bool(request.body)


async def test_an_error_of_the_server_is_shown_as_a_response(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        missing = {"webhookId": "00000000-0000-4000-8000-000000000000"}
        answer = await send_request(connection, ConsoleRequest("getWebhook", missing), NO)
        assert answer.status == 404
        assert answer.document == {"error": "Webhook not found", "code": "not_found"}
        assert answer.error is not None
        answer = await send_request(
            connection, ConsoleRequest("signMessage", {"walletId": "x"}, '{"message": "m"}'), YES
        )
        assert answer.status == 501


async def test_an_invalid_form_is_not_sent(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        for request in (
            ConsoleRequest("getWebhook"),
            ConsoleRequest("addOrigin", {}, "{"),
            ConsoleRequest("getEnvironmentUsers", {"limit": "many"}),
        ):
            with pytest.raises(UsageError):
                await send_request(connection, request, YES)
        assert connection.log.total == 0


async def test_a_secret_is_read_only_by_the_write_gate(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        listed = await send_request(connection, ConsoleRequest("getWebhooks"), NO)
        webhook = as_objects(as_object(listed.document)["data"])[0]
        values = {"webhookId": str(webhook["webhookId"]), "includeSecret": "true"}
        with pytest.raises(UsageError, match="not confirmed"):
            await send_request(connection, ConsoleRequest("getWebhook", values), NO)
        answer = await send_request(connection, ConsoleRequest("getWebhook", values), YES)
        assert as_object(answer.document)["secret"]
        assert [line.operation for line in connection.audit.lines()] == ["getWebhook", "getWebhook"]


async def test_read_only_refuses_every_write_operation_before_any_request(tmp_path: Path) -> None:
    refused = 0
    async with connected(tmp_path, read_only=True, users=0) as connection:
        for operation in CATALOG:
            if operation.reads:
                continue
            values = dict.fromkeys(operation.path_names, "00000000-0000-4000-8000-000000000000")
            request = ConsoleRequest(operation.id, values, "{}" if operation.body is not None else "")
            if any(each.location == "header" for each in request_fields(CATALOG, operation)):
                request = ConsoleRequest(operation.id, {**values, "x-mfa-auth-token": "t"})
            with pytest.raises(UsageError, match="read-only"):
                await send_request(connection, request, Confirmation(True, "demo"))
            refused += 1
        assert connection.log.total == 0
    assert refused == sum(not operation.reads for operation in CATALOG) > 150


def test_operations_on_signatures_and_key_shares_have_a_warning() -> None:
    from dyntui.services.api_console import warning_about

    assert "device of the owner" in warning_about(CATALOG.get("delegatedSignMessage"))
    assert "device of the owner" in warning_about(CATALOG.get("backupKeySharesToLocationsForPregen"))
    assert "signed-in user" in warning_about(CATALOG.get("exportPrivateKey"))
    assert warning_about(CATALOG.get("getWebhooks")) == ""


# To take along


async def test_the_curl_and_dyntui_commands_are_equivalent_and_have_no_token(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        request = ConsoleRequest(
            "createWebhook", {"url": "https://o'brien.example.com/$(x)", "events": "user.created", "isEnabled": "true"}
        )
        operation, filled = CATALOG.get("createWebhook"), prepare(CATALOG, request)
        curl = as_curl("https://app.dynamicauth.com/api/v0", "ENV", operation, filled)
        words = shlex.split(curl.replace("\\\n", " "))
        assert words[:3] == ["curl", "-X", "POST"]
        assert words[3] == "https://app.dynamicauth.com/api/v0/environments/ENV/webhooks"
        assert "Authorization: Bearer $DYNTUI_TOKEN" in words
        assert json.loads(words[-1]) == filled.body
        command = shlex.split(as_command(operation, filled))
        assert command[:3] == ["dyntui", "api", "createWebhook"]
        assert json.loads(command[command.index("-d") + 1]) == filled.body
        assert command[-1] == "--yes"
        token = connection._token
        smuggled = prepare(CATALOG, ConsoleRequest("addOrigin", {"origin": f"https://{token}"}))
        for text in (as_curl("https://x.example", "E", operation, smuggled), as_command(operation, smuggled)):
            assert token not in text


def test_the_copied_query_is_the_one_that_the_client_sends() -> None:
    filled = prepare(
        CATALOG, ConsoleRequest("getEnvironmentUsers", {"filter[filterValue]": "a b&c", "includeSessions": "true"})
    )
    curl = as_curl("https://x.example", "E", CATALOG.get("getEnvironmentUsers"), filled)
    assert "filter%5BfilterValue%5D=a+b%26c" in curl
    assert "includeSessions=true" in curl
    assert "-p 'filter[filterValue]=a b&c'" in as_command(CATALOG.get("getEnvironmentUsers"), filled)


def test_requests_are_saved_without_possible_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path))
    assert saved_requests() == []
    token = "dyn_" + "a" * 40
    save_request(ConsoleRequest("createProvider", {"provider": "google", "clientSecret": "hidden"}, "", "google"))
    save_request(ConsoleRequest("createProvider", {}, json.dumps({"clientSecret": "hidden", "note": token}), "by body"))
    save_request(ConsoleRequest("deleteTokenById", {"tokenId": "t"}, "", "google"))
    by_name = {each.name: each for each in saved_requests()}
    assert set(by_name) == {"google", "by body"}
    assert by_name["google"] == ConsoleRequest("deleteTokenById", {"tokenId": "t"}, "", "google")
    file = paths().state / "requests.json"
    text = file.read_text()
    assert "hidden" not in text
    assert token not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("[{}]")
    with pytest.raises(UsageError, match="cannot be read"):
        saved_requests()


async def test_a_response_has_its_headers_and_is_saved_to_a_new_private_file(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        answer = await send_request(connection, ConsoleRequest("getEnvironmentUsers", {"limit": "2"}), NO)
        assert answer.headers["content-type"].startswith("application/json")
        refused = await send_request(connection, ConsoleRequest("getUser", {"userId": "nobody"}), NO)
        assert refused.status >= 400 and refused.headers["content-type"]
    file = tmp_path / "users.json"
    assert save_response(file, answer) == 0
    assert len(json.loads(file.read_text())["users"]) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="already exists"):
        save_response(file, answer)
    secret = replace(answer, document={"rawToken": "Canary", "inner": [{"clientSecret": "Canary"}], "id": "t1"})
    whole = tmp_path / "token.json"
    assert save_response(whole, secret, with_headers=True) == 2
    saved = json.loads(whole.read_text())
    assert (saved["operation"], saved["status"], saved["body"]["id"]) == ("getEnvironmentUsers", 200, "t1")
    assert "Canary" not in whole.read_text()
    assert shown_headers({"Set-Cookie": "s=1", "X-Auth-Token": "t", "Date": "now"}) == {
        "Set-Cookie": "not shown",
        "X-Auth-Token": "not shown",
        "Date": "now",
    }


def test_the_history_of_requests_has_no_secret_and_is_bounded() -> None:
    profile = Profile("box", "http://127.0.0.1:1/api/v0", "e1", "sandbox")
    other = replace(profile, environment_id="e2")
    with serving_nothing(profile) as connection:
        body = json.dumps({"provider": "google", "clientSecret": "Canary", "note": "n"})
        record_request(connection, ConsoleResponse(ConsoleRequest("createProvider", {}, body), 201, 3.0, 10))
        values = {"filter[filterValue]": "ada@example.com", "limit": "5"}
        record_request(connection, ConsoleResponse(ConsoleRequest("getEnvironmentUsers", values), 200, 3.0, 10))
        text = paths().request_history_file.read_text()
        assert "Canary" not in text and "ada@" not in text
        assert stat.S_IMODE(paths().request_history_file.stat().st_mode) == 0o600
        first, second = earlier_requests(connection)
        assert json.loads(first.request.body) == {"provider": "google", "clientSecret": "", "note": "n"}
        assert (second.request.values, second.status, second.is_from_history) == ({"limit": "5"}, 200, True)
    with serving_nothing(other) as connection:
        assert earlier_requests(connection) == []
        for number in range(120):
            record_request(connection, ConsoleResponse(ConsoleRequest("getUser", {"userId": str(number)}), 200, 1, 1))
        assert [each.request.values["userId"] for each in earlier_requests(connection)] == [
            str(number) for number in range(20, 120)
        ]
    with serving_nothing(replace(other, kind="live", keep_rows=False)) as connection:
        assert earlier_requests(connection) == []
    forget_requests(other.base_url, other.environment_id)
    with serving_nothing(other) as connection:
        assert earlier_requests(connection) == []
    with serving_nothing(profile) as connection:
        record_request(connection, ConsoleResponse(ConsoleRequest("getUser", {"userId": "u"}), 200, 1, 1))
        assert len(earlier_requests(connection)) == 1
    paths().request_history_file.write_text('[{"environment": 5}, 7')
    with serving_nothing(profile) as connection:
        assert earlier_requests(connection) == [], "a damaged history is no error"


@contextmanager
def serving_nothing(profile: Profile) -> Iterator[Connection]:
    """A connection to a server that does not exist, for what is only stored."""
    yield Connection(profile, "dyn_" + "Canary1" * 8)


def test_a_path_of_the_request_log_is_a_request_again() -> None:
    path = "/environments/e1/users?limit=5&filter%5BfilterValue%5D=Amelia+M%26Co"
    request = request_of_path(CATALOG, "GET", path)
    assert request == ConsoleRequest("getEnvironmentUsers", {"limit": "5", "filter[filterValue]": "Amelia M&Co"})
    assert prepare(CATALOG, request).query == {"limit": 5, "filter": {"filterValue": "Amelia M&Co"}}
    for wrong in ("/tokens/none/x", "/environments/e1/users?surprise=1"):
        with pytest.raises(UsageError):
            request_of_path(CATALOG, "GET", wrong)
