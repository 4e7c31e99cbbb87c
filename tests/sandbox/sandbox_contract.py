"""`Checked`: calls operations of a sandbox and checks each response against the schema of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import jsonschema_rs

from dyntui.api.catalog import Operation, catalog

SCHEMAS = catalog().open_schemas()


def shape_problems(schema: Any, value: Any) -> list[str]:
    """Return the violations of a schema in a value."""
    validator = jsonschema_rs.validator_for({**schema, "components": {"schemas": SCHEMAS}}, validate_formats=True)
    return [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(value)]


class Checked:
    """Calls operations and checks each 2xx response. `seen` contains the ids of the called operations."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.seen: set[str] = set()

    async def send(
        self, operation: Operation, path: Mapping[str, str], body: Any, query: Mapping[str, Any]
    ) -> httpx.Response:
        """Send the request of an operation. `path` has every path parameter."""
        response: httpx.Response = await self.api(operation.method, operation.path.format(**path), body, **query)
        return response

    async def __call__(
        self, operation_id: str, body: Any = None, query: dict[str, Any] | None = None, **path: str
    ) -> Any:
        operation = catalog().get(operation_id)
        path = {"environmentId": self.api.sandbox.environment_id, **path}
        response = await self.send(operation, path, body, query or {})
        assert response.is_success, f"{operation_id}: {response.status_code} {response.text}"
        assert response.headers["x-request-id"]
        self.seen.add(operation_id)
        if operation.response is None:
            assert response.content == b""
            return None
        document = response.json()
        if operation_id == "bulkCreateUser":
            for entry in document["failed"]:
                # The schema says User, but the response contains the row, because no user was created.
                assert set(entry.pop("user")) <= set(full_row("any"))
        problems = shape_problems(operation.response, document)
        assert not problems, f"{operation_id}: {problems}"
        return document

    async def refused(
        self, status: int, operation_id: str, body: Any = None, query: dict[str, Any] | None = None, **path: str
    ) -> str:
        """Call an operation that must be refused. Returns the error code, empty when there is none."""
        operation = catalog().get(operation_id)
        path = {"environmentId": self.api.sandbox.environment_id, **path}
        response = await self.send(operation, path, body, query or {})
        assert response.status_code == status, f"{operation_id}: {response.status_code} {response.text}"
        return str(response.json().get("code", ""))


def make_wallet(address: str, chain: str = "EVM") -> dict[str, Any]:
    return {
        "publicWalletAddress": address,
        "chain": chain,
        "walletName": "metamask",
        "walletProvider": "browserExtension",
    }


def full_row(name: str) -> dict[str, Any]:
    """Return a row with every field of the schema."""
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
        "btcWallet": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "kdaWallet": None,
        "ltcWallet": "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",
        "ckbWallet": "ckb1qyqdmeuqrsrnm7e5vnrmruzmsp4m9wacf6vsxasryq",
        "kasWallet": "kaspa:qqkqkzjvr7zwxxmjxjkmxxdwju9kjs6e9u82uh59z07vgaks6gg62v8707g73",
        "dogeWallet": "D7Y55r6Yoc1G8EECxkQ6SuSjTgGJJ7M6yD",
        "emailNotification": True,
        "discordNotification": False,
        "newsletterNotification": True,
        "email": f"{name}@example.com",
        "emailVerifiedAt": "2026-01-02T03:04:05.000Z",
        "wallets": [make_wallet("0x" + f"{sum(map(ord, name)):040x}")],
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
