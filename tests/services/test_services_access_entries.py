"""Entries: told from text, added, removed, replaced and put back, each exactly once, and nobody missing meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.access_fixtures import YES, AccessEnvironment, access_environment

from dyntui.api.errors import ConnectionLost, ServerError
from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_object
from dyntui.services.access.actions import access_target
from dyntui.services.access.drafts import DraftState, draft_of, parse_identifiers, parse_lines
from dyntui.services.access.entries import (
    add_entries,
    already_existed,
    check_existing,
    entry_target,
    new_job,
    removal_target,
    remove_entries,
    replace_entry,
    replacement_target,
)
from dyntui.services.access.undo import jobs_of, plan_undo, undo_action
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.user_actions import add_to_allowlist, user_target
from dyntui.services.actions.write_types import Confirmation, WriteOutcome
from dyntui.services.imports.jobs import JobLocation

EVM = "0x" + "ab" * 20
SOLANA = "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("ada@example.com", "email", "ada@example.com"),
        ("example.com", "emailDomain", "example.com"),
        ("@example.com", "emailDomain", "example.com"),
        (EVM, "walletPublicKey", EVM),
        (SOLANA, "walletPublicKey", SOLANA),
        ("+49 1511 2345678", "phoneNumber", "+4915112345678"),
        ("ada#1234", "discordUsername", "ada#1234"),
        ("twitter:ada", "twitterUsername", "ada"),
        ("X: ada", "twitterUsername", "ada"),
        ("farcaster:ada", "farcasterUsername", "ada"),
        ("fid:77", "farcasterFid", "77"),
        ("external:u-1", "externalUserId", "u-1"),
        ("externalUserId:u-1", "externalUserId", "u-1"),
    ],
)
def test_the_kind_follows_from_the_text_or_its_prefix(text: str, kind: str, value: str) -> None:
    (draft,) = parse_lines(text)
    assert (draft.kind, draft.value, draft.state) == (kind, value, DraftState.NEW)


@pytest.mark.parametrize("text", ["ada", "12345", "@ada", "fid:ada", "email:ada"])
def test_an_ambiguous_kind_is_not_guessed(text: str) -> None:
    (draft,) = parse_lines(text)
    assert draft.state is DraftState.INVALID
    assert draft.problem_text
    assert draft.line == 1


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("ada@example.com, Ada Lovelace", [{"email": "ada@example.com", "alias": "Ada Lovelace"}]),
        ("ada@example.com\tAda, the first", [{"email": "ada@example.com", "alias": "Ada, the first"}]),
        ("a@example.com b@example.com;c@example.com", [{"email": f"{name}@example.com"} for name in "abc"]),
        ('a@example.com,"Lovelace, Ada"\r\n\r\n b@example.com ', [
            {"email": "a@example.com", "alias": "Lovelace, Ada"}, {"email": "b@example.com"}]),
        ("\ufeffemail,alias,id\na@example.com,Ada,1\n,,", [{"email": "a@example.com", "alias": "Ada"}]),
        (f"alias,walletPublicKey\nAda,{EVM}", [{"walletPublicKey": EVM, "alias": "Ada"}]),
    ],
)  # fmt: skip
def test_pasted_lines_have_aliases_several_identifiers_or_names_of_fields(text: str, entries: list[Any]) -> None:
    assert [dict(draft.entry) for draft in parse_lines(text) if draft.entry] == entries


def test_a_repeated_line_is_reported(tmp_path: Path) -> None:
    found = parse_lines(f"Ada@Example.com\nada@example.com\n{EVM}\n{EVM.upper().replace('0X', '0x')}\nada")
    assert [draft.state for draft in found] == [
        DraftState.NEW,
        DraftState.DUPLICATE,
        DraftState.NEW,
        DraftState.DUPLICATE,
        DraftState.INVALID,
    ]
    assert found[1].problem_text == "the same as line 1"


@given(st.text(max_size=200))
def test_any_text_results_in_valid_drafts_or_drafts_with_a_reason(text: str) -> None:
    for draft in parse_lines(text):
        if draft.state is DraftState.NEW:
            assert draft.kind
            assert draft.key
        else:
            assert draft.problem_text


async def test_entries_are_added_and_existing_ones_count_as_done(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com")
        targets = [
            entry_target(draft.entry) for draft in parse_identifiers(["ADA@example.com", "bob@example.com", "fid:77"])
        ]
        done = await env.confirmed(add_entries(row), targets)
        assert [already_existed(item.value) for item in done.items] == [True, False, False]
        assert done.remaining == ()
        assert sorted(await env.on(row)) == ["77", "ada@example.com", "bob@example.com"]
        after = {line.targets[0]: line.after for line in env.connection.audit.lines() if line.job == done.action.job}
        existing, added, _ = (target.id for target in targets)
        assert as_object(after[added])["email"] == "bob@example.com"
        assert after[existing] is None, "nothing was added, so there is nothing to undo"


async def test_drafts_are_compared_with_the_list_and_other_drafts(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com")
        other = await env.make("Banned", "block", "bob@example.com")
        drafts = parse_lines("Ada@example.com\nbob@example.com\ncy@example.com\ncy@example.com")
        found = await check_existing(env.client, row, drafts, [row, other])
        assert [draft.state for draft in found] == [
            DraftState.EXISTS,
            DraftState.NEW,
            DraftState.NEW,
            DraftState.DUPLICATE,
        ]
        assert found[1].problem_text == "also on Banned"


async def test_a_failed_entry_does_not_stop_the_others(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests")
        bad = entry_target({"walletPublicKey": "short"})
        good = [entry_target({"email": f"{name}@example.com"}) for name in "ab"]
        done = await env.confirmed(add_entries(row), [good[0], bad, good[1]])
        assert done.remaining == (bad,)
        assert sorted(await env.on(row)) == ["a@example.com", "b@example.com"]


async def test_removal_is_destructive_and_a_missing_entry_counts_as_removed(tmp_path: Path) -> None:
    async with access_environment(tmp_path, kind="live") as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com", "bob@example.com")
        entries = (await env.client.allowlists.entries(row["id"])).rows
        targets = [removal_target(entry) for entry in entries[:1]]
        with pytest.raises(UsageError, match="was not confirmed"):
            await env.write_gate.perform(remove_entries(row), targets, YES)
        await env.write_gate.perform(remove_entries(row), targets, Confirmation(typed="acme"))
        repeated = await env.write_gate.perform(remove_entries(row), targets, Confirmation(typed="acme"))
        assert repeated.remaining == ()
        assert await env.on(row) == ["bob@example.com"]


async def test_emptying_the_only_site_access_list_needs_its_name(tmp_path: Path) -> None:
    async with access_environment(tmp_path, kind="live") as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com", "bob@example.com")
        await env.confirmed(write_action("allowlists.enable"), [access_target(row)])
        targets = [removal_target(entry) for entry in (await env.client.allowlists.entries(row["id"])).rows]
        with pytest.raises(UsageError) as refused:
            await env.write_gate.perform(remove_entries(row), targets, Confirmation(yes=True, typed="acme"))
        assert "NO ONE could sign in" in refused.value.hint
        await env.write_gate.perform(remove_entries(row), targets[:1], Confirmation(yes=True, typed="acme"))


def operations(env: AccessEnvironment, after: int) -> list[str]:
    return env.sent[after:]


async def test_another_identifier_is_added_before_the_old_one_is_deleted(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com", "bob@example.com")
        await env.confirmed(write_action("allowlists.enable"), [access_target(row)])
        old = (await env.client.allowlists.entries(row["id"])).rows[0]
        before = len(env.sent)
        done = await env.confirmed(replace_entry(row), [replacement_target(old, {"email": "ada@new.example"})])
        assert done.remaining == ()
        assert operations(env, before) == ["postEntryByAllowlistId", "deleteAllowlistEntryById"]
        assert await env.on(row) == ["bob@example.com", "ada@new.example"]
        last = list(env.connection.audit.lines())[-1]
        assert as_object(last.before)["email"] == "ada@example.com"
        assert as_object(last.after)["email"] == "ada@new.example"


async def test_a_refused_new_entry_keeps_the_old_one(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com")
        old = (await env.client.allowlists.entries(row["id"])).rows[0]
        done = await env.confirmed(replace_entry(row), [replacement_target(old, {"walletPublicKey": "short"})])
        assert len(done.remaining) == 1
        assert await env.on(row) == ["ada@example.com"]


async def test_a_changed_alias_on_an_enabled_list_is_refused_unless_a_gap_is_allowed(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com", "bob@example.com")
        old = (await env.client.allowlists.entries(row["id"])).rows[0]
        target = replacement_target(old, {"email": "ada@example.com", "alias": "Ada"})
        assert (await env.confirmed(replace_entry(row), [target])).remaining == (), (
            "nobody is missed while the list is off"
        )
        await env.confirmed(write_action("allowlists.enable"), [access_target(row)])
        now = next(e for e in (await env.client.allowlists.entries(row["id"])).rows if e["email"] == old["email"])
        assert now["alias"] == "Ada"
        repeated = replacement_target(now, {"email": "ada@example.com", "alias": "A."})
        before = len(env.sent)
        refused = await env.confirmed(replace_entry(row), [repeated])
        assert "must be removed for a moment" in str(refused.first_error)
        assert operations(env, before) == []
        assert (await env.confirmed(replace_entry(row, gap=True), [repeated])).remaining == ()


async def test_the_deleted_entry_is_restored_when_its_replacement_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com")
        old = (await env.client.allowlists.entries(row["id"])).rows[0]
        target = replacement_target(old, {"email": "ada@example.com", "alias": "#" * 300})
        done = await env.confirmed(replace_entry(row), [target])
        assert "the old one was added again" in str(done.first_error)
        assert await env.on(row) == ["ada@example.com"]


@pytest.mark.parametrize("applied", [True, False])
async def test_an_addition_with_a_lost_response_is_checked_before_its_outcome_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, applied: bool
) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests")
        call = env.client.call

        async def losing(operation: str, **more: Any) -> Any:
            if operation == "postEntryByAllowlistId":
                if applied:
                    await call(operation, **more)
                raise ConnectionLost("cut")
            return await call(operation, **more)

        monkeypatch.setattr(env.client, "call", losing)
        done = await env.confirmed(add_entries(row), [entry_target({"email": "ada@example.com"})])
        assert done.items[0].outcome is (WriteOutcome.DONE if applied else WriteOutcome.UNKNOWN)


@pytest.mark.parametrize("applied", [True, False])
async def test_a_removal_with_a_lost_response_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, applied: bool
) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com")
        entry = (await env.client.allowlists.entries(row["id"])).rows[0]
        call = env.client.call

        async def losing(operation: str, **more: Any) -> Any:
            if operation == "deleteAllowlistEntryById":
                if applied:
                    await call(operation, **more)
                raise ServerError(502, "bad gateway")
            return await call(operation, **more)

        monkeypatch.setattr(env.client, "call", losing)
        done = await env.confirmed(remove_entries(row), [removal_target(entry)])
        assert done.items[0].outcome is (WriteOutcome.DONE if applied else WriteOutcome.UNKNOWN)


async def test_additions_and_removals_of_one_job_are_undone_together_and_one_time(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "ada@example.com", "bob@example.com")
        entries = (await env.client.allowlists.entries(row["id"])).rows
        removal, addition = new_job(), new_job()
        await env.confirmed(remove_entries(row, job=removal), [removal_target(entry) for entry in entries])
        new = [entry_target({"email": f"{name}@example.com", "alias": name}) for name in "cde"]
        await env.confirmed(add_entries(row, job=addition), new)
        audit, environment = env.connection.audit, env.client.environment_id
        found = jobs_of(audit, JobLocation.of(env.connection.profile))
        assert [(job.id, job.summary) for job in found[:2]] == [(addition, "3 added"), (removal, "2 removed")]
        assert all(job.lists == {row["id"]} for job in found)

        later = (await env.client.allowlists.entries(row["id"], query="d@example.com")).rows[0]
        await env.confirmed(remove_entries(row), [removal_target(later)])
        await env.add(row, {"email": "d@example.com"})
        plan = await plan_undo(env.client, audit, addition, environment)
        assert {each["email"] for each in plan.remove} == {"c@example.com", "e@example.com"}
        assert plan.skipped[0][1] == "it was deleted and added again since"
        await env.confirmed(*undo_action(plan))
        plan = await plan_undo(env.client, audit, removal, environment)
        assert {each["email"] for each in plan.add} == {"ada@example.com", "bob@example.com"}
        await env.confirmed(*undo_action(plan))
        assert sorted(await env.on(row)) == ["ada@example.com", "bob@example.com", "d@example.com"]
        for job in (addition, removal):
            assert (await plan_undo(env.client, audit, job, environment)).is_empty


async def test_undoing_a_changed_alias_restores_the_old_one(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests")
        await env.add(row, {"email": "ada@example.com", "alias": "Ada"})
        old = (await env.client.allowlists.entries(row["id"])).rows[0]
        job = new_job()
        target = replacement_target(old, {"email": "ada@example.com", "alias": "A."})
        await env.confirmed(replace_entry(row, job=job), [target])
        plan = await plan_undo(env.client, env.connection.audit, job, env.client.environment_id)
        await env.confirmed(*undo_action(plan))
        (now,) = (await env.client.allowlists.entries(row["id"])).rows
        assert (now["email"], now["alias"]) == ("ada@example.com", "Ada")


async def test_a_missing_job_cannot_be_undone(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        with pytest.raises(UsageError, match="no job nope"):
            await plan_undo(env.client, env.connection.audit, "nope", env.client.environment_id)


async def test_the_impact_of_adding_a_user_to_a_block_list_is_assessed(tmp_path: Path) -> None:
    async with access_environment(tmp_path, kind="live") as env:
        banned = await env.policy("Sanctioned wallets")
        user = (await env.client.users.list(limit=1)).rows[0]
        action = add_to_allowlist(banned["id"], "Sanctioned wallets")
        with pytest.raises(UsageError, match="was not confirmed"):
            await env.write_gate.perform(action, [user_target(user)], YES)
        assessed = await env.write_gate.with_impact(action, [user_target(user)])
        assert "are refused at the next sign-in" in env.write_gate.requirement(assessed, [user_target(user)]).effects[0]


def test_an_entry_contains_only_entry_fields() -> None:
    with pytest.raises(UsageError, match="has no field colour"):
        draft_of({"colour": "red"})
