"""Every answer of an implemented operation has the documented shape."""

from __future__ import annotations

from typing import Any

import httpx
import jsonschema_rs
import pytest

from dyntui.api.catalog import catalog
from dyntui.sandbox.calls import HANDLERS
from dyntui.sandbox.rules import open_schemas

SCHEMAS = open_schemas()


class Checked:
    """Sends requests and checks each 2xx answer against the catalog; remembers which operations it saw."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.seen: set[str] = set()

    async def __call__(
        self, operation_id: str, body: Any = None, query: dict[str, Any] | None = None, **path: str
    ) -> Any:
        operation = catalog().get(operation_id)
        url = operation.path.format(environmentId=self.api.sandbox.environment_id, **path)
        response: httpx.Response = await self.api(operation.method, url, body, **(query or {}))
        assert response.is_success, f"{operation_id}: {response.status_code} {response.text}"
        assert response.headers["x-request-id"]
        self.seen.add(operation_id)
        if operation.response is None:
            assert response.content == b""
            return None
        answer = response.json()
        if operation_id == "bulkCreateUser":
            for entry in answer["failed"]:
                # Typed as a whole User, but it can only be what was sent: nobody was made.
                assert set(entry.pop("user")) <= set(full_row("any"))
        problems = shape_problems(operation.response, answer)
        assert not problems, f"{operation_id}: {problems}"
        return answer


def shape_problems(schema: Any, value: Any) -> list[str]:
    validator = jsonschema_rs.validator_for({**schema, "components": {"schemas": SCHEMAS}}, validate_formats=True)
    return [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(value)]


async def test_every_implemented_operation_answers_with_its_documented_shape(make_api: Any) -> None:
    api = make_api(users=80, switches={"organization-access": "yes", "metadata-max-bytes": "0"})
    call = Checked(api)

    await call("getEnvironmentById")
    await call("getKeysForEnvironment")
    await call("getVisitorsCountByEnvironmentId")
    organization = (await call("getOrganizationsForMember"))["organizations"][0]["id"]
    await call("getOrganizationById", organizationId=organization)
    project = (await call("getProjects", organizationId=organization))["projects"][0]["id"]
    await call("getProjectById", projectId=project)
    environments = (await call("getEnvironmentsByProjectId", projectId=project))["environments"]
    assert environments["sandbox"]["id"] == api.sandbox.environment_id != environments["live"]["id"]

    users = (await call("getEnvironmentUsers", query={"limit": 80, "includeSessions": "true"}))["users"]
    assert len(users) == 80
    for user in users:
        await call("getUser", userId=user["id"])
    someone = next(user for user in users if user["sessions"] and user["wallets"] and user["oauthAccounts"])
    await call("getUserLegacy", userId=someone["id"])
    await call("updateUser", {"alias": "Changed"}, userId=someone["id"])
    await call("updateUserLegacy", {"alias": "Again"}, userId=someone["id"])
    session = someone["sessions"][0]["id"]
    await call("getSessionById", userId=someone["id"], sessionId=session)
    await call("revokeSessionById", sessionId=session)
    await call("revokeUserSessions", userId=someone["id"])
    await call("revokeUserSessionsLegacy", userId=someone["id"])
    await call("resetAllMfaDevices", userId=someone["id"])
    await call("resetUserMfa", userId=someone["id"])
    await call("getUserOauthAccessToken", oauthAccountId=someone["oauthAccounts"][0]["id"])

    await call("getWalletsByEnvironmentId", query={"limit": 100})
    await call("getWalletsByUserId", userId=someone["id"])
    await call("getWalletsByUserIdLegacy", userId=someone["id"])
    wallet = someone["wallets"][0]["id"]
    await call("getWalletById", walletId=wallet)
    await call("getWalletByIdLegacy", walletId=wallet)
    await call("deleteWalletById", walletId=wallet)
    await call("recoverDeletedWalletsWithEnvironment", {"userId": someone["id"]})
    await call("deleteWalletByIdLegacy", walletId=wallet)
    await call("getActiveEmbeddedWalletVersionsForEnvironment")

    made = (await call("createUser", full_row("one")))["user"]
    for number, operation_id in enumerate(("createWallet", "createWalletLegacy")):
        await call(operation_id, a_wallet(f"0x{number}" + "ab" * 19 + "f"), userId=made["id"])
    bulk = await call("bulkCreateUser", [full_row("two"), full_row("three"), full_row("one")], query={"upsert": "true"})
    assert (len(bulk["created"]), len(bulk["updated"]), len(bulk["failed"])) == (2, 1, 0)
    bulk = await call("bulkCreateUser", [full_row("two"), {"email": "no"}, {}])
    assert len(bulk["failed"]) == 3
    await call("deleteUser", userId=made["id"])
    await call("deleteUserLegacy", userId=users[-1]["id"])

    await call("getTokens")
    token = (await call("postToken", {"note": "Made by a test", "scopes": ["environment.users.read", "flow.write"]}))[
        "token"
    ]
    await call("deleteTokenById", tokenId=token["id"])

    await call("getAllowlistsByEnvironmentId")
    allowlist = await call("createAllowlistByEnvironmentId", {"name": "Guests", "outcome": "block"})
    await call("getAllowlistsById", allowlistId=allowlist["id"])
    await call("updateAllowlistById", {"name": "Guests 2"}, allowlistId=allowlist["id"])
    await call("enableAllowlistById", allowlistId=allowlist["id"])
    await call("disableAllowlistById", allowlistId=allowlist["id"])
    entry = await call(
        "postEntryByAllowlistId", {"email": "guest@example.com", "alias": "Guest"}, allowlistId=allowlist["id"]
    )
    await call("getEntriesByAllowlistId", allowlistId=allowlist["id"])
    await call("deleteAllowlistEntryById", allowlistEntryId=entry["id"])
    await call("deleteAllowlistById", allowlistId=allowlist["id"])

    field = (await call("getCustomFieldsForEnvironment"))[0]["id"]
    await call("getCustomFieldById", customFieldId=field)

    assert call.seen == set(HANDLERS), "an operation was added without a line here"


def a_wallet(address: str, chain: str = "EVM") -> dict[str, Any]:
    return {
        "publicWalletAddress": address,
        "chain": chain,
        "walletName": "metamask",
        "walletProvider": "browserExtension",
    }


def full_row(name: str) -> dict[str, Any]:
    """A row with every field of the schema."""
    return {
        "alias": name,
        "firstName": "Zoë",
        "lastName": "Ångström",
        "jobTitle": "R&D, Lead",
        "phoneNumber": f"+1 202 555 {sum(map(ord, name)):04d}",
        "metadata": {"plan": "pro", "nested": {"a": [1, None]}},
        "mfaBackupCodeAcknowledgement": "pending",
        "tShirtSize": "M",
        "team": "Ops",
        "policiesConsent": True,
        "country": "SE",
        "username": f"user_{name}",
        "btcWallet": "bc1qexample",
        "kdaWallet": None,
        "ltcWallet": "x",
        "ckbWallet": "x",
        "kasWallet": "kaspa:x",
        "dogeWallet": "x",
        "emailNotification": True,
        "discordNotification": False,
        "newsletterNotification": True,
        "email": f"{name}@example.com",
        "emailVerifiedAt": "2026-01-02T03:04:05.000Z",
        "wallets": [a_wallet("0x" + f"{sum(map(ord, name)):040x}")],
        "oauthAccounts": [
            {
                "provider": "google",
                "accountId": f"1000{sum(map(ord, name))}",
                "emails": [f"{name}@example.com"],
                "displayName": "Zoë",
                "username": name,
                "photos": ["https://example.com/p.png"],
                "profile": {"locale": "sv"},
            }
        ],
    }


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


async def test_a_422_names_its_code_and_what_it_is_about(api: Any) -> None:
    await api.create(email="taken@example.com")
    response = await api("POST", "ENV/users", {"email": "TAKEN@example.com"})
    assert response.status_code == 422
    assert response.json()["code"] == "email_already_exists"
    assert response.json()["payload"] == {"email": "TAKEN@example.com"}


async def test_what_is_not_implemented_says_so_and_names_the_operation(api: Any) -> None:
    response = await api("GET", "ENV/gates")
    assert response.status_code == 501
    assert "getEnvironmentGates" in response.json()["error"]


async def test_end_user_operations_are_refused_plainly(api: Any) -> None:
    for operation in catalog():
        if operation.audience == "end-user":
            path = operation.path
            for name in operation.path_names:
                path = path.replace("{" + name + "}", "11111111-2222-4333-8444-555555555555")
            response = await api(operation.method, path)
            assert response.status_code == 501
            assert operation.id in response.json()["error"]


async def test_every_admin_operation_is_reached_and_wants_a_token(api: Any) -> None:
    for operation in catalog():
        if operation.audience == "admin":
            path = operation.path
            for name in operation.path_names:
                path = path.replace("{" + name + "}", "11111111-2222-4333-8444-555555555555")
            assert (await api(operation.method, path, token="")).status_code == 401, operation.id
