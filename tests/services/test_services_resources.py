"""Every record against the sandbox: it lists, it opens, and each of its actions does what its operation documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.services.resource_fixtures import (
    DELETED_BEFORE,
    FIRST,
    actions,
    connected,
    done,
    parent_for,
    rows_of,
    sandbox_of,
)

from dyntui.api.catalog import catalog
from dyntui.core.effect import Effect
from dyntui.core.errors import TargetNotFound, UsageError
from dyntui.core.masking import HIDDEN
from dyntui.resources.action import ActionTarget
from dyntui.resources.all_resources import RESOURCES, resource
from dyntui.resources.resource import Scope
from dyntui.services.actions.organization_choice import resolve_organization
from dyntui.services.actions.resource_actions import (
    check_values,
    describe_changes,
    find_action,
    find_resource,
    make_target,
    make_write_action,
    mask_secrets,
    read_one,
    resolve_parent,
    write_action,
)
from dyntui.services.actions.target_lookup import look_up_one, look_up_targets
from dyntui.services.actions.write_types import Confirmation, WriteOutcome, WriteResults, one_time_value
from dyntui.services.lists.resource_reachability import reachability_of


@pytest.mark.parametrize("name", RESOURCES)
async def test_every_resource_is_listed_and_its_objects_are_opened(name: str, tmp_path: Path) -> None:
    record = RESOURCES[name]
    async with connected(tmp_path) as connection:
        parent = await parent_for(connection, record)
        rows = await rows_of(connection, name, parent)
        if name not in ("sso", "test-account", "exports", "signature-policies"):  # the last ones expire soon
            assert rows, "the sample data has nothing to show of it"
        for row in rows[:3]:
            assert row.get(record.key), f"a row has no {record.key}"
            assert record.label_of(row)
            found = await read_one(connection.client, record, str(row[record.key]), parent=parent)
            assert found.get(record.key) == row[record.key]


@pytest.mark.parametrize(("name", "action_name"), actions())
async def test_every_action_has_its_effect_on_the_server(name: str, action_name: str, tmp_path: Path) -> None:
    action = find_action(RESOURCES[name], action_name)
    async with connected(tmp_path) as connection:
        if kind := DELETED_BEFORE.get((name, action_name)):
            sandbox_of(connection).store.remove(kind, connection.client.environment_id)
        if before := FIRST.get((name, action_name)):
            assert (await done(connection, *before)).outcome is WriteOutcome.DONE
        result = await done(connection, name, action_name)
        assert result.outcome is WriteOutcome.DONE, result.error
        line = list(connection.audit.lines())[-1]
        assert (line.action, line.operation, line.outcome) == (f"{name}.{action_name}", action.operation, "done")
        if action.reveals[0]:
            assert one_time_value(WriteResults(write_action(f"{name}.{action_name}"), (result,)))


@pytest.mark.parametrize("name", ["allowlists", "gates"])
async def test_actions_of_lists_and_gates_assess_their_impact(name: str) -> None:
    for action in RESOURCES[name].actions:
        if action.command:
            continue
        write = make_write_action(RESOURCES[name], action)
        assert write.operation == action.operation
        assert (write.assess_impact is None) == (action.name == "create")


def test_effects_of_actions_are_those_of_the_catalog() -> None:
    for record in RESOURCES.values():
        for action in record.actions:
            operation = catalog().get(action.operation)
            assert (action.effect is Effect.READ) == operation.reads, f"{record.name} {action.name}"
            if any(catalog().get(each).destructive for each in (action.operation, *action.extra_operations)):
                assert action.effect is Effect.DESTRUCTIVE, f"{record.name} {action.name}"
            if action.effect is Effect.READ:
                assert not action.fields or action.target is ActionTarget.LIST


def test_every_resource_record_names_existing_operations_and_fields() -> None:
    for record in RESOURCES.values():
        for operation in record.operations:
            assert catalog().get(operation).audience == "admin"
        names = catalog().get(record.list.operation).path_names
        assert set(names) <= {"environmentId", record.parent, record.list.per_value[0]}
        if record.scope is Scope.PARENT:
            assert record.parent_resource in RESOURCES
        assert resource(record.name) is record


def test_names_of_resources_are_unique() -> None:
    names = [name for record in RESOURCES.values() for name in (record.name, *record.aliases)]
    assert sorted(names) == sorted(set(names))


def test_a_similar_resource_name_is_suggested() -> None:
    with pytest.raises(UsageError) as found:
        find_resource("webhoks")
    assert "webhooks" in found.value.hint
    with pytest.raises(UsageError) as found:
        find_action(RESOURCES["origins"], "remove")
    assert "delete" in found.value.hint


WRITING = [each for each in actions() if find_action(RESOURCES[each[0]], each[1]).effect is not Effect.READ]


@pytest.mark.parametrize(("name", "action_name"), WRITING)
async def test_read_only_refuses_every_write_before_any_request(name: str, action_name: str, tmp_path: Path) -> None:
    record, action = RESOURCES[name], find_action(RESOURCES[name], action_name)
    async with connected(tmp_path, read_only=True, users=0) as connection:
        write = make_write_action(record, action)
        assert connection.write_gate.refusal(write)
        with pytest.raises(UsageError):
            await connection.write_gate.perform(write, [make_target(record, {"id": "x"})], Confirmation(True, "demo"))
        assert connection.log.total == 0
        assert list(connection.audit.lines())[-1].outcome == "refused"


async def test_editing_sends_all_of_a_full_replace(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        before = (await rows_of(connection, "webhooks"))[-1]
        result = await done(connection, "webhooks", "edit", fields={"events": "user.deleted"})
        assert result.outcome is WriteOutcome.DONE, result.error
        assert result.reread["events"] == ["user.deleted"]
        assert (result.reread["url"], result.reread["isEnabled"]) == (before["url"], before["isEnabled"])


async def test_an_edit_without_changes_sends_no_request(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        with pytest.raises(UsageError, match="Nothing was changed"):
            await done(connection, "webhooks", "edit", fields={})


async def test_an_emptied_field_is_sent_as_null(tmp_path: Path) -> None:
    record = RESOURCES["organizations"]
    async with connected(tmp_path) as connection:
        result = await done(connection, "organizations", "edit", fields={"description": ""})
        assert result.outcome is WriteOutcome.DONE, result.error
        assert result.reread["description"] == ""
        assert result.reread["name"] == "Northwind Labs"
        assert record.label_of(result.reread) == "Northwind Labs"


async def test_a_missing_required_field_is_reported_before_any_request(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        action = find_action(RESOURCES["hostnames"], "create")
        with pytest.raises(UsageError, match="Missing required field: usage"):
            check_values(connection.client, action, {"hostname": "a.example"})
        assert connection.log.total == 0


async def test_an_action_that_does_not_apply_to_a_row_is_refused_with_the_reason(tmp_path: Path) -> None:
    record = RESOURCES["members"]
    async with connected(tmp_path) as connection:
        action = find_action(record, "delete")
        parent = await resolve_parent(connection.client, record)
        owner = next(row for row in await rows_of(connection, "members", parent) if row["role"] == "owner")
        sent = connection.log.total
        write = make_write_action(record, action, parent=parent)
        results = await connection.write_gate.perform(
            write, [make_target(record, owner)], Confirmation(typed=connection.profile.name)
        )
        assert results.count(WriteOutcome.FAILED) == 1
        assert "owner cannot be changed or removed" in str(results.first_error)
        assert connection.log.total == sent


async def test_lists_show_no_secrets(tmp_path: Path) -> None:
    record = RESOURCES["providers"]
    async with connected(tmp_path) as connection:
        await done(connection, "providers", "create")
        rows = await rows_of(connection, record.name)
        made = next(row for row in rows if row["provider"] == "spotify")
        assert made["clientSecret"] == "hidden"
        assert mask_secrets(record, made)["clientSecret"] == HIDDEN


def test_a_changed_secret_is_reported_without_its_value() -> None:
    record = RESOURCES["providers"]
    operation = catalog().get("updateProvider")
    from dyntui.services.forms import operation_fields

    requests = operation_fields(catalog(), operation, find_action(record, "edit").fields)
    lines = describe_changes(requests, {"scopes": "a", "clientSecret": "old"}, {"scopes": "b", "clientSecret": "new"})
    assert lines == ["clientSecret: changed", "scopes: a → b"]


# Above the environment


async def test_the_organization_of_the_environment_is_requested_one_time(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        await done(connection, "organizations", "create")
        sent = connection.log.total
        first = await resolve_organization(connection.client)
        requests = connection.log.total
        assert requests > sent
        assert await resolve_organization(connection.client) == first
        assert connection.log.total == requests
        mine = await rows_of(connection, "organizations")
        assert first == next(row["id"] for row in mine if row["name"] == "Northwind Labs")


async def test_a_child_resource_names_its_parent(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        with pytest.raises(UsageError) as found:
            await resolve_parent(connection.client, RESOURCES["webhook-messages"])
        assert "one webhook" in found.value.message
        assert "--of" in found.value.hint


async def test_an_unreachable_resource_is_reported_with_the_reason_and_checked_one_time(tmp_path: Path) -> None:
    async with connected(tmp_path, flags={"organization-access": "no"}) as connection:
        reach = reachability_of(connection.client)
        await reach.probe(RESOURCES.values())
        assert reach.reason(RESOURCES["users"]) is None
        for name in ("organizations", "members", "projects", "user-tokens", "my-invites"):
            assert "not allowed" in str(reach.reason(RESOURCES[name])), name
        sent = connection.log.total
        await reach.probe(RESOURCES.values())
        assert connection.log.total == sent


async def test_targets_are_loaded_first_if_the_id_is_not_enough(tmp_path: Path) -> None:
    async with connected(tmp_path) as connection:
        client = connection.client
        webhook = (await rows_of(connection, "webhooks"))[0]
        enable = find_action(RESOURCES["webhooks"], "disable")
        for text in (webhook["webhookId"], webhook["url"]):
            lookup = await look_up_targets(client, RESOURCES["webhooks"], enable, [text])
            assert [(target.id, target.label) for target in lookup.targets] == [(webhook["webhookId"], webhook["url"])]
        single = await look_up_targets(
            client, RESOURCES["chainalysis"], find_action(RESOURCES["chainalysis"], "enable"), []
        )
        assert len(single.targets) == 1
        with pytest.raises(TargetNotFound, match="There is no origin"):
            await look_up_one(client, RESOURCES["origins"], "nobody")
