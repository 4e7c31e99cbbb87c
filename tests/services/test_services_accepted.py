"""Writes that the server accepts with 202 and does later, or never: for every action, an outcome of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.services.resource_fixtures import (
    DELETED_BEFORE,
    FIRST,
    FLAGS,
    actions,
    connected,
    perform,
    prepared,
    rows_of,
    sandbox_of,
)

from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.resources.all_resources import RESOURCES
from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.services.access.entries import EntryChanges, replace_entry, replacement_target
from dyntui.services.actions.audit_log import AuditEntry
from dyntui.services.actions.resource_actions import find_action
from dyntui.services.actions.undo import is_undoable, plan_undo, undo_disabled_reason
from dyntui.services.actions.write_types import Target, WriteOutcome, WriteResults
from dyntui.services.connection import Connection

WRITING = [each for each in actions() if find_action(RESOURCES[each[0]], each[1]).effect is not Effect.READ]
LATER: dict[str, Any] = {**FLAGS, "accepted-delay-ms": "600000"}


def _require_approvals(connection: Connection, approvals: str = "all") -> None:
    sandbox_of(connection).flags = BehaviorFlags({**LATER, "approvals": approvals})


@pytest.mark.parametrize(
    ("name", "action_name"), slow_except(WRITING, ("users", "delete"), ("users", "edit"), ("origins", "create"))
)
async def test_every_action_that_is_accepted_is_not_done(name: str, action_name: str, tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        if kind := DELETED_BEFORE.get((name, action_name)):
            sandbox_of(connection).store.remove(kind, connection.client.environment_id)
        if before := FIRST.get((name, action_name)):
            ready = await prepared(connection, *before)
            assert (await perform(connection, ready.write, ready.target))[0].outcome is WriteOutcome.DONE
            connection.changes.take()
        ready = await prepared(connection, name, action_name)
        rows = await rows_of(connection, name, ready.parent)
        _require_approvals(connection)
        (result,) = await perform(connection, ready.write, ready.target)
        assert (result.outcome, result.error) == (WriteOutcome.ACCEPTED, None)
        change = connection.changes.take()
        assert not change.deleted, "a list drops rows that are deleted"
        assert not change.created
        assert await rows_of(connection, name, ready.parent) == rows
        line = list(connection.audit.lines())[-1]
        assert (line.outcome, line.detail, line.after) == ("accepted", "not done yet", None)
        assert not is_undoable(WriteResults(ready.write, (result,)))
        location = (connection.profile.base_url, connection.profile.environment_id)
        assert (undo_disabled_reason(AuditEntry(1, line), location) or "").startswith("This cannot be undone")
        with pytest.raises(UsageError, match="cannot be undone"):
            await plan_undo(connection, line.job)


async def test_an_accepted_write_is_done_later_and_a_denied_one_never(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        users = await rows_of(connection, "users")
        for approvals, left in (("denied", len(users)), ("all", len(users) - 1)):
            _require_approvals(connection, approvals)
            ready = await prepared(connection, "users", "delete")
            (result,) = await perform(connection, ready.write, ready.target)
            assert result.outcome is WriteOutcome.ACCEPTED
            sandbox_of(connection).flush()
            assert len(await rows_of(connection, "users")) == left


async def test_each_of_many_targets_has_its_outcome_and_none_is_tried_again(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        users = await rows_of(connection, "users")
        _require_approvals(connection, "destructive")
        ready = await prepared(connection, "users", "delete")
        targets = [Target(str(user["id"]), str(user["email"])) for user in users[:5]]
        results = WriteResults(ready.write, tuple(await perform(connection, ready.write, *targets)))
        assert results.count(WriteOutcome.ACCEPTED) == 5
        assert results.remaining == (), "they must not be sent again"
        assert not results.is_complete


async def test_a_later_phase_and_a_second_step_wait_for_what_is_only_accepted(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        row = (await rows_of(connection, "allowlists"))[0]
        entries = await rows_of(connection, "allowlist-entries", str(row["id"]))
        _require_approvals(connection, "denied")
        changes = EntryChanges(row, ({"email": "later@example.com"},), (entries[0],))
        write, targets = changes.write("allowlists.sync", "on it")
        results = await perform(connection, write, *targets)
        assert [item.outcome for item in results] == [WriteOutcome.ACCEPTED, WriteOutcome.NOT_TRIED]
        target = replacement_target(entries[0], {"email": "later@example.com"})
        (result,) = await perform(connection, replace_entry(row), target)
        assert result.outcome is WriteOutcome.UNKNOWN
        assert "was kept" in str(result.error)
        _require_approvals(connection, "off")
        assert await rows_of(connection, "allowlist-entries", str(row["id"])) == entries
