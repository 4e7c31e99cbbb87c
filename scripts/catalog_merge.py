"""Merges what the vendor's client and the vendor's OpenAPI document say into one catalog.

The client decides on names, types and required fields; the document adds what a generated client lost: bounds, status
codes, scopes, and operations, fields and values of enums that the client does not have yet. Nothing is removed.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from scripts.vendor_document import BOUNDS, bounds

__all__ = ["merge"]

_OF_USERS = re.compile(r"^/(sdk/|exchangeRates)")
"""Paths that apps call with the token of a signed-in user."""
_ERRORS = (
    "BadRequest", "ErrorMessageWithCode", "Forbidden", "ForbiddenWithErrorAndPayload", "InternalServerError",
    "MergeConflicts", "NotFound", "TooManyRequests", "Unauthorized", "UnprocessableEntity",
)  # fmt: skip
"""Schemas of the bodies of errors. The client does not say which operation has which."""
_EARLIER = (
    {
        "id": "authMfaPasskeyDevice",
        "method": "GET",
        "path": "/sdk/{environmentId}/users/mfa/auth/passkey",
        "group": "SDK",
        "summary": "Get the options for a passkey as a second factor",
        "deprecated": True,
        "parameters": [{"name": "environmentId", "in": "path", "required": True, "schema": {"type": "string"}}],
    },
)
"""Operations that neither source has any more, though the client still has the model of their response."""
_NEWER_CHAINS = ("TRON", "STELLAR", "ALEO", "TEMPO", "MIDNIGHT")
_NEWER_VALUES: Mapping[str, tuple[str, ...]] = {
    "ChainEnum": _NEWER_CHAINS,
    "EmbeddedWalletChainEnum": _NEWER_CHAINS,
    "WaasChainEnum": _NEWER_CHAINS,
    "WalletAddressType": ("ton", "stellar"),
    "JwtVerifiedCredentialFormatEnum": ("totp",),
    "ProviderEnum": ("gemini", "moonPay", "chainalysisAddressScreening", "trmWalletScreening"),
}
"""Values of enums that only newer packages of the vendor have (docs/vendor-api.md#values-of-newer-packages)."""


def merge(client: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the catalog of a client (`read_client`) and a document (`read_document`)."""
    schemas: dict[str, Any] = copy.deepcopy(client["schemas"])
    for name, schema in document["schemas"].items():
        if name in schemas:
            _extend(schemas[name], schema)
        else:
            schemas[name] = schema
    for name, values in _NEWER_VALUES.items():
        if name in schemas:
            _extend(schemas[name], {"enum": values})
    operations = []
    known = {entry["id"] for entry in client["operations"]}
    earlier = [entry for entry in _EARLIER if entry["id"] not in known | document["operations"].keys()]
    for entry in [*client["operations"], *earlier]:
        operations.append(_operation(entry, document["operations"].get(entry["id"], {})))
    for operation_id, spec in document["operations"].items():
        if operation_id not in known:
            operations.append(_new_operation(operation_id, spec))
    operations.sort(key=lambda entry: (entry["group"], entry["path"], entry["method"]))
    named = _reachable(schemas, operations, roots=_ERRORS)
    return {
        "source": f"Names, types, bounds, status codes and titles, from {client['client']} and from "
        f"{document['source']}. Enums are open sets: newer servers add values.",
        "version": "v0",
        "operations": operations,
        "schemas": {name: schemas[name] for name in sorted(named)},
        "bounds": _bounds_of_bodies(document["schemas"], schemas, operations, client["schemas"]),
    }


def _extend(schema: dict[str, Any], addition: Mapping[str, Any]) -> None:
    """Add the fields and the values of an enum that only the document has."""
    if "enum" in schema:
        schema["enum"] += [value for value in addition.get("enum", ()) if value not in schema["enum"]]
    if "properties" in schema:
        for name, part in addition.get("properties", {}).items():
            if name not in schema["properties"] and _has_type(part):
                schema["properties"][name] = part


def _has_type(schema: Mapping[str, Any]) -> bool:
    return any(key in schema for key in ("type", "$ref", "anyOf"))


def _audience(path: str) -> str:
    return "end-user" if _OF_USERS.match(path) else "admin"


def _operation(entry: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return an operation of the client with what the document says about it."""
    merged = {**copy.deepcopy(entry), "audience": _audience(entry["path"])}
    by_name = {(each["name"], each["in"]): each for each in spec.get("parameters", ())}
    for parameter in merged["parameters"]:
        if found := by_name.pop((parameter["name"], parameter["in"]), None):
            limits = {key: found["schema"][key] for key in BOUNDS if key in found["schema"]}
            if "$ref" not in parameter["schema"]:
                parameter["schema"] |= limits
    merged["parameters"] += by_name.values()
    if spec.get("deprecated"):
        merged["deprecated"] = True
    return merged | _additions(spec)


def _additions(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return what only the document has: status codes, scopes, and the bounds of a body that is a list."""
    body = spec.get("body", {})
    found = {
        "responses": spec.get("responses"),
        "scopes": spec.get("scopes"),
        "bodyBounds": {key: body[key] for key in BOUNDS if key in body},
    }
    return {key: value for key, value in found.items() if value}


def _new_operation(operation_id: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return an operation that only the document has."""
    kept = {key: spec[key] for key in ("method", "path", "group", "parameters", "summary")}
    entry = {"id": operation_id, **kept, "audience": _audience(spec["path"]), "newer": True}
    if spec.get("body"):
        entry |= {"body": spec["body"], "bodyRequired": spec["bodyRequired"]}
    if spec.get("response"):
        entry["response"] = spec["response"]
    if spec["deprecated"]:
        entry["deprecated"] = True
    return entry | _additions(spec)


def _reachable(schemas: Mapping[str, Any], start: Any, *, roots: Iterable[str] = ()) -> set[str]:
    """Return the names of the schemas to which something refers, directly or through others."""
    names: set[str] = set()
    found = [*re.findall(r"#/components/schemas/(\w+)", json.dumps(start)), *roots]
    while found:
        name = found.pop()
        if name in schemas and name not in names:
            names.add(name)
            found += re.findall(r"#/components/schemas/(\w+)", json.dumps(schemas[name]))
    return names


def _bounds_of_bodies(
    additions: Mapping[str, Any],
    schemas: Mapping[str, Any],
    operations: list[dict[str, Any]],
    of_client: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the bounds of what is sent, by schema and path. Schemas that only the document has contain theirs."""
    bodies = [entry["body"] for entry in operations if "body" in entry and entry["audience"] == "admin"]
    found = {
        name: dict(bounds(additions[name]))
        for name in sorted(_reachable(schemas, bodies))
        if name in additions and "enum" not in additions[name] and name in of_client
    }
    return {name: paths for name, paths in found.items() if paths}
