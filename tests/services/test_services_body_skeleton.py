"""Bodies to fill in: each operation has one that is valid, marked, and without a field that it does not know."""

from __future__ import annotations

from dyntui.api.catalog import catalog
from dyntui.core.json_types import as_object
from dyntui.core.yaml_document import parse_yaml
from dyntui.services.body_check import body_warnings
from dyntui.services.body_skeleton import body_skeleton, skeleton_fields, yaml_skeleton
from dyntui.services.forms import body_schema

OPERATIONS = [operation for operation in catalog() if operation.body is not None]


def test_each_operation_has_a_body_without_a_warning_in_both_forms() -> None:
    for operation in OPERATIONS:
        document = parse_yaml(yaml_skeleton(catalog(), operation)).value
        for body in (document, body_skeleton(catalog(), operation)):
            assert body_warnings(catalog(), operation, {} if body is None else body) == [], operation.id
        schema = body_schema(catalog(), operation)
        required = set(schema.get("required", ())) & set(schema.get("properties", ()))
        assert set(as_object(document)) == required, operation.id


def test_comments_are_the_optional_fields_and_uncommented_they_are_the_whole_body() -> None:
    for name in ("bulkCreateUser", "createGate", "createWaasPolicy", "updateProjectSettings"):
        operation = catalog().get(name)
        lines = yaml_skeleton(catalog(), operation).splitlines()[2:]
        assert all("required" in line or "optional" in line or "- " in line for line in lines)
        assert all(" required;" in line or " one for" in line for line in lines if not line.lstrip().startswith("# "))
        text = "\n".join(_uncommented(line) for line in lines)
        assert parse_yaml(text).value == body_skeleton(catalog(), operation), name


def _uncommented(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return indent + line.lstrip().removeprefix("# ")


def test_the_fields_are_required_or_optional_at_any_depth() -> None:
    required, optional = skeleton_fields(catalog(), catalog().get("createGate"))
    assert required == [
        "name", "outcome", "rules[].type", "rules[].address.networkId", "rules[].address.contractAddress",
    ]  # fmt: skip
    assert optional == ["rules[].filter.tokenId", "rules[].filter.amount", "rules[].chain", "scope"]
