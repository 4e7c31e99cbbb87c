"""Custom fields: additional fields of the profile, whose values are stored in the metadata of users."""

from __future__ import annotations

import re

import orjson

from dyntui.sandbox.document_resource import DocumentResource
from dyntui.sandbox.handler_registry import OperationCall
from dyntui.sandbox.replies import invalid
from dyntui.sandbox.store import Document

_WORD = re.compile(r"[^A-Za-z0-9]+")
_MAX_COMPARED_USERS = 10_000


def _make(call: OperationCall, body: Document) -> Document:
    """Return a new field. Its key is made from the name and stays when the field is renamed."""
    return {"key": _WORD.sub("_", body["name"].strip()).strip("_").lower() or "field", **body}


def _change(call: OperationCall, doc: Document, body: Document) -> Document:
    changed = {**doc, **body, "key": doc["key"]}
    if _is_unique(changed) and not _is_unique(doc) and _has_duplicates(call, doc["key"]):
        raise invalid("cannot_switch_to_unique", "Two users have the same value in this field")
    return changed


def _is_unique(field: Document) -> bool:
    return bool((field.get("validationRules") or {}).get("unique"))


def _has_duplicates(call: OperationCall, key: str) -> bool:
    """Return whether two of the first 10,000 users have the same value of a field."""
    seen: set[bytes] = set()
    last = min(call.sandbox.users.next_position() - 1, _MAX_COMPARED_USERS)
    for _, record in call.sandbox.users.iterate(range(1, last + 1)):
        value = (record["profile"].get("metadata") or {}).get(key)
        if value is None or record.get("deletedAt") is not None:
            continue
        if (text := orjson.dumps(value)) in seen:
            return True
        seen.add(text)
    return False


def _check(call: OperationCall, field: Document) -> None:
    if field["position"] < 0:
        raise invalid("invalid_position", "The position must be 0 or more")
    rules = field.get("validationRules") or {}
    if pattern := rules.get("regex"):
        try:
            re.compile(pattern)
        except re.error as error:
            raise invalid("invalid_regex", f"The pattern is not a regular expression: {error}") from None
    labels = [option["label"] for option in rules.get("validOptions") or ()]
    if len(set(labels)) != len(labels):
        raise invalid("repeated_options", "An option is given twice")


DocumentResource(
    "customFields",
    "Custom field",
    unique=("name", "key"),
    exists_code="custom_field_not_unique",
    make=_make,
    change=_change,
    check=_check,
).serve(
    "getCustomFieldsForEnvironment",
    "createCustomFieldForEnvironment",
    "getCustomFieldById",
    "updateCustomFieldById",
    "deleteCustomFieldById",
)
