"""API tokens of the environment: list, create, delete. The secret is in the response of create only."""

from __future__ import annotations

import re

from dyntui.sandbox.document_resource import admin_event
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import Reply, invalid, not_found
from dyntui.sandbox.seed_environment import public_token, store_token
from dyntui.sandbox.store import Document

_SCOPE = re.compile(r"[A-Za-z]+(\.[A-Za-z]+)+\Z")


@operation("getTokens")
def list_tokens(call: OperationCall) -> Document:
    return {"tokens": [public_token(token) for token in call.sandbox.store.all("tokens")]}


@operation("postToken")
def create_token(call: OperationCall) -> Reply:
    store, sandbox = call.sandbox.store, call.sandbox
    scopes = call.body.get("scopes", [])
    if bad := [scope for scope in scopes if not _SCOPE.match(scope)]:
        raise invalid("invalid_scopes", f"These are not scopes: {', '.join(bad)}")
    if 0 < sandbox.flags.number("max-tokens") <= len(store.all("tokens")):
        raise invalid("too_many_api_tokens", "The maximum number of API tokens is reached")
    name = f"created {store.next_number('tokens')}"
    environment = call.path["environmentId"]
    token, raw = store_token(
        store, sandbox.ids, name, call.body["note"], scopes, environment, call.token["createdBy"], call.now
    )
    admin_event(call, "token", "created", token)
    return Reply(201, {"token": {**token, "rawToken": raw, "active": True}})


@operation("deleteTokenById")
def delete_token(call: OperationCall) -> None:
    id = call.path["tokenId"]
    if call.sandbox.store.parent("tokens", id) != "" or not call.sandbox.store.remove("tokens", id):
        raise not_found("Token")
    admin_event(call, "token", "deleted", {"id": id})
