"""API tokens of the environment, and personal tokens. The secret of a token is in the response of create only."""

from __future__ import annotations

import re

from dyntui.sandbox.api_tokens import PERSONAL_TOKENS, public_token, store_token
from dyntui.sandbox.document_resource import admin_event
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import Reply, invalid
from dyntui.sandbox.store import Document

_SCOPE = re.compile(r"[A-Za-z]+(\.[A-Za-z]+)+\Z")


def _parent(call: OperationCall) -> str:
    return PERSONAL_TOKENS if call.operation.group == "UserApiTokens" else ""


@operation("getTokens", "getUserApiTokens")
def list_tokens(call: OperationCall) -> Document:
    return {"tokens": [public_token(token) for token in call.sandbox.store.all("tokens", _parent(call))]}


@operation("postToken", "createUserApiToken")
def create_token(call: OperationCall) -> Reply:
    store, parent, scopes = call.sandbox.store, _parent(call), call.body.get("scopes", [])
    if not parent:
        _check_new_token(call, scopes)
    name = f"of a person {store.next_number('userTokens')}" if parent else f"created {store.next_number('tokens')}"
    note, creator = call.body["note"], call.token["createdBy"]
    token, raw = store_token(call.sandbox, name, note, scopes, creator, call.now, parent=parent)
    if not parent:
        admin_event(call, "token", "created", token)
    return Reply(201, {"token": {**token, "rawToken": raw, "active": True}})


def _check_new_token(call: OperationCall, scopes: list[str]) -> None:
    if bad := [scope for scope in scopes if not _SCOPE.match(scope)]:
        raise invalid("invalid_scopes", f"These are not scopes: {', '.join(bad)}")
    if 0 < call.sandbox.flags.number("max-tokens") <= len(call.sandbox.store.all("tokens")):
        raise invalid("too_many_api_tokens", "The maximum number of API tokens is reached")


@operation("deleteTokenById", "deleteUserApiToken")
def delete_token(call: OperationCall) -> None:
    id = call.path["tokenId"]
    call.find("tokens", "Token", id, _parent(call))
    call.sandbox.store.remove("tokens", id)
    if not _parent(call):
        admin_event(call, "token", "deleted", {"id": id})
