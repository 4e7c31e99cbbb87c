"""The nouns against the sandbox, which holds every request and answer to the catalog: each gives the model it says."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from dyntui.api.client import Client
from dyntui.api.errors import NotFound
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.sandbox.app import create_app
from dyntui.sandbox.options import SandboxOptions

PERMIT = WritePermit("test")


@pytest.fixture
async def api() -> AsyncIterator[Client]:
    app = create_app(SandboxOptions(users=30, seed=3))
    sandbox = app.state.sandbox
    url = "http://localhost/api/v0"
    async with Client(url, sandbox.environment_id, sandbox.token, app=app, rate_limiters=RateLimiters(0, 0)) as client:
        yield client


async def test_a_user_from_its_making_to_its_end(api):
    made = await api.users.create({"email": "zoe@example.org", "firstName": "Zoë"}, PERMIT)
    assert (made.email, made.first_name) == ("zoe@example.org", "Zoë")
    changed = await api.users.update(made.id, {"lastName": "Ødegård"}, PERMIT)
    assert (changed.id, changed.last_name) == (made.id, "Ødegård")
    assert (await api.users.get(made.id)).last_name == "Ødegård"
    await api.users.revoke_sessions(made.id, PERMIT)
    await api.users.delete(made.id, PERMIT)
    with pytest.raises(NotFound):
        await api.users.get(made.id)


async def test_a_page_of_users_and_a_bulk_with_all_its_outcomes(api):
    page = await api.users.list(limit=7, order="email-asc", include_sessions=True)
    emails = [row.get("email") or "" for row in page.rows]
    assert (len(emails), page.total) == (7, 30)
    taken = next(filter(None, emails))
    result = await api.users.bulk([{"email": "new@example.org"}, {"email": taken}], PERMIT)
    assert [user.email for user in result.created] == ["new@example.org"]
    assert len(result.failed) == 1 and not result.updated
    again = await api.users.bulk([{"email": taken, "firstName": "Ada"}], PERMIT, upsert=True)
    assert [user.first_name for user in again.updated] == ["Ada"]


async def test_a_wallet_is_read_deleted_softly_and_brought_back(api):
    row = (await api.wallets.list(limit=1)).rows[0]
    wallet = await api.wallets.get(row["id"])
    assert (wallet.id, wallet.public_key) == (row["id"], row["publicKey"])
    assert wallet.id in {each.id for each in await api.wallets.of_user(row["userId"])}
    await api.wallets.delete(wallet.id, PERMIT)
    assert wallet.id not in {each.id for each in await api.wallets.of_user(row["userId"])}
    await api.wallets.recover(row["userId"], PERMIT)
    assert wallet.id in {each.id for each in await api.wallets.of_user(row["userId"])}


async def test_a_session_is_read_and_ended(api):
    rows = (await api.users.list(include_sessions=True)).rows
    user = next(row for row in rows if any(not each.get("revokedAt") for each in row["sessions"]))
    live = next(each for each in user["sessions"] if not each.get("revokedAt"))
    assert (await api.sessions.get(user["id"], live["id"])).revoked_at is None
    assert (await api.sessions.revoke(live["id"], PERMIT)).id == live["id"]
    assert (await api.sessions.get(user["id"], live["id"])).revoked_at is not None


async def test_an_entry_comes_onto_a_list_and_goes(api):
    door = (await api.allowlists.list())[0]
    assert (await api.allowlists.get(door.id)).name == door.name
    entry = await api.allowlists.add(door.id, {"email": "guest@example.org", "alias": "Guest"}, PERMIT)
    assert entry.identifier == ("email", "guest@example.org")
    found = await api.allowlists.entries(door.id, query="guest@example.org")
    assert [row["id"] for row in found.rows] == [entry.id]
    await api.allowlists.remove(entry.id, PERMIT)
    assert not (await api.allowlists.entries(door.id, query="guest@example.org")).rows


async def test_the_environment_and_its_tokens(api):
    assert (await api.environments.get()).id == api.environment_id
    made = await api.tokens.create("for the test", ["environment.users.read"], PERMIT)
    assert made.raw_token.get_secret_value().endswith(made.checksum)
    assert made.id in {row["id"] for row in (await api.tokens.list()).rows}
