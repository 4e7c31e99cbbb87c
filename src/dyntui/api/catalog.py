"""The catalog of operations: paths, parameters and schemas of all operations of the API, as package data.

`catalog.json` is made by scripts/make_catalog.py from the vendor's published client and OpenAPI document; enums in it
are open sets.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from dyntui.core.errors import UsageError
from dyntui.core.interface import by_interface

__all__ = ["OPEN_ENUMS", "Catalog", "Operation", "Parameter", "catalog"]

Schema = Mapping[str, Any]

OPEN_ENUMS = frozenset({"ChainEnum", "ProviderEnum", "SocialSignInProviderEnum", "TokenScopes", "WalletProviderEnum"})
"""Enums that the vendor extends: every value is accepted.

The chains of embedded wallets are not among them: waas/create accepts SVM for Solana, embeddedWallets SOL, and each
refuses the other name.
"""

_UNITS: Mapping[str, Mapping[str, str]] = {"WaasWalletSignaturePolicyTmpCreateRequest": {"timeLimit": "seconds"}}
"""The units that the vendor's document has only in a description of the value, by schema and field."""

_READING_POSTS = frozenset(
    {"verifyApiKey", "checkExternalJwt", "fetchNameServiceSigningMessage", "getUserAccountBalances"}
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    where: Literal["path", "query", "header"]
    required: bool
    schema: Schema
    deep: bool
    """Whether a mapping is encoded as `name[key]=value`."""


@dataclass(frozen=True)
class Operation:
    """One operation of the API."""

    id: str
    method: str
    path: str
    group: str
    audience: str
    """`admin` (API token) or `end-user` (a person's JWT)."""
    summary: str
    parameters: tuple[Parameter, ...]
    body: Schema | None
    """The JSON schema of the request body, or None."""
    body_required: bool
    response: Schema | None
    """The JSON schema of the response, or None."""
    deprecated: bool
    newer: bool = False
    """Whether only the vendor's OpenAPI document has it, not the vendor's client: a server may lack it."""
    responses: tuple[str, ...] = ()
    """The documented status codes; none when the document does not have the operation."""
    scopes: tuple[str, ...] = ()
    """The scopes that the document names for it."""
    body_bounds: Schema = field(default_factory=dict)
    """The bounds of a body that is a list, such as `maxItems`."""
    in_catalog: bool = True
    """Whether the catalog has it. Of another one the id is its method and path, and it takes every query parameter."""

    @property
    def reads(self) -> bool:
        """Whether the operation changes nothing: every GET, and the few POSTs that only read."""
        return self.method == "GET" or self.id in _READING_POSTS

    @property
    def destructive(self) -> bool:
        """Whether the operation removes something or ends access."""
        return self.method == "DELETE" or "revoke" in self.id.lower() or "reset" in self.id.lower()

    @property
    def path_names(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.parameters if parameter.where == "path")

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """A pattern that matches a concrete path of this operation, below the base URL.

        Its groups are the path parameters.
        """
        parts = re.split(r"\{(\w+)\}", self.path)
        return re.compile(
            "".join(f"(?P<{part}>[^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts)) + r"\Z"
        )


class Catalog:
    """All operations by id, and the schemas to which they refer."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.version: str = document["version"]
        self.source: str = document["source"]
        """Where the operations are from, for people."""
        self.schemas: Mapping[str, Schema] = document["schemas"]
        self.bounds: Mapping[str, Mapping[str, Schema]] = document["bounds"]
        """The documented bounds of what is sent, by schema and path, such as `alias` or `locations[].keygenId`."""
        self.units = _UNITS
        """The documented units of numbers, as plurals, by schema and field."""
        self.operations: Mapping[str, Operation] = {entry["id"]: _operation(entry) for entry in document["operations"]}

    @property
    def client_version(self) -> str:
        """The version of the vendor's published client that it was made from; "" when it does not say."""
        found = re.search(r"/sdk-api (\d[\w.-]*)", self.source)
        return found[1] if found is not None else ""

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations.values())

    def __len__(self) -> int:
        return len(self.operations)

    def get(self, operation_id: str) -> Operation:
        """Return the operation with that id. Raises UsageError with the most similar ids when there is none."""
        if found := self.operations.get(operation_id):
            return found
        import difflib

        near = difflib.get_close_matches(operation_id, self.operations, n=3, cutoff=0.5)
        hint = (
            f"Did you mean {', '.join(near)}?"
            if near
            else by_interface("Show all operations: dyntui api --list.", "Show all operations: {app.jump}api.")
        )
        raise UsageError(f"There is no operation {operation_id!r}.", hint=hint)

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation of a concrete method and path, with its unquoted path values. A literal path wins."""
        for operation in self._routes.get((method.upper(), path.count("/")), ()):
            if found := operation.pattern.match(path):
                return operation, {name: unquote(value) for name, value in found.groupdict().items()}
        return None

    def methods(self, path: str) -> list[str]:
        """Return the methods that exist for a concrete path."""
        return sorted({method for method, _ in self._routes if self.match(method, path)})

    @cached_property
    def _routes(self) -> Mapping[tuple[str, int], list[Operation]]:
        """The operations by method and number of segments, those with the fewest path parameters first."""
        routes: defaultdict[tuple[str, int], list[Operation]] = defaultdict(list)
        for operation in sorted(self, key=lambda each: len(each.path_names)):
            routes[operation.method, operation.path.count("/")].append(operation)
        return routes

    def open_schemas(self) -> dict[str, dict[str, Any]]:
        """Return a copy of the schemas without the values of the open enums."""
        schemas: dict[str, dict[str, Any]] = json.loads(json.dumps(self.schemas))
        for name in OPEN_ENUMS:
            schemas[name].pop("enum")
        return schemas

    def resolve(self, schema: Schema) -> Schema:
        """Return `schema`, or the schema to which its top-level `$ref` points."""
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema


def _operation(entry: Mapping[str, Any]) -> Operation:
    return Operation(
        id=entry["id"],
        method=entry["method"],
        path=entry["path"],
        group=entry["group"],
        audience=entry["audience"],
        summary=entry["summary"],
        parameters=tuple(
            Parameter(p["name"], p["in"], p["required"], p["schema"], p.get("style") == "deepObject")
            for p in entry["parameters"]
        ),
        body=entry.get("body"),
        body_required=entry.get("bodyRequired", False),
        response=entry.get("response"),
        deprecated=entry.get("deprecated", False),
        newer=entry.get("newer", False),
        responses=tuple(entry.get("responses", ())),
        scopes=tuple(entry.get("scopes", ())),
        body_bounds=entry.get("bodyBounds", {}),
    )


@cache
def catalog() -> Catalog:
    """Return the catalog of this version of dyntui. It is read once."""
    return Catalog(json.loads(Path(__file__).with_name("catalog.json").read_bytes()))
