"""The required operations: each is called through the client and succeeds or is refused with a reason."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import stamina
from tests.sandbox.sandbox_contract import make_wallet, shape_problems

from dyntui.api.catalog import catalog
from dyntui.api.client import Client
from dyntui.api.errors import Redirected, ServerError
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.sandbox.app import Gateway
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.sandbox import Sandbox

SEED = json.loads((Path(__file__).parents[1] / "data" / "seed_operations.json").read_text())
ADDRESS = "0x" + "cd" * 20
Json = dict[str, Any]


class Stage:
    """Calls operations, and creates the objects that they need first."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.number = 0

    async def call(self, operation_id: str, body: Any = None, query: Json | None = None, **path: str) -> Any:
        return await self.client.call(operation_id, path=path, query=query, body=body, permit=WritePermit("a test"))

    async def user(self) -> Json:
        self.number += 1
        row = {"email": f"person{self.number}@example.com", "wallets": [make_wallet(f"0x{self.number:040x}")]}
        return dict((await self.call("createUser", row))["user"])

    async def of_user(self, operation_id: str, body: Any = None) -> Any:
        return await self.call(operation_id, body, userId=(await self.user())["id"])

    async def of_wallet(self, operation_id: str) -> Any:
        return await self.call(operation_id, walletId=(await self.user())["wallets"][0]["id"])

    async def a_list(self) -> Json:
        self.number += 1
        return dict(await self.call("createAllowlistByEnvironmentId", {"name": f"List {self.number}"}))

    async def of_list(self, operation_id: str, body: Any = None) -> Any:
        return await self.call(operation_id, body, allowlistId=(await self.a_list())["id"])

    async def entry(self) -> str:
        return str((await self.of_list("postEntryByAllowlistId", {"email": "a@example.com"}))["id"])

    async def webhook(self) -> str:
        return str((await self.call("createWebhook", HOOK))["webhookId"])

    async def message(self) -> Json:
        hooks = (await self.call("getWebhooks"))["data"]
        id = next(hook["webhookId"] for hook in hooks if hook["isEnabled"])
        sent = (await self.call("getWebhookMessages", webhookId=id))["data"][0]
        return {"webhookId": id, "messageId": sent["messageId"]}


SERVICE = {"address": ADDRESS, "domain": "shop.sol"}
HOOK = {"url": "https://shop.example/hook", "isEnabled": False, "events": ["user.created"]}
PHONE = {"phoneNumber": "2025550123", "phoneCountryCode": "1", "isoCountryCode": "US"}
SIMPLE: dict[str, Json] = {
    "getNameService": {"chainName": "EVM"},
    "enableNameService": {"chainName": "EVM"},
    "disableNameService": {"chainName": "EVM"},
    "createNameService": {"chainName": "SOL", "body": {**SERVICE, "signature": "signed"}},
    "fetchNameServiceSigningMessage": {"chainName": "SOL", "body": {**SERVICE, "uri": "https://shop.example"}},
    "createEmbeddedWallet": {"body": {"identifier": "new@example.com", "type": "email", "chains": ["SOL"]}},
    "createEmbeddedWalletFromFarcaster": {"body": {"email": "f@example.com", "fid": 7, "chains": ["EVM"]}},
    "createUser": {"body": {"email": "created@example.com"}},
    "bulkCreateUser": {"body": [{"email": "bulk@example.com"}]},
    "createAllowlistByEnvironmentId": {"body": {"name": "Guests"}},
    "createWebhook": {"body": HOOK},
    "getUserFieldsCheck": {"query": {"filter": {"field": "email", "value": "x@example.com"}}},
    "initAuth": {"providerType": "google", "body": {"state": "x"}},
    "oauthLogin": {"providerType": "google"},
    "oauthLoginUrl": {"providerType": "google"},
    "scanUrl": {"body": {"url": "https://example.com"}},
    "getEmailProvider": {"query": {"email": "a@example.com"}},
    "publishEvent": {"body": {"events": []}},
    "logDynamicSdkSettings": {"body": {}},
    "prefetch": {"body": {"chain": "EVM", "publicWalletAddress": ADDRESS}},
    "createVisit": {"body": {"address": ADDRESS, "chain": "EVM", "provider": "qrCode", "walletName": "metamask"}},
    "getSupportedOnramps": {"query": {"walletAddress": ADDRESS, "chain": "EVM"}},
    "createEmailVerification": {"body": {"email": "a@example.com"}},
    "createSmsVerification": {"body": PHONE},
    "getAccountBalances": {"chainName": "EVM", "query": {"accountAddress": ADDRESS}},
}
"""The arguments of operations that need no other object."""

