"""Configuration as files: which resources take part, and how their objects are read, written and compared."""

from __future__ import annotations

import pytest

from dyntui.api.catalog import catalog
from dyntui.resources import RESOURCES
from dyntui.services.configuration.model import config_order
from dyntui.services.configuration.normal_form import configuration_of, value_schema
from dyntui.services.forms import inner_schema


def test_every_resource_is_configuration_or_has_a_reason() -> None:
    for record in RESOURCES.values():
        assert (record.configuration is None) == bool(record.not_configuration), record.name
        assert record.not_configuration == "" or record.not_configuration.endswith("."), record.name


def test_resources_follow_those_on_which_they_depend() -> None:
    order = config_order()
    for name in order:
        rules = configuration_of(RESOURCES[name])
        for other in (*rules.depends_on, *rules.references.values()):
            assert order.index(other) < order.index(name)


@pytest.mark.parametrize("name", config_order())
def test_a_configuration_names_what_its_record_and_the_catalog_have(name: str) -> None:
    record, schema = RESOURCES[name], value_schema(name)
    rules = configuration_of(record)
    actions = {action.name for action in record.actions}
    assert set(rules.cannot) <= {rules.create, rules.edit, rules.delete}, "only these need a reason"
    possible = {rules.create, rules.delete} & actions
    assert possible | set(rules.cannot) >= {rules.create} | (set() if rules.is_single else {rules.delete})
    if rules.enabled_field:
        assert {rules.enable, rules.disable} <= actions
        assert "enabled" in schema["properties"]
    for path in (*rules.secret, *rules.differs, *rules.references, *rules.defaults, *rules.list_keys):
        part: object = schema
        for key in path.split("."):
            part = inner_schema(catalog(), part)[0]  # type: ignore[arg-type]
            part = inner_schema(catalog(), part.get("items", part))[0]["properties"][key]
    response = inner_schema(catalog(), catalog().get(record.list.operation).response or {})[0]
    for part_name in (record.list.items, record.list.wrapper):
        part = response["properties"].get(part_name, response) if part_name else response
        part = inner_schema(catalog(), part)[0]
        response = inner_schema(catalog(), part.get("items", part))[0]
    returned = inner_schema(catalog(), response["properties"].get(rules.values_path, response))[0]["properties"]
    known = {*schema["properties"], *rules.read_only, *rules.secret, rules.enabled_field, record.key}
    ignored = {"id", "createdAt", "updatedAt", "enabledAt", "projectEnvironmentId", "environmentId", "allowListId"}
    if not rules.group_by:
        assert {each for each in returned if each not in known | ignored} == set(), "neither set nor read-only"
