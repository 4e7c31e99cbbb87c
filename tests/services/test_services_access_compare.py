"""Compare and sync: the plan says what will be, applied it is so, and applied again it does nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.services.access_fixtures import AccessEnvironment, access_environment

from dyntui.core.errors import UsageError
from dyntui.services.access.compare import (
    SyncPlan,
    compare,
    find_duplicates,
    make_side,
    plan_sync,
    read_file,
    read_list,
    sync_action,
)
from dyntui.services.access.entries import ENTRY_EXPORT
from dyntui.services.access.entry_search import entries_of, find_entries
from dyntui.services.access.undo import plan_undo, undo_action
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Confirmation, WriteOutcome, WriteResults
from dyntui.services.exports import Exporter, ExportFormat, export


def emails(*names: str) -> list[dict[str, Any]]:
    return [{"email": f"{name}@example.com"} for name in names]


def test_entries_are_compared_by_identifier_and_not_by_spelling() -> None:
    left = make_side("left", [{"email": "A@example.com", "alias": "a"}, *emails("b", "b"), {"farcasterFid": 7.0}])
    right = make_side("right", [*emails("a", "c"), {"farcasterFid": 7}])
    diff = compare(left, right)
    assert [entry["email"] for entry in diff.only_left] == ["b@example.com"]
    assert [entry["email"] for entry in diff.only_right] == ["c@example.com"]
    assert len(diff.both) == 2
    assert len(diff.other_alias) == 1
    assert (left.repeated, diff.is_equal) == (1, False)


async def planned(
    env: AccessEnvironment, row: dict[str, Any], source: list[dict[str, Any]], *, remove: bool = True
) -> SyncPlan:
    return plan_sync(row, await read_list(env.client, row), make_side("people.csv", source), remove=remove)


async def applied(env: AccessEnvironment, plan: SyncPlan) -> WriteResults:
    action, targets = sync_action(plan)
    assessed = await env.write_gate.with_impact(action, targets)
    needed = env.write_gate.requirement(assessed, targets)
    typed = needed.accepted[0] if needed.accepted else ""
    return await env.write_gate.perform(action, targets, Confirmation(yes=True, typed=typed, read=needed.code))


async def test_a_sync_shows_its_plan_applies_it_and_has_no_changes_afterwards(tmp_path: Path) -> None:
    async with access_environment(tmp_path, kind="live") as env:
        row = await env.make("Guests", "siteAccess", *(f"{name}@example.com" for name in "abc"))
        source = emails("b", "c", "d", "e")
        plan = await planned(env, row, source)
        assert plan.lines() == [
            "Plan to make “Guests” match people.csv:",
            "  2 to add",
            "    + d@example.com",
            "    + e@example.com",
            "  1 to remove",
            "    - a@example.com",
            "  2 on both, unchanged",
        ]
        assert (await applied(env, plan)).remaining == ()
        assert sorted(await env.on(row)) == sorted(each["email"] for each in source)
        repeated = await planned(env, row, source)
        assert repeated.is_empty
        assert repeated.lines()[-1] == "Nothing to do: the list matches the source."


async def test_a_sync_without_removal_keeps_other_entries(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "a@example.com")
        plan = await planned(env, row, emails("b"), remove=False)
        assert plan.extra == 1
        await applied(env, plan)
        assert await env.on(row) == ["a@example.com", "b@example.com"]
        assert (await planned(env, row, emails("b"), remove=False)).is_empty


async def test_a_failed_addition_prevents_all_removals(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "a@example.com", "b@example.com")
        plan = await planned(env, row, [{"walletPublicKey": "short"}, *emails("c")])
        done = await applied(env, plan)
        outcomes = [item.outcome for item in done.items]
        assert outcomes == [WriteOutcome.FAILED, WriteOutcome.DONE, WriteOutcome.NOT_TRIED, WriteOutcome.NOT_TRIED]
        assert await env.on(row) == ["a@example.com", "b@example.com", "c@example.com"]


async def test_invalid_lines_prevent_removals(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "a@example.com")
        source = make_side("people.csv", emails("b"), [(3, "the kind of “ada” is ambiguous")])
        existing = await read_list(env.client, row)
        with pytest.raises(UsageError, match="line 3"):
            plan_sync(row, existing, source, remove=True)
        lines = plan_sync(row, existing, source, remove=False).lines()
        assert lines[-1] == "  invalid lines in the source: 1; line 3: the kind of “ada” is ambiguous"


async def test_emptying_the_only_site_access_list_by_a_sync_needs_its_name(tmp_path: Path) -> None:
    from dyntui.services.access.actions import access_target

    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "a@example.com")
        await env.confirmed(write_action("allowlists.enable"), [access_target(row)])
        plan = await planned(env, row, [])
        with pytest.raises(UsageError) as refused:
            await env.write_gate.perform(*sync_action(plan), Confirmation(yes=True, typed="acme"))
        assert "NO ONE could sign in" in refused.value.hint
        assert await env.on(row) == ["a@example.com"]


async def test_a_sync_is_undone_as_one_job(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests", "siteAccess", "a@example.com", "b@example.com")
        done = await applied(env, await planned(env, row, emails("b", "c")))
        plan = await plan_undo(env.client, env.connection.audit, done.action.job, env.client.environment_id)
        await env.confirmed(*undo_action(plan))
        assert sorted(await env.on(row)) == ["a@example.com", "b@example.com"]


@pytest.mark.parametrize("format", [ExportFormat.CSV, ExportFormat.EXACT, ExportFormat.NDJSON, ExportFormat.JSON])
async def test_an_export_of_every_kind_is_read_back_as_the_same_entries(tmp_path: Path, format: ExportFormat) -> None:
    entries: list[dict[str, Any]] = [
        {"email": "ada@example.com", "alias": "+Ada, the first"},
        {"emailDomain": "example.org"},
        {"walletPublicKey": "0x" + "aB" * 20, "alias": "Müller"},
        {"phoneNumber": "+4915112345678"},
        {"discordUsername": "ada#1234"},
        {"twitterUsername": "ada"},
        {"farcasterUsername": "ada"},
        {"farcasterFid": 77},
        {"externalUserId": "00123"},
    ]
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests")
        await env.add(row, *entries)
        file = tmp_path / f"entries.{'csv' if format.value.startswith('csv') else format.value}"
        with file.open("wb") as stream:
            await export(entries_of(env.client, row["id"]), Exporter(stream, format, ENTRY_EXPORT))
        side = read_file(file)
        assert side.invalid == ()
        assert compare(side, await read_list(env.client, row)).is_equal
        assert {each.get("alias") for each in side.entries.values()} == {"+Ada, the first", "Müller", None}


async def test_identifiers_on_several_lists_are_found(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        one = await env.make("One", "siteAccess", "a@example.com", "b@example.com")
        two = await env.make("Two", "block", "b@example.com")
        rows = [(row, entry) for row in (one, two) async for entry in entries_of(env.client, row["id"])]
        assert {key: [row["name"] for row, _ in several] for key, several in find_duplicates(rows).items()} == {
            "entry:email:b@example.com": ["One", "Two"]
        }


@pytest.mark.parametrize("count", [1, 40])
async def test_entries_are_found_by_search_or_by_reading_the_whole_list(tmp_path: Path, count: int) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.make("Guests")
        await env.add(row, *({"email": f"person{n:03}@example.com"} for n in range(420)))
        entries = [{"email": f"Person{n * 10:03}@example.com"} for n in range(count)] + [{"email": "no@example.com"}]
        before = len(env.connection.log.entries())
        found = await find_entries(env.client, row["id"], entries)
        assert len(found) == count
        assert len(env.connection.log.entries()) - before <= 8, "a list is not asked more often than it has pages"