_WITH_USER = {
    "getWalletsByUserIdLegacy": None,
    "getWalletsByUserId": None,
    "createWalletLegacy": make_wallet("0x" + "a" * 40),
    "createWallet": make_wallet("0x" + "b" * 40),
    "getUserLegacy": None,
    "updateUserLegacy": {"alias": "Ada"},
    "deleteUserLegacy": None,
    "getUser": None,
    "updateUser": {"alias": "Ada"},
    "deleteUser": None,
    "revokeUserSessions": None,
    "revokeUserSessionsLegacy": None,
}
_WITH_WALLET = ("getWalletByIdLegacy", "deleteWalletByIdLegacy", "getWalletById", "deleteWalletById")
_WITH_LIST = {
    "getAllowlistsById": None,
    "updateAllowlistById": {"name": "Renamed"},
    "deleteAllowlistById": None,
    "enableAllowlistById": None,
    "disableAllowlistById": None,
    "getEntriesByAllowlistId": None,
    "postEntryByAllowlistId": {"email": "guest@example.com"},
}


async def _delete_name_service(stage: Stage) -> Any:
    return await stage.call("deleteNameService", chainName="EVM")


async def _delete_entry(stage: Stage) -> Any:
    return await stage.call("deleteAllowlistEntryById", allowlistEntryId=await stage.entry())


async def _access_token(stage: Stage) -> Any:
    users = (await stage.call("getEnvironmentUsers", query={"limit": 100}))["users"]
    account = next(account for user in users for account in user["oauthAccounts"])
    return await stage.call("getUserOauthAccessToken", oauthAccountId=account["id"])


async def _retry_email(stage: Stage) -> Any:
    made = await stage.call("createEmailVerification", {"email": "a@example.com"})
    return await stage.call("retryEmailVerification", made)


async def _retry_sms(stage: Stage) -> Any:
    return await stage.call("retrySmsVerification", await stage.call("createSmsVerification", PHONE))


def _with_webhook(operation_id: str, body: Any = None) -> Callable[[Stage], Awaitable[Any]]:
    async def call(stage: Stage) -> Any:
        return await stage.call(operation_id, body, webhookId=await stage.webhook())

    return call


def _with_message(operation_id: str) -> Callable[[Stage], Awaitable[Any]]:
    async def call(stage: Stage) -> Any:
        return await stage.call(operation_id, **await stage.message())

    return call


SPECIAL: dict[str, Callable[[Stage], Awaitable[Any]]] = {
    "deleteNameService": _delete_name_service,
    "deleteAllowlistEntryById": _delete_entry,
    "getUserOauthAccessToken": _access_token,
    "retryEmailVerification": _retry_email,
    "retrySmsVerification": _retry_sms,
    "getWebhook": _with_webhook("getWebhook"),
    "updateWebhookById": _with_webhook("updateWebhookById", HOOK),
    "deleteWebhookById": _with_webhook("deleteWebhookById"),
    "getWebhookMessages": _with_webhook("getWebhookMessages"),
    "getWebhookMessageDeliveries": _with_message("getWebhookMessageDeliveries"),
    "redeliverWebhookMessage": _with_message("redeliverWebhookMessage"),
}


async def answer(stage: Stage, operation_id: str) -> Any:
    """Call one operation with its required arguments."""
    if operation_id in SPECIAL:
        return await SPECIAL[operation_id](stage)
    if operation_id in _WITH_USER:
        return await stage.of_user(operation_id, _WITH_USER[operation_id])
    if operation_id in _WITH_WALLET:
        return await stage.of_wallet(operation_id)
    if operation_id in _WITH_LIST:
        return await stage.of_list(operation_id, _WITH_LIST[operation_id])
    operation = catalog().get(operation_id)
    arguments = dict(SIMPLE.get(operation_id, {}))
    names = set(operation.path_names) - {"environmentId"} - set(arguments)
    arguments |= dict.fromkeys(names, "11111111-2222-4333-8444-555555555555")
    return await stage.call(operation_id, **arguments)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    sandbox = Sandbox(SandboxOptions(users=60, now="2026-11-22T12:30:00Z"))
    app = Gateway(sandbox)
    with stamina.set_testing(True):  # a 501 stays one, however often it is asked for
        id, token, no_limits = sandbox.environment_id, sandbox.token, RateLimiters(0, 0)
        async with Client("http://localhost/api/v0", id, token, app=app, rate_limiters=no_limits) as client:
            yield Stage(client)
    sandbox.close()


async def test_each_required_operation_works(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    answered, refused = [], []
    for operation_id in sorted(SEED, key=lambda id: id.startswith("delete")):
        operation = catalog().get(operation_id)
        try:
            shape = await answer(stage, operation_id)
        except Redirected:
            assert operation_id == "oauthLogin", "the only one that answers with a redirect"
            answered.append(operation_id)
        except ServerError as error:
            assert error.status == 501 and operation_id in error.message, error
            assert operation.audience == "end-user", f"{operation_id} is for administrators"
            refused.append(operation_id)
        else:
            problems = shape_problems(operation.response or {"type": "null"}, shape)
            assert not problems, f"{operation_id}: {problems}"
            answered.append(operation_id)
    reached = len(answered) + len(refused)
    with capsys.disabled():
        print(f" {reached} of {len(SEED)} reached: {len(answered)} answered, {len(refused)} refused", end="")
    assert len(set(SEED)) == len(answered) + len(refused) == 149
    assert {each for each in SEED if catalog().get(each).audience == "admin"} <= set(answered)
