"""Forms out of schemas: what is asked for, and what is made of what was filled in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.api.catalog import catalog
from dyntui.core.errors import UsageError
from dyntui.services.body_check import body_warnings
from dyntui.services.forms import (
    WHOLE,
    FieldKind,
    FormField,
    current_values,
    field_text,
    operation_fields,
    read_form,
    set_path,
)

CATALOG = catalog()


def load_fields(operation: str, *names: str) -> list[FormField]:
    return operation_fields(CATALOG, CATALOG.get(operation), names or ("*",))


def by_name(operation: str) -> dict[str, FormField]:
    return {field.name: field for field in load_fields(operation)}


def test_every_operation_has_a_form() -> None:
    for operation in CATALOG:
        fields = operation_fields(CATALOG, operation)
        assert {field.name for field in fields if field.location == "path"} == set(operation.path_names) - {
            "environmentId"
        }
        assert not fields or operation.body is None or any(field.location == "body" for field in fields)
        assert len({field.name for field in fields}) == len(fields), operation.id


def test_types_enums_and_required_fields_come_from_the_schema() -> None:
    fields = by_name("createCustomFieldForEnvironment")
    assert (fields["name"].kind, fields["name"].required) == (FieldKind.TEXT, True)
    assert fields["enabled"].kind is FieldKind.FLAG
    assert fields["fieldType"].options == ("text", "checkbox", "select")
    assert fields["position"].kind is FieldKind.NUMBER
    assert (fields["validationRules.unique"].kind, fields["validationRules.unique"].required) == (FieldKind.FLAG, False)
    assert fields["validationRules.validOptions"].kind is FieldKind.JSON
    assert by_name("postToken")["scopes"].kind is FieldKind.LIST
    assert "environment.users.read" in by_name("postToken")["scopes"].options


def test_a_json_field_says_its_shape_and_a_number_its_unit() -> None:
    for operation in ("createWaasSignaturePolicy", "updateWaasSignaturePolicyByWalletIdAndPolicyId"):
        fields = by_name(operation)
        part = '{"chain": "EVM", "toAddresses": [], "valueLimits": [{"asset": "", "maxPerCall": ""}]}'
        assert fields["policyContent"].hint == f"JSON like [{part}]; at least 1 value"
        assert fields["timeLimit"].hint == "in seconds, at least 1"
    assert by_name("createGate")["rules"].hint.startswith('JSON like [{"type": "nft", "address": {"networkId": 0,')
    assert by_name("createUser")["metadata"].hint == "a JSON object"
    assert '"additionalWalletAddresses"' not in by_name("createUser")["wallets"].hint, "a long example is cut"
    assert by_name("bulkCreateUser")[WHOLE].hint == "a JSON list of objects"
    rule_fields = {
        field.name: field
        for field in operation_fields(CATALOG, CATALOG.get("createWaasPolicy"), body_list="rulesToAdd")
    }
    assert rule_fields["chainIds"].hint == "a JSON list of numbers"


def test_the_example_of_a_json_field_is_json_that_the_schema_allows() -> None:
    for operation in CATALOG:
        for field in operation_fields(CATALOG, operation):
            _, is_example, rest = field.hint.partition("JSON like ")
            if is_example and field.location == "body":
                example, end = json.JSONDecoder().raw_decode(rest)
                assert rest[end : end + 1] in ("", ";"), operation.id
                document: dict[str, object] = {}
                set_path(document, field.name, example)
                assert body_warnings(CATALOG, operation, document) == [], operation.id


def test_filters_and_headers_have_separate_fields() -> None:
    fields = by_name("getEnvironmentUsers")
    assert fields["filter[filterValue]"].location == "query"
    filled = read_form(load_fields("getEnvironmentUsers"), {"filter[filterValue]": "ada", "limit": "5"})
    assert dict(filled.query) == {"filter": {"filterValue": "ada"}, "limit": 5}
    filled = read_form(load_fields("deleteMfaDevice"), {"mfaDeviceId": "x", "x-mfa-auth-token": "t"})
    assert (dict(filled.path), dict(filled.headers)) == ({"mfaDeviceId": "x"}, {"x-mfa-auth-token": "t"})


def test_a_body_that_is_not_an_object_is_one_field() -> None:
    fields = load_fields("bulkCreateUser")
    assert [field.name for field in fields if field.location == "body"] == [WHOLE]
    assert read_form(fields, {WHOLE: '[{"email": "a@b.c"}]'}).body == [{"email": "a@b.c"}]


def test_entered_values_are_converted_to_json_types() -> None:
    filled = read_form(
        load_fields("createCustomFieldForEnvironment"),
        {
            "name": "Plan",
            "enabled": "yes",
            "required": "false",
            "fieldType": "select",
            "position": "3",
            "validationRules.unique": "true",
            "validationRules.validOptions": '[{"label": "Pro"}]',
        },
    )
    assert not filled.errors
    assert filled.body == {
        "name": "Plan",
        "enabled": True,
        "required": False,
        "fieldType": "select",
        "position": 3,
        "validationRules": {"unique": True, "validOptions": [{"label": "Pro"}]},
    }


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("name", "", "field is required"),
        ("enabled", "perhaps", "true or false"),
        ("position", "three", "not a number"),
        ("position", "nan", "outside the range"),
        ("position", "9" * 400, "outside the range of numbers"),
        ("validationRules.validOptions", "[", "Invalid JSON"),
        ("validationRules.validOptions", "[NaN]", "NaN"),
        ("validationRules.validOptions", "[" * 100_000, "nested more than 64 levels"),
    ],
)
def test_errors_are_reported_by_field(field: str, text: str, why: str) -> None:
    values = {"name": "Plan", "enabled": "yes", "required": "no", "fieldType": "text", "position": "1", field: text}
    wrong = read_form(load_fields("createCustomFieldForEnvironment"), values).errors
    assert list(wrong) == [field]
    assert why in wrong[field]


def test_a_value_outside_of_an_enum_is_sent() -> None:
    filled = read_form(load_fields("createExport"), {"model": "wallets", "format": "csv"})
    assert (filled.body, dict(filled.errors)) == ({"model": "wallets", "format": "csv"}, {})


def test_only_changed_fields_are_sent_and_emptied_ones_are_null() -> None:
    fields = load_fields("updateUser", "firstName", "lastName", "metadata")
    before = current_values(fields, {"firstName": "Ada", "lastName": "L", "metadata": {"a": 1}})
    filled = read_form(fields, {**before, "lastName": ""}, before=before)
    assert filled.body == {"lastName": ""}
    assert read_form(fields, before, before=before).body is None


def test_an_unknown_field_is_refused_with_the_existing_ones() -> None:
    with pytest.raises(UsageError) as found:
        load_fields("addOrigin", "orgin")
    assert "origin" in found.value.hint


@given(st.one_of(st.lists(st.text(min_size=1, max_size=8)), st.integers(-(2**63), 2**64 - 1), st.booleans()))
def test_a_shown_value_is_parsed_back_unchanged(value: object) -> None:
    kind = {list: FieldKind.LIST, bool: FieldKind.FLAG, int: FieldKind.NUMBER}[type(value)]
    text = field_text(value)
    if kind is FieldKind.LIST and any(part != part.strip() or part[:1] == "[" for part in value):  # type: ignore[attr-defined]
        return
    read = read_form([FormField("x", "body", kind, nullable=True)], {"x": text}).body
    assert read == ({"x": value} if text else None)


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_shown_json_is_parsed_back_unchanged(value: object) -> None:
    if isinstance(value, dict):
        assert json.loads(field_text(value)) == value
