"""Every response of an implemented operation has the documented shape."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox import contract_configuration as configuration
from tests.sandbox import contract_end_user
from tests.sandbox import contract_organizations as organizations
from tests.sandbox import contract_users as users
from tests.sandbox.sandbox_contract import Checked, shape_problems

from dyntui.api.catalog import catalog
from dyntui.sandbox.handler_registry import HANDLERS

SCENARIOS = (
    users.users, users.embedded_wallets, users.analytics, configuration.access, configuration.settings,
    configuration.hosts, configuration.integrations, configuration.global_wallet, configuration.webhooks,
    configuration.exports, organizations.organizations, organizations.projects, organizations.members,
    contract_end_user.end_user,
    )  # fmt: skip
"""The scenarios that together call every implemented operation."""


async def test_every_response_has_its_documented_shape(make_api: Any) -> None:
    api = make_api(users=120, flags={"organization-access": "yes", "metadata-max-bytes": "0", "export-delay-ms": "0"})
    call = Checked(api)
    for scenario in SCENARIOS:
        await scenario(call)
    admin = {operation.id for operation in catalog() if operation.audience == "admin"}
    assert len(admin) == 196 and admin <= call.seen
    assert call.seen == set(HANDLERS), "an operation has no scenario"


@pytest.mark.parametrize(
    ("method", "path", "body", "token", "status", "schema"),
    [
        ("GET", "ENV", None, "", 401, "Unauthorized"),
        ("GET", "ENV", None, "dyn_wrong", 401, "Unauthorized"),
        ("GET", "/organizations", None, None, 403, "Forbidden"),
        ("GET", "/environments/11111111-2222-4333-8444-555555555555", None, None, 403, "ForbiddenWithErrorAndPayload"),
        ("GET", "ENV/users/11111111-2222-4333-8444-555555555555", None, None, 404, "NotFound"),
        ("GET", "ENV/users/not-an-id", None, None, 404, "NotFound"),
        ("GET", "ENV/nothing/here", None, None, 404, "NotFound"),
        ("PATCH", "ENV", None, None, 405, "BadRequest"),
        ("POST", "ENV/users", {"email": 7}, None, 400, "BadRequest"),
    ],
)
async def test_refusals_have_the_documented_shapes(
    api: Any, method: str, path: str, body: Any, token: str | None, status: int, schema: str
) -> None:
    response = await api(method, path, body, token=token)
    assert response.status_code == status
    assert response.headers["x-request-id"]
    assert not shape_problems({"$ref": f"#/components/schemas/{schema}"}, response.json())
    error = response.json()["error"]
    assert isinstance(error, dict if schema == "ForbiddenWithErrorAndPayload" else str)


async def test_a_422_has_a_code_and_a_payload(api: Any) -> None:
    await api.create(email="taken@example.com")
    response = await api("POST", "ENV/users", {"email": "TAKEN@example.com"})
    assert response.status_code == 422
    assert response.json()["code"] == "email_already_exists"
    assert response.json()["payload"] == {"email": "TAKEN@example.com"}


async def test_operations_of_signed_in_users_are_refused_with_the_reason(api: Any) -> None:
    reasons = set()
    for operation in catalog():
        if operation.id not in HANDLERS:
            assert operation.audience == "end-user"
            path = operation.path.replace("{environmentId}", api.sandbox.environment_id)
            for name in operation.path_names:
                path = path.replace("{" + name + "}", "11111111-2222-4333-8444-555555555555")
            response = await api(operation.method, path)
            assert response.status_code == 501
            assert operation.id in response.json()["error"]
            reasons.add(response.json()["error"].partition("and it ")[2])
    assert len(reasons) == 6, "every reason is used"


async def test_public_operations_need_no_token_but_the_right_environment(api: Any) -> None:
    path = f"/sdk/{api.sandbox.environment_id}/healthcheck"
    assert (await api("GET", path, token="")).json() == {"status": "healthy"}
    other = path.replace(api.sandbox.environment_id, "11111111-2222-4333-8444-555555555555")
    assert (await api("GET", other, token="")).status_code == 404
    shown = (await api.get(f"/sdk/{api.sandbox.environment_id}/settings"))["security"]["hCaptcha"]
    assert "siteKey" in shown and "secretKey" not in shown


async def test_every_admin_operation_is_implemented_and_requires_a_token(api: Any) -> None:
    for operation in catalog():
        if operation.audience == "admin":
            path = operation.path
            for name in operation.path_names:
                path = path.replace("{" + name + "}", "11111111-2222-4333-8444-555555555555")
            assert (await api(operation.method, path, token="")).status_code == 401, operation.id
