"""Visitors: wallets that connected without sign-in."""

from __future__ import annotations

from dyntui.sandbox.addresses import chain_family
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import fold_case, format_time

_COLUMNS = {
    "id": "id",
    "address": "address",
    "walletPublicKey": "address",
    "chain": "chain",
    "walletName": "walletName",
    "provider": "provider",
    "createdAt": "at",
}


def serialize_visitor(environment_id: str, visitor: Document) -> Document:
    """Return a visitor of an environment as the API shows it."""
    out = {name: visitor[name] for name in ("id", "address", "chain", "walletName", "provider")}
    return {**out, "createdAt": format_time(visitor["at"]), "projectEnvironmentId": environment_id}


@operation("getEnvironmentVisitors")
def list_visitors(call: OperationCall) -> Document:
    found = _filtered(call)
    name, _, direction = call.order(_COLUMNS, "visitors").partition("-")
    column = _COLUMNS[name]
    if column != "at":
        found = sorted(found, key=lambda each: fold_case(each[column]))
    if direction == "desc":
        found = found[::-1]
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 20)
    page = [serialize_visitor(call.sandbox.environment_id, each) for each in found[offset : offset + limit]]
    return {"count": len(found) if call.sandbox.flags["users-count"] == "total" else len(page), "visitors": page}


def _filtered(call: OperationCall) -> list[Document]:
    filters = call.query.get("filter", {})
    value, chain = fold_case(filters.get("filterValue", "")), filters.get("chain", "")
    columns = {"id": ("id",), "walletPublicKey": ("address",)}.get(
        filters.get("filterColumn", "all"), ("id", "address", "walletName", "chain")
    )
    return [
        each
        for each in call.sandbox.visitors.all()
        if (not chain or chain_family(each["chain"]) == chain_family(chain))
        and (not value or any(value in fold_case(each[name]) for name in columns))
    ]
