"""The resources of the client against the sandbox, which holds every request and response to the catalog."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from dyntui.api.client import Client
from dyntui.api.errors import NotFound
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.sandbox.app import Gateway
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.sandbox import Sandbox

PERMIT = WritePermit("test")


@pytest.fixture
async def api() -> AsyncIterator[Client]:
    sandbox = Sandbox(SandboxOptions(users=30, seed=3))
    app = Gateway(sandbox)
    url = "http://localhost/api/v0"
    async with Client(url, sandbox.environment_id, sandbox.token, app=app, rate_limiters=RateLimiters(0, 0)) as client:
        yield client


async def test_a_page_has_models_and_documents(api: Client) -> None:
    page = await api.users.list(limit=7, orderBy="email-asc", includeSessions=True)
    assert (len(page.items), page.total) == (7, 30)
    assert [user.id for user in page.items] == [row["id"] for row in page.rows]
    assert [user.raw for user in page.items] == list(page.rows)
    emails = [user.email for user in page.items if user.email]
    assert emails == sorted(emails)


async def test_a_user_with_its_wallets_sessions_and_credentials(api: Client) -> None:
    users = [await api.users.get(user.id) for user in (await api.users.list()).items]
    wallets = [wallet for user in users for wallet in user.wallets]
    assert wallets and all(wallet.id and wallet.public_key and wallet.chain for wallet in wallets)
    sessions = [session for user in users for session in user.sessions]
    assert {session.is_active for session in sessions} == {True, False}
    credentials = [credential for user in users for credential in user.verified_credentials]
    assert {credential.format for credential in credentials} >= {"blockchain", "email"}
    with pytest.raises(NotFound):
        await api.users.get("b5a4d7a0-0000-4000-8000-000000000000")


async def test_an_allowlist_and_its_entries(api: Client) -> None:
    allowlist = (await api.allowlists.list()).items[0]
    assert (await api.allowlists.get(allowlist.id)).name == allowlist.name
    await api.call(
        "postEntryByAllowlistId",
        path={"allowlistId": allowlist.id},
        body={"email": "guest@example.org", "alias": "Guest"},
        permit=PERMIT,
    )
    (entry,) = (await api.allowlists.entries(allowlist.id, query="guest@example.org")).rows
    assert (entry["email"], entry["alias"]) == ("guest@example.org", "Guest")


@pytest.mark.parametrize("name", ["wallets", "gates", "webhooks", "exports"])
async def test_an_object_of_a_page_is_read_by_its_id(api: Client, name: str) -> None:
    if name == "exports":
        await api.call("createExport", body={"model": "users", "format": "csv"}, permit=PERMIT)
    resource = getattr(api, name)
    first = (await resource.list()).items[0]
    object_id = getattr(first, {"webhooks": "webhook_id"}.get(name, "id"))
    one = await resource.get(object_id)
    assert type(one) is type(first) and object_id in one.raw.values()
