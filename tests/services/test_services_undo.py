"""Every write that can be undone: it is done, undone, and the environment is as before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.families import slow_except
from tests.services.command_writes import COMMAND_WRITES
from tests.services.resource_fixtures import (
    FIRST,
    FLAGS,
    actions,
    connected,
    done,
    parent_for,
    perform,
    prepared,
    rows_of,
)

from dyntui.core.errors import UsageError
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.allowlists import MAX_SAVED_ENTRIES
from dyntui.resources.undo import UndoMethod
from dyntui.services.access.actions import access_target
from dyntui.services.access.entries import add_entries, entry_target
from dyntui.services.actions.registry import declaration
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.undo import ChangedSince, ChangeUndoPlan, plan_undo
from dyntui.services.actions.user_actions import set_metadata_field, user_target
from dyntui.services.actions.write_types import WriteOutcome
from dyntui.services.connection import Connection
from dyntui.services.imports.jobs import journal_files
from dyntui.services.settings import (
    ABSENT,
    SettingChange,
    change_settings,
    find_changes,
    read_settings,
    settings_target,
)

_TIMES = ("createdAt", "updatedAt", "deletedAt")
NEW_STATE = {"hostnames": ("status", "errors", "verificationRecords"), "invites": ("status",)}
"""What the server decides anew for what is created again: the check of the DNS records, the answer to an invitation."""
FIRST_IN_USE = {("allowlists", "disable"): ("allowlists", "enable"), ("gates", "disable"): ("gates", "enable")}


def _undoable(names: list[str]) -> list[str]:
    methods = {name: undo.method for name in names if (undo := declaration(name).action.undo) is not None}
    return [name for name, method in methods.items() if method not in (UndoMethod.NONE, UndoMethod.JOB)]


WITH_FIELDS = _undoable([f"{name}.{action_name}" for name, action_name in actions()])
WITH_COMMAND = [
    name
    for name in _undoable(list(COMMAND_WRITES))
    if name not in ("allowlists.sync",)  # its screen runs it
]


def _comparable(value: Any, key: str, *, is_created_again: bool) -> Any:
    """Return a row without what is not the same after an undo: times, and the id of what was created again."""
    if isinstance(value, Mapping):
        left_out = (*_TIMES, *((key, "id") if is_created_again else ()))
        parts = {
            name: bool(part) if name == "enabledAt" else _comparable(part, key, is_created_again=is_created_again)
            for name, part in value.items()
            if name not in left_out
        }
        return {name: part for name, part in parts.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [_comparable(part, key, is_created_again=is_created_again) for part in value]
    return value


async def _state(connection: Connection, name: str, parent: str, method: UndoMethod) -> list[bytes]:
    record = RESOURCES[name]
    is_created_again = method in (UndoMethod.CREATE_AGAIN, UndoMethod.ENTRIES)
    rows = [
        _comparable(
            {field: value for field, value in row.items() if field not in NEW_STATE.get(name, ())},
            record.key,
            is_created_again=is_created_again,
        )
        for row in await rows_of(connection, name, parent)
        if not row.get("deletedAt")
    ]
    return sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)


async def _undo(connection: Connection, change: str = "", *, even_if_changed: bool = False) -> ChangeUndoPlan:
    plan: ChangeUndoPlan | None = await plan_undo(connection, change, even_if_changed=even_if_changed)
    first = plan
    while plan is not None:
        results = await connection_results(connection, plan)
        plan = await plan.then(results) if plan.then is not None else None
    assert first is not None
    return first


async def connection_results(connection: Connection, plan: ChangeUndoPlan) -> Any:
    from dyntui.services.actions.write_types import WriteResults

    items = await perform(connection, plan.write, *plan.targets)
    assert [item.outcome for item in items] == [WriteOutcome.DONE] * len(plan.targets), items[0].error
    return WriteResults(plan.write, tuple(items))


@pytest.mark.parametrize("name", slow_except(WITH_FIELDS, "webhooks.edit", "exchanges.delete", "users.create"))
async def test_a_write_is_done_and_undone_and_the_environment_is_as_before(name: str, tmp_path: Path) -> None:
    declared = declaration(name)
    record, action = declared.record, declared.action
    assert action.undo is not None
    async with connected(tmp_path) as connection:
        if before_it := {**FIRST, **FIRST_IN_USE}.get((record.name, action.name)):
            assert (await done(connection, *before_it)).outcome is WriteOutcome.DONE
        parent = await parent_for(connection, record, action)
        before = await _state(connection, record.name, parent, action.undo.method)
        assert (await done(connection, record.name, action.name)).outcome is WriteOutcome.DONE
        after = await _state(connection, record.name, parent, action.undo.method)
        assert (before == after) is (name == "users.recover-wallets"), "the sample data has no deleted wallet"
        if before == after:
            return
        plan = await _undo(connection)
        assert plan.lines[0].startswith(f"Undo of {plan.change}: {name} of ")
        assert await _state(connection, record.name, parent, action.undo.method) == before
        undone = [line for line in connection.audit.lines() if line.undoes == plan.change]
        assert undone and {line.outcome for line in undone} == {"started", "done"}


@pytest.mark.parametrize("name", slow_except(WITH_COMMAND, "allowlist-entries.edit"))
async def test_a_write_with_a_command_of_its_own_is_undone(name: str, tmp_path: Path) -> None:
    prepare, shown = COMMAND_WRITES[name]
    undo = declaration(name).action.undo
    assert undo is not None
    async with connected(tmp_path) as connection:
        ready = await prepare(connection, tmp_path)
        assert ready.write is not None
        resource = shown[0]
        before = await _state(connection, resource, ready.parent, undo.method)
        items = await perform(connection, ready.write, *ready.targets)
        assert {item.outcome for item in items} == {WriteOutcome.DONE}, items[0].error
        assert await _state(connection, resource, ready.parent, undo.method) != before
        await _undo(connection)
        assert await _state(connection, resource, ready.parent, undo.method) == before


async def test_settings_are_restored_and_the_undo_is_undone(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        before = await read_settings(connection.client)
        changes = find_changes(before, {"general.displayName": "Renamed", "security.jwtDuration.amount": "9"}, {})
        await perform(connection, change_settings(changes), settings_target(changes))
        changed = await read_settings(connection.client)
        assert changed != before
        plan = await _undo(connection)
        assert any(line.startswith("general.displayName: Renamed → ") for line in plan.lines)
        assert await read_settings(connection.client) == before
        await _undo(connection)
        assert await read_settings(connection.client) == changed
        added = SettingChange(("sdk", "multiWalletUnlinkDisabled"), ABSENT, True)
        (item,) = await perform(connection, change_settings([added]), settings_target([added]))
        assert item.outcome is WriteOutcome.DONE, item.error
        assert await read_settings(connection.client) != changed
        await _undo(connection)
        assert await read_settings(connection.client) == changed


async def _edit(connection: Connection, name: str, fields: dict[str, str]) -> str:
    """Do an edit and return the id of the change."""
    result = await done(connection, name, "edit", fields=fields)
    assert result.outcome is WriteOutcome.DONE, result.error
    return list(connection.audit.lines())[-1].job


async def test_an_undo_is_refused_when_the_object_has_changed_since(tmp_path: Path) -> None:
    async with connected(tmp_path, users=5) as connection:
        original = (await rows_of(connection, "webhooks"))[-1]
        first = await _edit(connection, "webhooks", {"events": "user.deleted"})
        await _edit(connection, "webhooks", {"events": "user.updated"})
        sent = len(list(connection.audit.lines()))
        with pytest.raises(ChangedSince, match=r"events is user\.updated now"):
            await plan_undo(connection, first)
        assert len(list(connection.audit.lines())) == sent, "a plan sends nothing"
        plan = await _undo(connection, first, even_if_changed=True)
        assert any("Changed since: " in line for line in plan.lines)
        assert (await rows_of(connection, "webhooks"))[-1]["events"] == original["events"]
        with pytest.raises(UsageError, match="has the values before again"):
            await plan_undo(connection, first)
        with pytest.raises(UsageError, match="There is no change ffffffff"):
            await plan_undo(connection, "ffffffff")

        await done(connection, "origins", "create")
        created = list(connection.audit.lines())[-1].job
        await done(connection, "origins", "delete")
        with pytest.raises(UsageError, match=r"There is no origin https://new\.example any more"):
            await plan_undo(connection, created)
        await _undo(connection)
        deleted = next(line.job for line in connection.audit.lines() if line.action == "origins.delete")
        with pytest.raises(ChangedSince, match=r"There is origin https://new\.example again"):
            await plan_undo(connection, deleted)

        made = await done(connection, "users", "create")
        created = list(connection.audit.lines())[-1].job
        await done(connection, "users", "edit", fields={"alias": "Somebody"})
        assert (await rows_of(connection, "users"))[-1]["id"] == made.value["id"]
        with pytest.raises(ChangedSince, match=r"new@example\.com: alias"):
            await plan_undo(connection, created)
        await done(connection, "users", "delete")
        with pytest.raises(UsageError, match=r"users\.delete new@example\.com .* cannot restore a deleted user"):
            await plan_undo(connection)


async def test_values_that_the_server_does_not_restore_are_named(tmp_path: Path) -> None:
    async with connected(tmp_path, flags={**FLAGS, "update-metadata": "merge"}) as connection:
        user = (await rows_of(connection, "users"))[-1]
        await perform(connection, set_metadata_field("loyalty", "gold"), user_target(user))
        with pytest.raises(UsageError, match=r"did not restore all values\. .*: metadata is .*gold"):
            await _undo(connection)


async def test_secrets_are_neither_saved_nor_restored(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        await done(connection, "providers", "create")
        await _edit(connection, "providers", {"clientSecret": "hunter2hunter2", "clientId": "other"})
        await done(connection, "test-account", "create")
        (account,) = await rows_of(connection, "test-account")
        await _edit(connection, "webhooks", {"url": "https://hooks.example.com/in?token=hunter2"})
        await _edit(connection, "webhooks", {"url": "https://hooks.example.com/in?token=hunter22"})
        log = (tmp_path / "audit.jsonl").read_text()
        assert "hunter2" not in log and "hidden" not in log and str(account["code"]) not in log
        plan = await _undo(connection, next(line.job for line in connection.audit.lines() if "edit" in line.action))
        assert any("clientSecret is not restored" in line for line in plan.lines)
        assert (await rows_of(connection, "providers"))[-1]["clientId"] == "spot"


async def _deleted_wallets(connection: Connection) -> set[str]:
    return {str(row["id"]) for row in await rows_of(connection, "wallets") if row.get("deletedAt")}


async def test_recovered_wallets_are_deleted_again_and_what_was_so_before_is_left(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        before = await _deleted_wallets(connection)
        deleted = (await done(connection, "wallets", "delete")).target.id
        await _undo(connection)
        assert await _deleted_wallets(connection) == before
        await _undo(connection)
        assert await _deleted_wallets(connection) == before | {deleted}
        await done(connection, "gates", "disable")
        await done(connection, "gates", "disable")
        with pytest.raises(UsageError, match="it was so before"):
            await plan_undo(connection)


@pytest.mark.slow
async def test_an_import_of_entries_is_undone_by_its_job_and_one_of_users_names_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    async with connected(tmp_path) as connection:
        imported = await COMMAND_WRITES["allowlists.import-undo"][0](connection, tmp_path)
        (file,) = journal_files()
        before = await rows_of(connection, "allowlist-entries", imported.parent)
        plan = await _undo(connection, file.stem)
        assert len(await rows_of(connection, "allowlist-entries", imported.parent)) == len(before) - 2
        assert plan.change == file.stem
        with pytest.raises(UsageError, match="nothing to undo"):
            await plan_undo(connection, file.stem)
        await COMMAND_WRITES["users.import-undo"][0](connection, tmp_path)
        (users_job,) = {each.stem for each in journal_files()} - {file.stem}
        with pytest.raises(UsageError, match=f"dyntui jobs undo {users_job}"):
            await plan_undo(connection)
        with pytest.raises(UsageError, match=f"dyntui jobs undo {users_job}"):
            await plan_undo(connection, users_job)


@pytest.mark.slow
async def test_a_deleted_allowlist_gets_its_entries_before_it_is_enabled_again(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        lists = await rows_of(connection, "allowlists")
        row = next(row for row in lists if row["enabledAt"] and row["outcome"] == "scope")
        entries = await _state(connection, "allowlist-entries", str(row["id"]), UndoMethod.ENTRIES)
        assert entries
        write = write_action("allowlists.delete")
        await perform(connection, write, access_target(row))
        plan = await _undo(connection)
        assert [line for line in plan.lines if line.startswith("Then ")] == [
            f"Then add {len(entries)} entries",
            f"Then enable: {row['name']}",
        ]
        (again,) = [each for each in await rows_of(connection, "allowlists") if each["name"] == row["name"]]
        assert again["id"] != row["id"] and again["enabledAt"] and again["scope"] == row["scope"]
        restored = await _state(connection, "allowlist-entries", str(again["id"]), UndoMethod.ENTRIES)
        old, new = str(row["id"]).encode(), str(again["id"]).encode()
        assert sorted(each.replace(new, old) for each in restored) == entries
        done_lines = [line.action for line in connection.audit.lines() if line.undoes and line.outcome == "done"]
        assert done_lines == ["allowlists.create", *["allowlist-entries.create"] * len(entries), "allowlists.enable"]

        big = (await rows_of(connection, "allowlists"))[-1]
        targets = [entry_target({"email": f"many{number}@example.com"}) for number in range(MAX_SAVED_ENTRIES + 1)]
        await perform(connection, add_entries(big), *targets)
        await perform(connection, write, access_target(big))
        with pytest.raises(UsageError, match="This cannot be undone: its values are not in the audit log"):
            await plan_undo(connection)


async def test_the_outcome_is_recorded_when_the_values_after_it_cannot_be_read(tmp_path: Path) -> None:
    async def fail(*arguments: object) -> object:
        raise UsageError("gone")

    async def cancel(*arguments: object) -> object:
        raise asyncio.CancelledError

    async with connected(tmp_path) as connection:
        ready = await prepared(connection, "webhooks", "edit", fields={"events": "user.deleted"})
        (failed,) = await perform(connection, replace(ready.write, after=fail), ready.target)
        assert failed.outcome is WriteOutcome.DONE
        with pytest.raises(asyncio.CancelledError):
            await perform(connection, replace(ready.write, after=cancel), ready.target)
        ended = [line for line in connection.audit.lines() if line.outcome != "started"]
        assert [(line.outcome, line.after) for line in ended] == [("done", None), ("done", None)]
        with pytest.raises(UsageError, match="has the values before again"):
            await plan_undo(connection)
        with pytest.raises(ChangedSince, match="events is"):
            await plan_undo(connection, ended[0].job)
