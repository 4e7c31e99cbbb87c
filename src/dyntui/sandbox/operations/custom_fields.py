"""Custom fields of the environment."""

from __future__ import annotations

from typing import Any

from dyntui.sandbox.calls import Call, not_found, operation


@operation("getCustomFieldsForEnvironment")
def list_custom_fields(call: Call) -> Any:
    return call.sandbox.store.all("customFields")


@operation("getCustomFieldById")
def get_custom_field(call: Call) -> Any:
    found = call.sandbox.store.get("customFields", call.path["customFieldId"])
    if found is None:
        raise not_found("Custom field")
    return found
