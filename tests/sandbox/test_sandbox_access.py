"""Tokens and their scopes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dyntui.api.catalog import catalog
from dyntui.api.token_scopes import ALL_SCOPES, ORGANIZATION, required_scope

USER = "11111111-2222-4333-8444-555555555555"


async def a_token(api: Any, *scopes: str) -> str:
    response = await api("POST", "ENV/tokens", {"note": "test", "scopes": list(scopes)})
    assert response.status_code == 201
    return str(response.json()["token"]["rawToken"])


async def test_the_token_has_the_vendors_format_and_its_checksum(api: Any) -> None:
    assert re.fullmatch(r"dyn_[A-Za-z0-9]{56}", api.token)
    me = (await api.get("/tokens/me"))["token"]
    assert me["checksum"] == api.token[-6:]
    assert me["projectEnvironmentId"] == api.sandbox.environment_id
    assert me["scopes"] == list(ALL_SCOPES)


async def test_a_new_token_works_until_it_is_deleted(api: Any) -> None:
    made = (await api("POST", "ENV/tokens", {"note": "ci", "scopes": ["environment.users.read"]})).json()["token"]
    raw = made["rawToken"]
    assert (await api("GET", "ENV/users", token=raw)).status_code == 200
    listed = {token["id"]: token for token in (await api.get("ENV/tokens"))["tokens"]}
    assert listed[made["id"]]["checksum"] == raw[-6:]
    assert raw not in (await api("GET", "ENV/tokens")).text
    assert not any(name in token for token in listed.values() for name in ("rawToken", "hash"))
    assert (await api("DELETE", f"ENV/tokens/{made['id']}")).status_code == 204
    assert (await api("GET", "ENV/users", token=raw)).status_code == 401


@pytest.mark.parametrize(
    ("scope", "method", "path", "body"),
    [
        ("environment.users.read", "GET", "ENV/users", None),
        ("environment.users.read", "GET", "ENV/wallets", None),
        ("environment.users.write", "POST", "ENV/users", {"alias": "x"}),
        ("environment.users.write", "POST", "ENV/users/bulk", [{"alias": "x"}]),
        ("environment.users.write", "DELETE", f"/users/{USER}/mfa", None),
        ("environment.settings.read", "GET", "ENV", None),
        ("environment.settings.read", "GET", "ENV/allowlists", None),
        ("environment.settings.write", "POST", "ENV/allowlists", {"name": "x"}),
        ("environment.apiTokens.read", "GET", "ENV/tokens", None),
        ("environment.apiTokens.write", "POST", "ENV/tokens", {"note": "x"}),
        ("environment.analytics.read", "GET", "ENV/statistics/visitors", None),
        ("environment.analytics.read", "GET", "ENV/analytics/topline?start=2026-01-01&end=2026-02-01", None),
        ("environment.balances.read", "POST", f"ENV/users/{USER}/balances", {"balanceRequests": []}),
        ("environment.users.write", "POST", "ENV/exports", {"format": "csv", "model": "users"}),
        ("environment.users.write", "POST", "ENV/waas/create", {"identifier": "x", "type": "id", "chains": ["EVM"]}),
        ("environment.users.read", "GET", "ENV/visitors", None),
        ("environment.settings.read", "GET", "ENV/gates", None),
        ("environment.settings.write", "DELETE", f"/origins/{USER}", None),
        ("environment.settings.write", "POST", "ENV/test/account", None),
        ("environment.webhooks.read", "GET", "ENV/webhooks", None),
        ("environment.webhooks.write", "DELETE", f"ENV/webhooks/{USER}", None),
        ("environment.events.read", "GET", "ENV/events", None),
        ("waas.authenticate", "POST", "ENV/waas/authenticate", None),
        ("environment.events.read", "GET", "/eventTypes", None),
    ],
)
async def test_a_scope_allows_only_its_operations(api: Any, scope: str, method: str, path: str, body: Any) -> None:
    others = await a_token(api, *(each for each in ALL_SCOPES if each != scope))
    refused = await api(method, path, body, token=others)
    assert refused.status_code == 403
    assert scope in refused.json()["error"]
    alone = await a_token(api, scope)
    assert (await api(method, path, body, token=alone)).status_code in (200, 201, 404)


def test_every_admin_operation_requires_an_existing_scope() -> None:
    scopes = {required_scope(operation) for operation in catalog() if operation.audience == "admin"}
    assert scopes <= {*ALL_SCOPES, ORGANIZATION, ""}
    assert "environment.users.write" not in {required_scope(each) for each in catalog() if each.method == "GET"}


async def test_a_token_does_not_reach_another_environment(api: Any) -> None:
    other = api.sandbox.ids.uuid("live environment")
    response = await api("GET", f"/environments/{other}/users")
    assert response.status_code == 403
    assert response.json()["error"]["message"]


async def test_unknown_scopes_are_accepted_and_malformed_ones_refused(api: Any) -> None:
    assert (await api("POST", "ENV/tokens", {"note": "x", "scopes": ["flow.write", "all.read"]})).status_code == 201
    bad = await api("POST", "ENV/tokens", {"note": "x", "scopes": ["everything please"]})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_scopes")
    assert (await api("POST", "ENV/tokens", {"note": "x" * 101})).status_code == 400
    assert (await api("POST", "ENV/tokens", {})).status_code == 400


async def test_a_sandbox_can_start_with_fewer_scopes(make_api: Any) -> None:
    api = make_api(scopes=("environment.users.read",))
    assert (await api("GET", "ENV/users")).status_code == 200
    assert (await api("POST", "ENV/users", {"alias": "x"})).status_code == 403
    assert (await api.get("/tokens/me"))["token"]["scopes"] == ["environment.users.read"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "dyn_abc"])
async def test_an_invalid_authorization_header_is_401(api: Any, header: str) -> None:
    url = f"/api/v0/environments/{api.sandbox.environment_id}"
    assert (await api.http.get(url, headers={"Authorization": header})).status_code == 401


async def test_organizations_need_a_behavior_flag(make_api: Any) -> None:
    assert (await make_api()("GET", "/organizations")).status_code == 403
    api = make_api(flags={"organization-access": "yes"})
    organization = (await api.get("/organizations"))["organizations"][0]
    project = (await api.get(f"/organizations/{organization['id']}/projects"))["projects"][0]
    environments = (await api.get(f"/projects/{project['id']}/environments"))["environments"]
    assert environments["sandbox"]["settings"]["environmentName"] == "sandbox"
    assert (await api("GET", "/projects/11111111-2222-4333-8444-555555555555/environments")).status_code == 404
