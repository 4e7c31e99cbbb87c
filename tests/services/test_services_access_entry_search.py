"""Entries of every kind are found on a long list, whatever the server's own search looks at."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.services.access_fixtures import AccessEnvironment, access_environment

from dyntui.api.errors import ConnectionLost
from dyntui.api.permit import WritePermit
from dyntui.services.access.check import check_access
from dyntui.services.access.drafts import DraftState, key_of, parse_identifiers
from dyntui.services.access.entries import (
    add_entries,
    check_existing,
    entry_target,
    new_job,
    removal_target,
    remove_entries,
)
from dyntui.services.access.entry_search import find_entries
from dyntui.services.access.undo import plan_undo
from dyntui.services.actions.write_types import WriteOutcome

KINDS: list[dict[str, Any]] = [
    {"email": "Ada@Example.com"},
    {"emailDomain": "partner.example"},
    {"walletPublicKey": "0x" + "AB" * 20},
    {"phoneNumber": "+4915112345678"},
    {"discordUsername": "ada#1234"},
    {"twitterUsername": "ada_l"},
    {"farcasterUsername": "ada.eth"},
    {"farcasterFid": 77},
    {"externalUserId": "u-1"},
]
MISSED = [entry for entry in KINDS if not {"email", "walletPublicKey"} & entry.keys()]


def kind_of(entry: dict[str, Any]) -> str:
    return next(iter(entry))


async def long_list(env: AccessEnvironment, **options: Any) -> dict[str, Any]:
    """A list of 420 e-mails, and behind them an entry of each kind."""
    row = await env.make("Long", **options)
    path, permit = {"allowlistId": str(row["id"])}, WritePermit("test")

    async def post(body: dict[str, Any]) -> None:
        await env.client.call("postEntryByAllowlistId", path=path, body=body, permit=permit)

    await asyncio.gather(*(post({"email": f"n{n}@example.org"}) for n in range(420)))
    for entry in KINDS:
        await post(entry)
    return row


@pytest.mark.parametrize("searched", ["documented", "all"])
async def test_entries_of_each_kind_are_found_alone_and_together(tmp_path: Path, searched: str) -> None:
    async with access_environment(tmp_path, flags={"entry-query": searched}) as env:
        row = await long_list(env)
        together = await find_entries(env.client, row["id"], KINDS)
        assert set(together) == set(map(key_of, KINDS))
        for entry in KINDS:
            assert set(await find_entries(env.client, row["id"], [entry])) == {key_of(entry)}
        assert await find_entries(env.client, row["id"], [{"phoneNumber": "+4915100000000"}]) == {}


async def test_access_checks_and_drafts_use_every_kind_of_identifier(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await long_list(env)
        drafts = parse_identifiers(["+4915112345678", "discord:ada#1234", "external:u-1", "external:u-2"])
        checked = await check_existing(env.client, row, drafts)
        assert [draft.state for draft in checked] == [DraftState.EXISTS] * 3 + [DraftState.NEW]
        for entry in KINDS:
            answer = await check_access(env.client, entry)
            assert [match.allowlist["name"] for match in answer.matches] == ["Long"], entry


@pytest.mark.parametrize("entry", slow_except(MISSED, *MISSED[:2]), ids=kind_of)
async def test_undoing_an_addition_finds_the_entries_still_on_the_list(tmp_path: Path, entry: dict[str, Any]) -> None:
    async with access_environment(tmp_path) as env:
        row = await long_list(env)
        existing = (await find_entries(env.client, row["id"], [entry]))[key_of(entry)]
        await env.confirmed(remove_entries(row), [removal_target(existing)])
        job = new_job()
        await env.confirmed(add_entries(row, job=job), [entry_target(entry)])
        plan = await plan_undo(env.client, env.connection.audit, job, env.client.environment_id)
        assert [key_of(each) for each in plan.remove] == [key_of(entry)]
        assert plan.skipped == ()


@pytest.mark.parametrize("applied", [True, False])
async def test_a_lost_response_is_checked_for_every_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, applied: bool
) -> None:
    async with access_environment(tmp_path) as env:
        row = await long_list(env)
        existing = await find_entries(env.client, row["id"], KINDS)
        call = env.client.call

        async def losing(operation: str, **more: Any) -> Any:
            if operation in ("postEntryByAllowlistId", "deleteAllowlistEntryById"):
                if applied:
                    await call(operation, **more)
                raise ConnectionLost("cut")
            return await call(operation, **more)

        monkeypatch.setattr(env.client, "call", losing)
        expected = WriteOutcome.DONE if applied else WriteOutcome.UNKNOWN
        removed = await env.confirmed(remove_entries(row), [removal_target(each) for each in existing.values()])
        assert [item.outcome for item in removed.items] == [expected] * len(KINDS)
        others = [{"phoneNumber": "+4915100000000"}, {"externalUserId": "u-9"}]
        added = await env.confirmed(add_entries(row), [entry_target(each) for each in others])
        assert [item.outcome for item in added.items] == [expected] * 2
