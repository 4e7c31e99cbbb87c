"""A plan that changes every value that can be set is applied, then the one that restores them; the order of writes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from dyntui.api.catalog import Schema, catalog
from dyntui.core.errors import UsageError
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.configuration import WHOLE_ELEMENT
from dyntui.sandbox.options import SandboxOptions
from dyntui.services.actions.write_types import Confirmation, WriteOutcome
from dyntui.services.configuration.apply import ApplyResult, apply_plan, prepare_plan
from dyntui.services.configuration.compare import LeafChange
from dyntui.services.configuration.leaf_edit import with_leaves
from dyntui.services.configuration.model import ConfigObject, LeafPlace, visit_leaves
from dyntui.services.configuration.normal_form import FieldRules, configuration_of, value_schema
from dyntui.services.configuration.plan import ConfigPlan, make_plan
from dyntui.services.configuration.plan_writes import WriteKind, planned_writes
from dyntui.services.configuration.read import read_environment
from dyntui.services.connection import Connection
from dyntui.services.demo import demo_connection
from dyntui.services.schemas import inner_schema

FLAGS = {"organization-access": "yes"}


def schema_at(place: LeafPlace) -> Schema:
    schema: Schema = value_schema(place.record.name)
    for part in place.name.split("."):
        schema = inner_schema(catalog(), schema)[0]
        schema = inner_schema(catalog(), schema.get("items", schema))[0].get("properties", {}).get(part, {})
    return inner_schema(catalog(), schema)[0]


def another(place: LeafPlace, value: object) -> object:
    """Another value that the API accepts too; the same one where that is not easy to tell."""
    schema = schema_at(place)
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str() if options := [each for each in schema.get("enum", ()) if each != value]:
            return options[0]
        case str() if "format" not in schema and "pattern" not in schema and value.isalpha():
            return f"{value}x"
    return value


def changed(each: ConfigObject) -> ConfigObject:
    """The object with another value wherever one is possible, but what identifies it, its parts and other objects."""
    rules = configuration_of(each.record)
    fixed = {*rules.identity, *rules.references, *(f"{name}.{key}" for name, key in rules.list_keys.items())}
    fixed |= {name for name, key in rules.list_keys.items() if key == WHOLE_ELEMENT} | {"fieldType"}
    leaves = [
        LeafChange(place.path, value, another(place, value))
        for place, value in visit_leaves(each.record, each.values)
        if place.name not in fixed and not place.is_by_position
    ]
    return each if rules.group_by else replace(each, values=with_leaves(each.record, each.values, leaves))


async def applied(connection: Connection, plan: ConfigPlan) -> ApplyResult:
    prepared = await prepare_plan(connection, plan, FieldRules())
    needed = prepared.impact.requirement
    confirmation = Confirmation(yes=True, typed=needed.accepted[0], read=needed.code)
    values: Mapping[str, str] = {}
    result = await apply_plan(connection, plan, FieldRules(), confirmation, values=values, settle_s=0)
    failed = [(step.write.title, step.detail) for step in result.steps if step.outcome is not WriteOutcome.DONE]
    assert not failed
    assert result.is_complete and result.left is not None and not result.left.changes
    return result


@pytest.mark.slow
async def test_every_value_that_can_be_set_is_set_and_restored() -> None:
    async with demo_connection(SandboxOptions(users=5, flags=FLAGS)) as connection:
        before = await read_environment(connection, include_entries=True)
        desired = replace(before, objects={key: changed(each) for key, each in before.objects.items()})
        plan = make_plan(before, desired)
        edited = {change.object.resource for change in plan.changes}
        editable = {
            name
            for name in before.resources
            if RESOURCES[name].action(configuration_of(RESOURCES[name]).edit) is not None
        }
        assert edited >= editable - {"sdk-views", "allowlist-entries"}, "they are lists"
        assert sum(len(change.leaves) for change in plan.changes) > 150
        await applied(connection, plan)
        now = await read_environment(connection, include_entries=True)
        await applied(connection, make_plan(now, before, prune=True))
        after = await read_environment(connection, include_entries=True)
        assert not make_plan(after, before, prune=True).has_differences


async def test_what_decides_who_may_sign_in_is_ready_before_and_over_after() -> None:
    async with demo_connection(SandboxOptions(users=5)) as connection:
        rich = await read_environment(connection, only=["allowlists", "allowlist-entries", "gates"])
    empty = replace(rich, objects={})
    order = [(write.kind, write.record.name) for write in planned_writes(make_plan(empty, rich))]
    enabled = order.index((WriteKind.ENABLE, "allowlists"))
    assert max(index for index, (_, name) in enumerate(order) if name == "allowlist-entries") < enabled
    last = planned_writes(make_plan(rich, empty, prune=True))[-1]
    assert (last.kind, last.record.name) == (WriteKind.DELETE, "allowlists")
    key = ("allowlists", "Staff")
    other: dict[str, Any] = {"outcome": "siteAccess", "enabled": False}
    off = replace(rich.objects[key], values={**rich.objects[key].values, **other})
    writes = planned_writes(make_plan(rich, replace(rich, objects={**rich.objects, key: off})))
    assert [write.kind for write in writes] == [WriteKind.DISABLE, WriteKind.EDIT], "not a siteAccess list for a moment"


async def test_a_second_apply_to_the_same_environment_is_refused_while_one_runs() -> None:
    async with demo_connection(SandboxOptions(users=5, empty=True)) as connection:
        before = await read_environment(connection, only=["origins"])
        values = {"origin": "https://a.example"}
        new = ConfigObject("origins", "https://a.example", values)
        plan = make_plan(before, replace(before, objects={new.key: new}))
        runs = (
            apply_plan(connection, plan, FieldRules(), Confirmation(yes=True), values={}, settle_s=0) for _ in range(2)
        )
        first, second = await asyncio.gather(*runs, return_exceptions=True)
        assert isinstance(first, ApplyResult) and first.is_complete
        assert isinstance(second, UsageError) and "Another apply" in str(second)
        again = await apply_plan(connection, plan, FieldRules(), Confirmation(yes=True), values={}, settle_s=0)
        assert again.is_complete and not again.steps
