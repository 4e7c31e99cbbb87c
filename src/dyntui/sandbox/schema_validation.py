"""Validates request bodies: the schemas of the catalog, with the documented rules that the schemas lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from dyntui.api.catalog import Operation, catalog
from dyntui.sandbox.access_lists import IDENTIFIERS
from dyntui.sandbox.store import Document

if TYPE_CHECKING:
    import jsonschema_rs

__all__ = ["Violation", "body_violations", "row_violations"]

Schema = Document

_NAME_TEXT = {
    "maxLength": 255,
    "pattern": r"^[\p{L}\p{N}_.,:!?&%@/+\-'|](?:[\p{L}\p{N} _.,:!?&%@/+\-'|]*[\p{L}\p{N}_.,:!?&%@/+\-'|])?$",
}
_ADDRESS = {"maxLength": 255, "pattern": r"^[A-Za-z0-9_]{18,100}$"}
_NAME_LIST = {"items": {"type": "string", **_NAME_TEXT}}
_SHORT_TEXT = {"maxLength": 255}
_WORD = {"maxLength": 100, "pattern": "^[A-Za-z0-9_-]+$"}
_USER_TEXT = {"maxLength": 255, "pattern": f"^$|{_NAME_TEXT['pattern']}"}
_AS_DOCUMENTED = ("username", "country", *(f"{coin}Wallet" for coin in ("btc", "kda", "ltc", "ckb", "kas", "doge")))
"""Fields with the bounds of the catalog. The sandbox has quicker patterns of its own for the others."""
_PROFILE: Schema = {
    **dict.fromkeys(("alias", "firstName", "lastName", "jobTitle", "phoneNumber", "team", "tShirtSize"), _USER_TEXT),
    "email": {"maxLength": 255, "pattern": r"^[\x00-\x7F]*$"},
    **{name: dict(catalog().bounds["InternalUpdatableUserFields"][name]) for name in _AS_DOCUMENTED},
}
"""The patterns of the vendor's OpenAPI document (docs/vendor-api.md#field-values)."""
_FIELD_RULES: Mapping[str, Schema] = {
    "InternalUserFields": _PROFILE,
    "InternalBulkUpdateUserFields": _PROFILE,
    "InternalUpdatableUserFields": _PROFILE,
    "CreateWalletRequest": {
        "publicWalletAddress": _ADDRESS,
        "walletName": _NAME_TEXT,
        "chain": _WORD,
        "walletProvider": _WORD,
    },
    "WalletAdditionalAddress": {"address": _SHORT_TEXT, "publicKey": _SHORT_TEXT},
    "CreateUserOauthRequest": {
        "provider": _WORD,
        "accountId": _NAME_TEXT,
        "displayName": _NAME_TEXT,
        "username": _NAME_TEXT,
    },
    "PostAllowlistsRequest": {"name": _NAME_TEXT, "scope": _NAME_TEXT},
    "PostAllowlistEntriesRequest": {
        **dict.fromkeys(IDENTIFIERS, _SHORT_TEXT),
        "walletPublicKey": _ADDRESS,
        "alias": _NAME_TEXT,
    },
    "WebhookCreateRequest": {"events": _NAME_LIST},
    "WebhookUpdateRequest": {"events": _NAME_LIST},
    "GateCreateRequest": {"name": _NAME_TEXT, "scope": _NAME_TEXT},
    "GateUpdateRequest": {"name": _NAME_TEXT, "scope": _NAME_TEXT},
    "PostTokenFields": {"note": {"maxLength": 100}},
    "CustomFieldRequest": {"name": _SHORT_TEXT},
}
_PATTERN_SCHEMAS = frozenset(
    {"InternalUserFields", "InternalBulkUpdateUserFields", "InternalUpdatableUserFields", "CreateUserOauthRequest"}
)
"""Schemas whose patterns are in the OpenAPI document only, so that the sandbox can leave them out."""
_ROW_SCHEMAS = ("InternalUserFields", "InternalBulkUpdateUserFields", "InternalUpdatableUserFields")
_CODES = {
    "publicWalletAddress": "invalid_wallet_address",
    "walletName": "invalid_wallet_name",
    "email": "invalid_email",
    "username": "invalid_username",
    "phoneNumber": "invalid_phone",
    "metadata": "invalid_metadata_value",
}


class Violation:
    """One violation in a body. `row` is the index of the element in an array, or None."""

    def __init__(self, error: jsonschema_rs.ValidationError) -> None:
        path = list(error.instance_path)
        self.row = path[0] if path and isinstance(path[0], int) else None
        self.message = f"body{''.join(f'/{part}' for part in path)}: {error.message[:300]}"
        names = [part for part in path if isinstance(part, str)]
        self.code = next((_CODES[name] for name in reversed(names) if name in _CODES), "invalid_user")


@cache
def _request_schemas(strict: bool, patterns: bool) -> dict[str, Schema]:
    schemas = catalog().open_schemas()
    for name, rules in _FIELD_RULES.items():
        for field, rule in rules.items():
            # String rules do not apply to numbers and null, so a nullable field needs no special case.
            if (properties := schemas[name]["properties"]).get(field) is not None:
                loose = name in _PATTERN_SCHEMAS and field != "country" and not patterns
                properties[field] = {**properties[field], **(_SHORT_TEXT if loose else rule)}
    if strict:
        for name in _ROW_SCHEMAS:
            schemas[name]["additionalProperties"] = False
    return schemas


@cache
def _validator(operation_id: str, strict: bool, patterns: bool, rows: bool) -> jsonschema_rs.Validator:
    import jsonschema_rs  # not before the first write: it takes as long as fifty sample users

    schema = catalog().get(operation_id).body or {}
    root = {**(schema["items"] if rows else schema), "components": {"schemas": _request_schemas(strict, patterns)}}
    return jsonschema_rs.validator_for(root, validate_formats=True)


def body_violations(operation: Operation, body: object, *, strict: bool, patterns: bool = False) -> Iterator[Violation]:
    """Yield the violations in the body of a request.

    `strict`: unknown fields are violations. `patterns`: the texts of a user must match the patterns of the vendor's
    OpenAPI document, which the vendor's client does not have (docs/vendor-api.md#field-values).
    """
    validator = _validator(operation.id, strict, patterns, False)
    if not validator.is_valid(body):
        yield from map(Violation, validator.iter_errors(body))


def row_violations(
    operation: Operation, rows: Sequence[object], *, strict: bool, patterns: bool = False
) -> dict[int, Violation]:
    """Return the first violation in each invalid element of an array, by index."""
    validator = _validator(operation.id, strict, patterns, True)
    return {
        i: Violation(next(iter(validator.iter_errors(row))))
        for i, row in enumerate(rows)
        if not validator.is_valid(row)
    }
